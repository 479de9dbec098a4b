/** Collects what happens within a few milliseconds, so that a fast model does not drown both processes in post. */
import type { Clock } from '../platform/clock.ts';
import type { GenerateEvent } from '../protocol/generate.ts';

export interface RequestEvent {
  readonly id: number;
  readonly event: GenerateEvent;
}

export interface EventOutbox {
  push(id: number, event: GenerateEvent): void;
  /** Sends what has been collected, now. */
  flush(): void;
}

/** Nobody sees text come a hundredth of a second later; a first token after a pause is sent at once. */
const GAP_MS = 10;

export function createEventOutbox(
  clock: Clock,
  send: (events: readonly RequestEvent[]) => void,
): EventOutbox {
  let collected: RequestEvent[] = [];
  let lastSentMs = -Infinity;
  let stopTimer: (() => void) | null = null;

  const flush = () => {
    stopTimer?.();
    stopTimer = null;
    if (collected.length === 0) return;
    const events = collected;
    collected = [];
    lastSentMs = clock.monotonicMs();
    send(events);
  };

  return {
    push(id, event) {
      const last = collected.findLastIndex((each) => each.id === id);
      const merged = merge(collected[last]?.event, event);
      if (merged === null) collected.push({ id, event });
      else collected[last] = { id, event: merged };
      const waitMs = lastSentMs + GAP_MS - clock.monotonicMs();
      if (event.type !== 'tokens' || waitMs <= 0) flush();
      else stopTimer ??= clock.after(waitMs, flush);
    },
    flush,
  };
}

function merge(earlier: GenerateEvent | undefined, later: GenerateEvent): GenerateEvent | null {
  if (earlier?.type !== 'tokens' || later.type !== 'tokens') return null;
  const tokenIds = [...earlier.tokenIds, ...later.tokenIds];
  return { type: 'tokens', text: earlier.text + later.text, tokenIds };
}
