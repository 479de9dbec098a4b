/** How hard a passphrase is to guess, as a bar and in words. */
import type { Strength as Judgement } from '../../electron/ipc/ceremony.ts';

const WORDS = [
  'Very easy to guess',
  'Easy to guess',
  'Could be guessed',
  'Hard to guess',
  'Very hard to guess',
] as const;

export function Strength({ judged }: { readonly judged: Judgement | null }) {
  const score = judged?.score ?? 0;
  const words = judged ? WORDS[score] : '';
  return (
    <div className="strength">
      <div
        className={`strength-bar strength-${String(judged ? score : 0)}`}
        role="meter"
        aria-label="Strength of the passphrase"
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={score}
        aria-valuetext={words === '' ? 'Nothing typed yet' : words}
      >
        {[1, 2, 3, 4].map((step) => (
          <span key={step} className={judged && step <= score ? 'strength-on' : undefined} />
        ))}
      </div>
      <p className="quiet" role="status">
        {judged ? [words, judged.advice].filter(Boolean).join('. ') : ' '}
      </p>
    </div>
  );
}
