/** How many conversations a context holds, and how long they may be. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostPromptTokens, usesFlashAttention } from '../../../electron/engine/batching.ts';
import { chooseShape, contextRange, tokensBesideLayers } from '../../../electron/engine/fit.ts';

const GB = 2 ** 30;
const KB = 2 ** 10;
/** 8 billion parameters: 4.7 GB in four bits, 128 KB for each token of context. */
const LARGE = { modelBytes: 4.7 * GB, tokenBytes: 128 * KB, range: contextRange(null, 131_072) };
const onCard = (gigabytes: number) => ({ ramBytes: 16 * GB, deviceBytes: gigabytes * GB });

describe('the shape of a context', () => {
  test.each([
    [24, { sequences: 8, contextTokens: 8192 }],
    [12, { sequences: 8, contextTokens: 5376 }],
    [8, { sequences: 4, contextTokens: 4864 }],
    [6, { sequences: 1, contextTokens: 7936 }],
  ])('on a card with %s GB free', (gigabytes, shape) => {
    expect(chooseShape({ ...LARGE, mostSequences: 8, free: onCard(gigabytes) })).toEqual(shape);
  });

  test('costs a model that is larger than its card few layers', () => {
    const shape = chooseShape({ ...LARGE, mostSequences: 8, free: onCard(4) });
    expect(shape).toEqual({ sequences: 4, contextTokens: 7680 });
    expect(tokensBesideLayers(shape)).toBe(4 * 4096);
  });

  test('takes a quarter of the memory on a processor, which is everybody’s', () => {
    const free = { ramBytes: 14 * GB, deviceBytes: 0 };
    const shape = chooseShape({ ...LARGE, mostSequences: 8, free });
    expect(shape).toEqual({ sequences: 4, contextTokens: 4608 });
    expect(shape.sequences * shape.contextTokens * LARGE.tokenBytes).toBeLessThan((9.3 * GB) / 4);
  });

  test('is as asked where somebody asked, with fewer beside each other if need be', () => {
    const wished = { ...LARGE, range: contextRange(16_384, 131_072), mostSequences: 4 };
    expect(chooseShape({ ...wished, free: onCard(24) })).toEqual({
      sequences: 4,
      contextTokens: 16_384,
    });
    expect(chooseShape({ ...wished, free: onCard(10) })).toEqual({
      sequences: 1,
      contextTokens: 16_384,
    });
  });

  test('never goes past what was trained, what was asked or what there is', () => {
    fc.assert(
      fc.property(
        fc.record({
          modelBytes: fc.integer({ min: 1, max: 40 * GB }),
          tokenBytes: fc.nat(1024 * KB),
          mostSequences: fc.integer({ min: 1, max: 8 }),
        }),
        fc.option(fc.integer({ min: 128, max: 200_000 })),
        fc.nat(64 * GB),
        fc.nat(48 * GB),
        (facts, trained, ramBytes, deviceBytes) => {
          const range = contextRange(null, trained);
          const shape = chooseShape({ ...facts, range, free: { ramBytes, deviceBytes } });
          expect(shape.sequences).toBeGreaterThanOrEqual(1);
          expect(shape.sequences).toBeLessThanOrEqual(facts.mostSequences);
          expect(shape.contextTokens).toBeGreaterThanOrEqual(range.min);
          expect(shape.contextTokens).toBeLessThanOrEqual(range.max);
          const { sequences, contextTokens } = shape;
          const isSmallest = sequences === 1 && contextTokens === range.min;
          const needed = facts.modelBytes + sequences * contextTokens * facts.tokenBytes;
          // Where a context costs nothing there is no smaller one to fall back to.
          if (!isSmallest && facts.tokenBytes > 0)
            expect(needed).toBeLessThanOrEqual(ramBytes + deviceBytes);
          // Whole steps of 256 only.
          if (sequences > 1) expect(contextTokens).toBeGreaterThan(Math.min(4096, range.max) - 256);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a batch', () => {
  test('holds what the fastest can read within a step, and on a processor what is exact', () => {
    expect(mostPromptTokens('vulkan', 5e9, 'f16')).toBe(512);
    expect(mostPromptTokens('cpu', 28e6, 'f16')).toBe(512);
    expect(mostPromptTokens('cpu', 323e6, 'f16')).toBe(128);
    expect(mostPromptTokens('cpu', 28e6, 'q8_0')).toBeLessThan(64);
    expect(usesFlashAttention('cpu', 'f16')).toBe(false);
    expect(usesFlashAttention('cpu', 'q8_0')).toBe(true);
    expect(usesFlashAttention('cuda', 'f16')).toBe(true);
  });
});
