/** The conversations whose state somebody has paid to keep for a while. */
import type { Clock } from '../platform/clock.ts';
import type { CacheKey } from './cache-key.ts';
import { commonPrefix } from './slots.ts';

/** All at once, and of one key: whoever buys more than that gets ordinary caching. */
const MOST = 64;
const MOST_OF_ONE = 16;

export interface HeldConversations {
  /** @returns false when there are too many already, or there is nothing to keep */
  grant(key: CacheKey, tokens: readonly number[], forMs: number): boolean;
  /** How many of the prompt's first tokens are in a conversation that is held for its key. */
  shared(key: CacheKey | null, prompt: readonly number[]): number;
  /** Until when `tokens` have to be kept, on the monotonic clock: they begin with a held conversation. 0 for not at all. */
  until(key: CacheKey | null, tokens: readonly number[]): number;
}

interface Held {
  readonly key: CacheKey;
  readonly tokens: readonly number[];
  readonly untilMs: number;
}

/**
 * Only says what is to be kept: whether the state is still there shows when it is looked for.
 * @param mostTokens of all of them together
 */
export function createHeldConversations(
  clock: Clock,
  mostTokens: number = Number.POSITIVE_INFINITY,
): HeldConversations {
  let all: readonly Held[] = [];
  const dropExpired = () => {
    const now = clock.monotonicMs();
    if (all.some(({ untilMs }) => untilMs <= now)) {
      all = all.filter(({ untilMs }) => untilMs > now);
    }
  };

  return {
    grant(key, tokens, forMs) {
      dropExpired();
      if (tokens.length === 0) return false;
      const untilMs = clock.monotonicMs() + forMs;
      // The same conversation, now longer, is held once: for as long as the later of the two.
      const isReplaced = (held: Held) =>
        held.key === key &&
        held.untilMs <= untilMs &&
        commonPrefix(held.tokens, tokens) === held.tokens.length;
      const rest = all.filter((held) => !isReplaced(held));
      const total = rest.reduce((sum, held) => sum + held.tokens.length, tokens.length);
      const ofKey = rest.filter((held) => held.key === key);
      if (rest.length >= MOST || ofKey.length >= MOST_OF_ONE || total > mostTokens) return false;
      all = [...rest, { key, tokens, untilMs }];
      return true;
    },
    shared(key, prompt) {
      dropExpired();
      const mine = all.filter((held) => held.key === key);
      return Math.max(0, ...mine.map(({ tokens }) => commonPrefix(tokens, prompt)));
    },
    until(key, tokens) {
      dropExpired();
      const inside = all.filter(
        (held) => held.key === key && commonPrefix(held.tokens, tokens) === held.tokens.length,
      );
      return Math.max(0, ...inside.map(({ untilMs }) => untilMs));
    },
  };
}
