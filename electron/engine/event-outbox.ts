/** Collects what happens within some milliseconds, so that a fast model does not drown both processes in post. */
import type { Clock } from '../platform/clock.ts';
import type { GenerateEvent } from '../protocol/generate.ts';

export interface RequestEvent {
  readonly id: number;
  readonly event: GenerateEvent;
}

export interface EventOutbox {
  push(id: number, event: GenerateEvent): void;
  /** Sends what has been collected, now: this request ends without an event. */
  abandon(id: number): void;
}

/**
 * Nobody sees text come so much later, and whoever passes it on does so once for all answers. The first text of an
 * answer is what somebody waits for: it is sent at once.
 */
const GAP_MS = 30;

export function createEventOutbox(
  clock: Clock,
  send: (events: readonly RequestEvent[]) => void,
): EventOutbox {
  let collected: RequestEvent[] = [];
  /** Answers that have not said anything. */
  const silent = new Set<number>();
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
      const isFirst = silent.delete(id);
      if (event.type === 'start') silent.add(id);
      const waitMs = lastSentMs + GAP_MS - clock.monotonicMs();
      if (event.type !== 'tokens' || isFirst || waitMs <= 0) flush();
      else stopTimer ??= clock.after(waitMs, flush);
    },
    abandon(id) {
      silent.delete(id);
      flush();
    },
  };
}

function merge(earlier: GenerateEvent | undefined, later: GenerateEvent): GenerateEvent | null {
  if (earlier?.type !== 'tokens' || later.type !== 'tokens') return null;
  const tokenIds = [...earlier.tokenIds, ...later.tokenIds];
  const text = earlier.text + later.text;
  if (earlier.logprobs === undefined || later.logprobs === undefined) {
    return { type: 'tokens', text, tokenIds };
  }
  return { type: 'tokens', text, tokenIds, logprobs: [...earlier.logprobs, ...later.logprobs] };
}
