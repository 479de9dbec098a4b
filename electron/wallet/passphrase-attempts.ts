/** Wrong passphrases: a few are free, then each one costs a longer wait. */
import type { Clock } from '../platform/clock.ts';

const FREE_ATTEMPTS = 5;
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;

export interface PassphraseAttempts {
  /** How long none is taken; 0 when one may be tried. */
  waitMs(): number;
  wrong(): void;
  right(): void;
}

export function createAttempts(clock: Clock): PassphraseAttempts {
  let wrong = 0;
  let openAtMs = 0;
  return {
    waitMs: () => Math.max(0, Math.ceil(openAtMs - clock.monotonicMs())),
    wrong() {
      wrong += 1;
      if (wrong < FREE_ATTEMPTS) return;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong - FREE_ATTEMPTS));
      openAtMs = clock.monotonicMs() + wait;
    },
    right() {
      wrong = 0;
      openAtMs = 0;
    },
  };
}
