/** Asks for a few of the words, to be sure that they were written down. */
import { useState } from 'react';
import type { WalletBridge } from '../../electron/ipc/ceremony.ts';
import { Button } from '../ui/Button.tsx';
import { Page } from './Page.tsx';
import { useAttempt } from './use-attempt.ts';

interface Props {
  readonly bridge: WalletBridge;
  /** Positions from 1. */
  readonly asked: readonly number[];
  readonly onBack: () => void;
  readonly onNext: () => void;
}

export function ConfirmWords({ bridge, asked, onBack, onNext }: Props) {
  const [answers, setAnswers] = useState<readonly string[]>(asked.map(() => ''));
  const [wrong, setWrong] = useState<number | null>(null);
  const { isBusy, failure, run } = useAttempt();
  const isFilled = answers.every((answer) => answer.trim() !== '');
  const set = (index: number, text: string) => {
    setWrong(null);
    setAnswers(answers.map((answer, at) => (at === index ? text : answer)));
  };
  return (
    <Page
      title="Check your notes"
      failure={failure}
      onSubmit={() => {
        if (!isFilled) return;
        run(
          () => bridge.confirmWords({ answers: [...answers] }),
          (value) => {
            setWrong(value.wrong);
            if (value.wrong === null) onNext();
          },
        );
      }}
      actions={
        <>
          <Button onClick={onBack}>Back to the words</Button>
          <Button look="primary" type="submit" disabled={!isFilled} aria-disabled={isBusy}>
            Continue
          </Button>
        </>
      }
    >
      <p>Type these words from what you wrote down.</p>
      {asked.map((position, index) => (
        <label key={position} className="wallet-field">
          <span>Word {position}</span>
          <input
            type="text"
            value={answers[index] ?? ''}
            autoFocus={index === 0}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={32}
            aria-invalid={wrong === position}
            onChange={(event) => {
              set(index, event.target.value);
            }}
          />
        </label>
      ))}
      <p className="wallet-wrong" role="alert">
        {wrong === null ? '' : `Word ${String(wrong)} is another one. Look at your notes again.`}
      </p>
    </Page>
  );
}
