/** Wrong passphrases: a few are free, then each one costs a longer wait. */
import type { Clock } from '../platform/clock.ts';
import type { Guesses } from './wallet-messages.ts';

const FREE_ATTEMPTS = 5;
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;

export const NO_GUESSES: Guesses = { wrong: 0, waitMs: 0 };

export interface PassphraseAttempts {
  /** How long none is taken; 0 when one may be tried. */
  waitMs(): number;
  /** One is about to be checked. It counts as wrong until `right` is said, also when nobody lives to say so. */
  tried(): void;
  right(): void;
}

/**
 * @param before what main has heard of the processes before this one
 * @param onChange for whoever outlives this process
 */
export function createAttempts(
  clock: Clock,
  before: Guesses,
  onChange: (guesses: Guesses) => void,
): PassphraseAttempts {
  let { wrong } = before;
  let openAtMs = clock.monotonicMs() + before.waitMs;

  function change(count: number, waitMs: number): void {
    wrong = count;
    openAtMs = clock.monotonicMs() + waitMs;
    onChange({ wrong, waitMs });
  }

  return {
    waitMs: () => Math.max(0, Math.ceil(openAtMs - clock.monotonicMs())),
    tried() {
      const count = wrong + 1;
      const doublings = count - FREE_ATTEMPTS;
      const waitMs = doublings < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** doublings);
      change(count, waitMs);
    },
    right() {
      change(0, 0);
    },
  };
}
