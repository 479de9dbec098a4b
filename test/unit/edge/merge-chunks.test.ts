/** Merged chunks say what the single ones said, in fewer and never too large pieces. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMergeChunks } from '../../../electron/edge/merge-chunks.ts';
import { relayEventSchema, type RelayChunk } from '../../../electron/protocol/wire-relay.ts';
import { createResponseHasher } from '../../../electron/protocol/relay-hash.ts';
import { chunk, RECEIPT } from '../../fakes/peer-values.ts';

const arbitraryChunk = fc
  .record({
    text: fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constant('x'.repeat(1_500))),
    tokenIds: fc.array(fc.nat(100_000), { maxLength: 4 }),
    hasLogprobs: fc.boolean(),
  })
  .map(({ hasLogprobs, ...rest }): RelayChunk => {
    const logprobs = rest.tokenIds.map((id) => ({ ids: [id], milliNats: [-1] }));
    return { type: 'chunk', number: 0, ...rest, ...(hasLogprobs ? { logprobs } : {}) };
  });

function hashOf(chunks: readonly RelayChunk[]): string {
  const hasher = createResponseHasher();
  for (const { text, tokenIds, logprobs } of chunks) {
    hasher.add({ text, tokenIds, ...(logprobs === undefined ? {} : { logprobs }) });
  }
  return hasher.finish();
}

describe('merged chunks', () => {
  it('hash as those that came, are numbered from 0 without a gap, and fit the wire', () => {
    fc.assert(
      fc.property(fc.array(fc.array(arbitraryChunk, { maxLength: 12 })), (batches) => {
        const merge = createMergeChunks();
        const merged = batches.flatMap((batch) => merge(batch));
        const chunks = merged.flatMap((event) => (event.type === 'chunk' ? [event] : []));
        expect(chunks.map(({ number }) => number)).toEqual([...chunks.keys()]);
        expect(hashOf(chunks)).toBe(hashOf(batches.flat()));
        for (const each of chunks) expect(relayEventSchema.safeParse(each).success).toBe(true);
      }),
    );
  });

  it('are one where they can be, and leave the receipt where it is', () => {
    const merge = createMergeChunks();
    const events = [chunk(0, 'a'), chunk(1, 'b'), chunk(2, 'c'), RECEIPT];
    expect(merge(events)).toEqual([
      { type: 'chunk', number: 0, text: 'abc', tokenIds: [0, 1, 2] },
      RECEIPT,
    ]);
    expect(merge([chunk(3, 'd')])).toEqual([{ ...chunk(3, 'd'), number: 1 }]);
  });

  it('stop where one would grow too large', () => {
    const merge = createMergeChunks();
    const large = [chunk(0, 'x'.repeat(2_000)), chunk(1, 'y'.repeat(47)), chunk(2, 'zz')];
    expect(merge(large).map((event) => (event.type === 'chunk' ? event.text.length : 0))).toEqual([
      2_047, 2,
    ]);
  });
});
