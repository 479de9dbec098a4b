/** Before the words are made: how many, and what they are. */
import { useState } from 'react';
import type { CeremonyOutput, WalletBridge } from '../../electron/ipc/ceremony.ts';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Page } from './Page.tsx';
import { useAttempt } from './use-attempt.ts';

const COUNTS = [
  { value: '12', name: '12 words' },
  { value: '24', name: '24 words' },
] as const;

interface Props {
  readonly bridge: WalletBridge;
  readonly onMade: (made: CeremonyOutput<'makeWords'>) => void;
  readonly onClose: () => void;
}

export function NewPhrase({ bridge, onMade, onClose }: Props) {
  const [count, setCount] = useState<'12' | '24'>('12');
  const { isBusy, failure, run } = useAttempt();
  return (
    <Page
      title="Make a wallet"
      failure={failure}
      onSubmit={() => {
        run(() => bridge.makeWords({ count: count === '12' ? 12 : 24 }), onMade);
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" aria-disabled={isBusy}>
            Show the words
          </Button>
        </>
      }
    >
      <p>
        A wallet for real networks begins with a recovery phrase: a row of plain words that is the
        wallet. Have paper and pen ready, and nobody looking over your shoulder.
      </p>
      <ul className="wallet-points">
        <li>Whoever has the words has the money in the wallet.</li>
        <li>If this computer breaks, the words bring the wallet back.</li>
        <li>Lull shows them once and cannot show them again.</li>
      </ul>
      <Segments legend="Length of the phrase" options={COUNTS} chosen={count} onChoose={setCount} />
      <p className="quiet">
        Twelve words are as good as unguessable. Twenty-four are for those who want more than that.
      </p>
    </Page>
  );
}
