/** The passphrase, to open the wallet that is there; wrong ones cost a wait after a while. */
import { useEffect, useState } from 'react';
import type { WalletBridge } from '../../electron/ipc/ceremony.ts';
import { ERROR_TEXTS } from '../../electron/ipc/error-codes.ts';
import { Button } from '../ui/Button.tsx';
import { FullAddress } from './FullAddress.tsx';
import { Page } from './Page.tsx';
import { PassphraseField, ShowTyped } from './PassphraseField.tsx';
import { useAttempt } from './use-attempt.ts';

const SECOND_MS = 1_000;

interface Props {
  readonly bridge: WalletBridge;
  readonly address: string | null;
  /** How long no passphrase is taken. */
  readonly waitMs: number;
  readonly onOpened: () => void;
  readonly onClose: () => void;
}

export function UnlockWallet({ bridge, address, waitMs, onOpened, onClose }: Props) {
  const [passphrase, setPassphrase] = useState('');
  const [isShown, setShown] = useState(false);
  const [isWrong, setWrong] = useState(false);
  const [waitS, wait] = useCountdown(waitMs);
  const { isBusy, failure, run } = useAttempt();
  const canTry = passphrase !== '' && waitS === 0;
  return (
    <Page
      title="Unlock your wallet"
      failure={failure}
      onSubmit={() => {
        if (!canTry) return;
        setWrong(false);
        run(
          () => bridge.unlock({ passphrase }),
          (value) => {
            setWrong(!value.isOpen);
            wait(value.waitMs);
            if (value.isOpen) onOpened();
          },
        );
      }}
      actions={
        <>
          <Button onClick={onClose} disabled={isBusy}>
            Cancel
          </Button>
          <Button look="primary" type="submit" disabled={!canTry} aria-disabled={isBusy}>
            {isBusy ? 'Unlocking…' : 'Unlock'}
          </Button>
        </>
      }
    >
      {address === null ? null : <FullAddress address={address} />}
      <PassphraseField
        label="Passphrase"
        value={passphrase}
        isShown={isShown}
        autoFocus
        aria-invalid={isWrong}
        onChange={(text) => {
          setWrong(false);
          setPassphrase(text);
        }}
      />
      <ShowTyped isShown={isShown} onChange={setShown} />
      <div className="wallet-wrong" role="alert">
        {isWrong ? <WrongPassphrase /> : null}
      </div>
      {waitS === 0 ? null : (
        <p className="wallet-wrong">
          Too many were wrong. The next one is taken in {waitS} {waitS === 1 ? 'second' : 'seconds'}
          .
        </p>
      )}
    </Page>
  );
}

function WrongPassphrase() {
  const { sentence, next } = ERROR_TEXTS['passphrase-wrong'];
  return (
    <p>
      {sentence} {next}
    </p>
  );
}

/** Whole seconds that are left, and what starts them anew. */
function useCountdown(firstMs: number): readonly [number, (ms: number) => void] {
  const [leftS, setLeftS] = useState(Math.ceil(firstMs / SECOND_MS));
  const isCounting = leftS > 0;
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = setInterval(() => {
      setLeftS((left) => Math.max(0, left - 1));
    }, SECOND_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isCounting]);
  return [
    leftS,
    (ms) => {
      setLeftS(Math.ceil(ms / SECOND_MS));
    },
  ];
}
