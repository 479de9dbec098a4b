/** Which step is shown: making, importing or unlocking the wallet, one after the other. */
import { useEffect, useState } from 'react';
import type { CeremonyOutput, WalletBridge } from '../../electron/ipc/ceremony.ts';
import type { FailureText } from '../../electron/ipc/result.ts';
import { assertNever } from '../assert-never.ts';
import { ChoosePassphrase } from './ChoosePassphrase.tsx';
import { ConfirmWords } from './ConfirmWords.tsx';
import { LastPage, SealedPage } from './LastPage.tsx';
import { NewPhrase } from './NewPhrase.tsx';
import { ShownWords } from './ShownWords.tsx';
import { TypedPhrase } from './TypedPhrase.tsx';
import { UnlockWallet } from './UnlockWallet.tsx';

type Made = CeremonyOutput<'makeWords'>;

type Step =
  | { readonly at: 'opening' }
  | { readonly at: 'blocked'; readonly failure: FailureText }
  | { readonly at: 'lost' }
  | { readonly at: 'new' }
  | { readonly at: 'words'; readonly made: Made }
  | { readonly at: 'confirm'; readonly made: Made }
  | { readonly at: 'type'; readonly present: string | null }
  | { readonly at: 'passphrase' }
  | { readonly at: 'unlock'; readonly address: string | null; readonly waitMs: number }
  | { readonly at: 'sealed'; readonly address: string };

interface Props {
  readonly bridge: WalletBridge;
  readonly onClose: () => void;
}

export function WalletSteps({ bridge, onClose }: Props) {
  const [step, setStep] = useState<Step>({ at: 'opening' });
  useEffect(() => {
    bridge.onLost(() => {
      setStep((now) => (now.at === 'sealed' || now.at === 'blocked' ? now : { at: 'lost' }));
    });
    void bridge.begin().then((result) => {
      setStep(result.ok ? firstStep(result.value) : { at: 'blocked', failure: result });
    });
  }, [bridge]);

  switch (step.at) {
    case 'opening':
      return <p className="only-read">Opening the wallet</p>;
    case 'blocked':
      return <LastPage title="This cannot go on" failure={step.failure} onClose={onClose} />;
    case 'lost':
      return (
        <LastPage title="The wallet was locked" onClose={onClose}>
          <p>
            The part of Lull that keeps your wallet has ended, so this window cannot go on. What was
            not finished was not kept. Close it and begin again.
          </p>
        </LastPage>
      );
    case 'new':
      return (
        <NewPhrase
          bridge={bridge}
          onMade={(made) => {
            setStep({ at: 'words', made });
          }}
          onClose={onClose}
        />
      );
    case 'words':
      return (
        <ShownWords
          words={step.made.words}
          onBack={() => {
            setStep({ at: 'new' });
          }}
          onNext={() => {
            setStep({ at: 'confirm', made: step.made });
          }}
        />
      );
    case 'confirm':
      return (
        <ConfirmWords
          bridge={bridge}
          asked={step.made.asked}
          onBack={() => {
            setStep({ at: 'words', made: step.made });
          }}
          onNext={() => {
            setStep({ at: 'passphrase' });
          }}
        />
      );
    case 'type':
      return (
        <TypedPhrase
          bridge={bridge}
          present={step.present}
          onNext={() => {
            setStep({ at: 'passphrase' });
          }}
          onClose={onClose}
        />
      );
    case 'passphrase':
      return (
        <ChoosePassphrase
          bridge={bridge}
          onSealed={({ address }) => {
            setStep({ at: 'sealed', address });
          }}
          onClose={onClose}
        />
      );
    case 'unlock':
      return (
        <UnlockWallet
          bridge={bridge}
          address={step.address}
          waitMs={step.waitMs}
          onOpened={onClose}
          onClose={onClose}
        />
      );
    case 'sealed':
      return <SealedPage address={step.address} onClose={onClose} />;
    default:
      return assertNever(step);
  }
}

function firstStep({ purpose, address, waitMs }: CeremonyOutput<'begin'>): Step {
  if (purpose === 'create') return { at: 'new' };
  if (purpose === 'import') return { at: 'type', present: address };
  return { at: 'unlock', address, waitMs };
}
