/** Lull's own sampler against vectors that were computed apart from it, and against the distribution it must draw. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  candidateCount,
  drawToken,
  MAX_CANDIDATES,
  penalised,
  scoreCandidates,
  type Candidate,
  type Filters,
} from '../../../electron/protocol/sampler.ts';

const filtersSchema = z.strictObject({
  temperature: z.number(),
  topP: z.number(),
  topK: z.number(),
  minP: z.number(),
});
const vectorsSchema = z.strictObject({
  about: z.string(),
  noise: z.array(
    z.strictObject({
      seed: z.number(),
      position: z.number(),
      id: z.number(),
      k: z.string(),
      g: z.number(),
    }),
  ),
  draws: z.array(
    z.strictObject({
      filters: filtersSchema,
      draw: z.strictObject({ seed: z.number(), position: z.number() }),
      candidates: z.array(z.tuple([z.number(), z.number()])),
      drawn: z.number(),
      score: z.number(),
      left: z.number(),
    }),
  ),
});
const file = new URL('../../fixtures/sampler-vectors.json', import.meta.url);
const vectors = vectorsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

const PLAIN: Filters = { temperature: 1, topP: 1, topK: 0, minP: 0 };

const candidates = fc
  .uniqueArray(
    fc.record({ id: fc.nat(100_000), logit: fc.double({ min: -30, max: 30, noNaN: true }) }),
    {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((list): readonly Candidate[] => list);
const filters = fc.record({
  temperature: fc.constantFrom(0, 0.2, 0.7, 1, 2),
  topP: fc.double({ min: 0, max: 1, noNaN: true }),
  topK: fc.integer({ min: 0, max: 60 }),
  minP: fc.double({ min: 0, max: 1, noNaN: true }),
});
const draw = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  position: fc.nat(10_000),
});

describe('the vectors', () => {
  it.each(vectors.noise)(
    'noise of seed $seed, position $position, token $id',
    ({ id, g, ...at }) => {
      const [only] = scoreCandidates([{ id, logit: 3 }], PLAIN, at);
      expect(only?.score).toBeCloseTo(g, 12);
    },
  );

  it.each(vectors.draws)('draws $drawn', (vector) => {
    const list = vector.candidates.map(([id, logit]) => ({ id, logit }));
    const scored = scoreCandidates(list, vector.filters, vector.draw);
    expect(scored).toHaveLength(vector.left);
    expect(scored[0]?.id).toBe(vector.drawn);
    expect(scored[0]?.score).toBeCloseTo(vector.score, 9);
    expect(drawToken(list, vector.filters, vector.draw)).toBe(vector.drawn);
  });
});

describe('what is drawn', () => {
  it('does not depend on the order of the candidates, nor on a constant added to their logits', () => {
    fc.assert(
      fc.property(
        candidates,
        filters,
        draw,
        fc.integer({ min: -8, max: 8 }),
        (list, how, at, shift) => {
          const drawn = drawToken(list, how, at);
          expect(drawToken([...list].reverse(), how, at)).toBe(drawn);
          const rotated = [...list.slice(list.length >> 1), ...list.slice(0, list.length >> 1)];
          expect(drawToken(rotated, how, at)).toBe(drawn);
          // Thousandths, so that adding a whole number rounds nothing away.
          const coarse = list.map(({ id, logit }) => ({
            id,
            logit: Math.round(logit * 1024) / 1024,
          }));
          const moved = coarse.map(({ id, logit }) => ({ id, logit: logit + shift }));
          expect(drawToken(moved, how, at)).toBe(drawToken(coarse, how, at));
        },
      ),
    );
  });

  it('comes from the best 40 at most, and from the best alone at temperature 0', () => {
    fc.assert(
      fc.property(candidates, filters, draw, (list, how, at) => {
        const ranked = [...list].sort((a, b) => b.logit - a.logit || a.id - b.id);
        const rank = ranked.findIndex(({ id }) => id === drawToken(list, how, at));
        expect(rank).toBeLessThan(
          how.topK > 0 ? Math.min(how.topK, MAX_CANDIDATES) : MAX_CANDIDATES,
        );
        expect(drawToken(list, { ...how, temperature: 0 }, at)).toBe(ranked[0]?.id);
      }),
    );
  });

  it('comes near the best as the temperature goes to 0', () => {
    fc.assert(
      fc.property(candidates, draw, (list, at) => {
        const ranked = [...list].sort((a, b) => b.logit - a.logit);
        const gap = (ranked[0]?.logit ?? 0) - (ranked[1]?.logit ?? -Infinity);
        // The noise spans less than 41: from -3.7 to 36.8.
        fc.pre(gap > 1e-3);
        const cold = { ...PLAIN, temperature: Math.min(1, gap / 41) };
        expect(drawToken(list, cold, at)).toBe(ranked[0]?.id);
      }),
    );
  });

  it('is the lower id of two alike', () => {
    const two = [
      { id: 9, logit: 1 },
      { id: 4, logit: 1 },
    ];
    expect(drawToken(two, { ...PLAIN, temperature: 0 }, { seed: 1, position: 0 })).toBe(4);
    expect(drawToken(two, { ...PLAIN, topK: 1 }, { seed: 1, position: 0 })).toBe(4);
  });

  it.each([
    [PLAIN, 'plain'],
    [{ ...PLAIN, temperature: 0.5 }, 'cold'],
    [{ ...PLAIN, temperature: 1.7, topP: 0.9 }, 'hot, with top_p'],
    [{ ...PLAIN, temperature: 1, minP: 0.2 }, 'min_p'],
    [{ ...PLAIN, topK: 3 }, 'top_k'],
  ])('has the distribution that %j leaves', (how) => {
    const logits = [2, 1.6, 1.1, 0.7, 0, -0.4, -2];
    const list = logits.map((logit, id) => ({ id, logit }));
    const DRAWS = 20_000;
    const seen = logits.map(() => 0);
    for (let position = 0; position < DRAWS; position += 1) {
      const id = drawToken(list, how, { seed: 42, position });
      seen[id] = (seen[id] ?? 0) + 1;
    }
    const expected = expectedShares(logits, how);
    let chiSquare = 0;
    for (const [id, share] of expected.entries()) {
      if (share === 0) expect(seen[id]).toBe(0);
      else chiSquare += ((seen[id] ?? 0) - share * DRAWS) ** 2 / (share * DRAWS);
    }
    // Six degrees of freedom at most: once in 10,000 honest runs beyond 27.9, and the seed is fixed.
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('differs from seed to seed and from place to place as independent draws would', () => {
    const even = Array.from({ length: 8 }, (_, id) => ({ id, logit: 0 }));
    let sameSeed = 0;
    let samePlace = 0;
    for (let index = 0; index < 4000; index += 1) {
      const here = drawToken(even, PLAIN, { seed: 5, position: index });
      if (here === drawToken(even, PLAIN, { seed: 5, position: index + 1 })) sameSeed += 1;
      if (here === drawToken(even, PLAIN, { seed: 6, position: index })) samePlace += 1;
    }
    // 500 each, give or take four standard deviations of 21.
    for (const same of [sameSeed, samePlace]) expect(Math.abs(same - 500)).toBeLessThan(84);
  });

  it('needs a candidate, and numbers that fit', () => {
    const one = [{ id: 1, logit: 0 }];
    expect(() => drawToken([], PLAIN, { seed: 0, position: 0 })).toThrow(RangeError);
    expect(() => drawToken(one, PLAIN, { seed: -1, position: 0 })).toThrow(RangeError);
    expect(() => drawToken(one, PLAIN, { seed: 0, position: 2 ** 32 })).toThrow(RangeError);
    expect(() => drawToken(one, PLAIN, { seed: 0.5, position: 0 })).toThrow(RangeError);
  });
});

describe('penalties', () => {
  it('are taken off what was written, the one by count and the other once', () => {
    const list = [
      { id: 1, logit: 5 },
      { id: 2, logit: 5 },
      { id: 3, logit: 5 },
    ];
    const counts = new Map([
      [2, 1],
      [3, 4],
      [9, 1],
    ]);
    expect(penalised(list, counts, { frequencyPenalty: 0.5, presencePenalty: 1 })).toEqual([
      { id: 1, logit: 5 },
      { id: 2, logit: 3.5 },
      { id: 3, logit: 2 },
    ]);
  });

  it('leave the number of candidates as it is', () => {
    expect([0, 1, 39, 40, 41, 1000].map((topK) => candidateCount({ topK }))).toEqual([
      40, 1, 39, 40, 40, 40,
    ]);
  });
});

/** Of logits that fall; computed step by step from the definition. */
function expectedShares(logits: readonly number[], how: Filters): readonly number[] {
  const weights = logits.map((logit) => Math.exp(logit));
  const within = logits.map((_, index) => how.topK === 0 || index < how.topK);
  const total = weights.reduce(
    (sum, weight, index) => sum + (within[index] === true ? weight : 0),
    0,
  );
  let before = 0;
  const kept = weights.map((weight, index) => {
    const isKept =
      within[index] === true &&
      (index === 0 || (before / total < how.topP && weight >= how.minP * (weights[0] ?? 0)));
    before += weight;
    return isKept ? Math.exp((logits[index] ?? 0) / how.temperature) : 0;
  });
  const all = kept.reduce((sum, weight) => sum + weight, 0);
  return kept.map((weight) => weight / all);
}
