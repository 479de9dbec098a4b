/** Makes one chunk of several that wait together: what it costs to carry one hardly depends on its length. */
import type { RelayChunk, RelayEvent } from '../protocol/wire-relay.ts';

/** UTF-16 units and tokens of a merged chunk at most; one that is longer by itself stays as it is. */
const MAX_TEXT_LENGTH = 2_048;
const MAX_TOKENS = 1_024;

/** Numbers what it hands out from 0: merged chunks are fewer than those that came. */
export type MergeChunks = (events: readonly RelayEvent[]) => readonly RelayEvent[];

/** One per answer. Hashes over a stream do not change: they know nothing of chunks. */
export function createMergeChunks(): MergeChunks {
  let count = 0;
  return (events) => {
    const merged: RelayEvent[] = [];
    for (const event of events) {
      const last = merged.at(-1);
      if (event.type === 'chunk' && last?.type === 'chunk' && isMergeable(last, event)) {
        merged[merged.length - 1] = joined(last, event);
      } else if (event.type === 'chunk') {
        merged.push({ ...event, number: count });
        count += 1;
      } else merged.push(event);
    }
    return merged;
  };
}

function isMergeable(one: RelayChunk, other: RelayChunk): boolean {
  return (
    one.text.length + other.text.length <= MAX_TEXT_LENGTH &&
    one.tokenIds.length + other.tokenIds.length <= MAX_TOKENS &&
    (one.logprobs === undefined) === (other.logprobs === undefined)
  );
}

function joined(one: RelayChunk, other: RelayChunk): RelayChunk {
  const { logprobs } = one;
  return {
    ...one,
    text: one.text + other.text,
    tokenIds: [...one.tokenIds, ...other.tokenIds],
    ...(logprobs === undefined ? {} : { logprobs: [...logprobs, ...(other.logprobs ?? [])] }),
  };
}
