/** A phrase that its owner has already, checked word by word while it is typed. */
import { useCallback, useState } from 'react';
import {
  MAX_PHRASE_LENGTH,
  type WalletBridge,
  type WordsCheck,
} from '../../electron/ipc/ceremony.ts';
import { assertNever } from '../assert-never.ts';
import { Button } from '../ui/Button.tsx';
import { Page } from './Page.tsx';
import { useAttempt } from './use-attempt.ts';
import { useJudged } from './use-judged.ts';

interface Props {
  readonly bridge: WalletBridge;
  /** Of the wallet that is on this computer. */
  readonly present: string | null;
  readonly onNext: () => void;
  readonly onClose: () => void;
}

export function TypedPhrase({ bridge, present, onNext, onClose }: Props) {
  const [text, setText] = useState('');
  const { isBusy, failure, run } = useAttempt();
  const judge = useCallback((typed: string) => bridge.checkWords({ text: typed }), [bridge]);
  const judged = useJudged(text, judge);
  const isGood = judged?.text === text && judged.value.state === 'good';
  const isBad = judged?.value.state === 'bad-word' || judged?.value.state === 'bad-checksum';
  return (
    <Page
      title="Bring your wallet here"
      failure={failure}
      onSubmit={() => {
        if (isGood) run(() => bridge.useWords({ text }), onNext);
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!isGood} aria-disabled={isBusy}>
            Continue
          </Button>
        </>
      }
    >
      <p>
        Type or paste your recovery phrase: 12 or 24 English words, in order. It never leaves this
        computer.
      </p>
      {present === null ? null : (
        <p className="quiet">
          There is a wallet here already. With its own words you can give it a new passphrase.
        </p>
      )}
      <label className="wallet-field">
        <span>Recovery phrase</span>
        <textarea
          rows={5}
          value={text}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={MAX_PHRASE_LENGTH}
          aria-invalid={isBad}
          aria-describedby="words-check"
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <p id="words-check" className={isBad ? 'wallet-wrong' : 'quiet'} role="status">
        {judged ? checkSentence(judged.value) : ''}
      </p>
    </Page>
  );
}

function checkSentence({ count, state, bad }: WordsCheck): string {
  switch (state) {
    case 'typing':
      return count === 1 ? '1 word so far' : `${String(count)} words so far`;
    case 'bad-word': {
      const word = `Word ${String(bad?.position)}, “${String(bad?.word)}”, is not in the list.`;
      return bad?.suggestion == null ? word : `${word} Did you mean “${bad.suggestion}”?`;
    }
    case 'bad-checksum':
      return `These ${String(count)} words do not belong together: one is wrong, or out of order.`;
    case 'good':
      return `${String(count)} words, and they fit together.`;
    default:
      return assertNever(state);
  }
}
