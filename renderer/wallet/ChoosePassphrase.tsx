/** The passphrase under which the wallet is kept on this computer, typed twice. */
import { useCallback, useState } from 'react';
import type { WalletBridge } from '../../electron/ipc/ceremony.ts';
import { Button } from '../ui/Button.tsx';
import { Page } from './Page.tsx';
import { PassphraseField, ShowTyped } from './PassphraseField.tsx';
import { Strength } from './Strength.tsx';
import { useAttempt } from './use-attempt.ts';
import { useJudged } from './use-judged.ts';

interface Props {
  readonly bridge: WalletBridge;
  readonly onSealed: (sealed: { readonly address: string }) => void;
  readonly onClose: () => void;
}

export function ChoosePassphrase({ bridge, onSealed, onClose }: Props) {
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [isShown, setShown] = useState(false);
  const { isBusy, failure, run } = useAttempt();
  const judge = useCallback(
    (typed: string) => bridge.checkPassphrase({ passphrase: typed }),
    [bridge],
  );
  const judged = useJudged(passphrase, judge);
  const isEnough = judged?.text === passphrase && judged.value.isEnough;
  const isReady = isEnough && again === passphrase;
  const differs = again !== '' && !passphrase.startsWith(again);
  return (
    <Page
      title="Choose a passphrase"
      failure={failure}
      onSubmit={() => {
        if (isReady) run(() => bridge.seal({ passphrase, again }), onSealed);
      }}
      actions={
        <>
          <Button onClick={onClose} disabled={isBusy}>
            Cancel
          </Button>
          <Button look="primary" type="submit" disabled={!isReady} aria-disabled={isBusy}>
            {isBusy ? 'Sealing the wallet…' : 'Seal the wallet'}
          </Button>
        </>
      }
    >
      <p>
        It opens the wallet on this computer. Four or more unrelated words are easy to remember and
        hard to guess; at least 12 characters are needed.
      </p>
      <PassphraseField
        label="Passphrase"
        value={passphrase}
        isShown={isShown}
        autoFocus
        onChange={setPassphrase}
      />
      <Strength judged={passphrase === '' ? null : (judged?.value ?? null)} />
      <PassphraseField
        label="The same again"
        value={again}
        isShown={isShown}
        aria-invalid={differs}
        onChange={setAgain}
      />
      <p className="wallet-wrong" role="status">
        {differs ? 'The two are not the same.' : ''}
      </p>
      <ShowTyped isShown={isShown} onChange={setShown} />
      <p className="quiet">
        Nobody can look up or reset a lost passphrase. Your recovery phrase gives you a new one.
      </p>
    </Page>
  );
}
