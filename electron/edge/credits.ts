/** Counts what was sent and not yet taken, so that neither side of a stream runs far ahead of the other. */
import type { CreditLimits } from './limits.ts';

export interface Credits {
  readonly isFull: boolean;
  /** One event was sent. */
  spend(length: number): void;
  /** The other side took so many of the oldest events. */
  taken(count: number): void;
  /** Resolves at once, or when there is room again or nobody waits for it any more. */
  room(): Promise<void>;
  /** From now on there is always room: what is sent goes nowhere. */
  lift(): void;
}

export function createCredits(limits: CreditLimits): Credits {
  const sent: number[] = [];
  let length = 0;
  let isLifted = false;
  let wake: (() => void)[] = [];

  const isFull = (): boolean =>
    !isLifted && (sent.length >= limits.maxEvents || length >= limits.maxLength);
  const look = (): void => {
    if (isFull()) return;
    const waiting = wake;
    wake = [];
    for (const each of waiting) each();
  };

  return {
    get isFull() {
      return isFull();
    },
    spend(eventLength) {
      sent.push(eventLength);
      length += eventLength;
    },
    taken(count) {
      for (const eventLength of sent.splice(0, count)) length -= eventLength;
      look();
    },
    room() {
      if (!isFull()) return Promise.resolve();
      return new Promise((resolve) => wake.push(resolve));
    },
    lift() {
      isLifted = true;
      look();
    },
  };
}
