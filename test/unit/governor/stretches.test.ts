/** The strip of time: no gap, no overlap, one code for each moment, and short ones as part of their neighbours. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ASLEEP_AFTER_MS,
  causeOf,
  cutBack,
  grow,
  isOfApp,
  SHORTEST_MS,
  smooth,
  tidied,
  type Cause,
  type Piece,
  type Strip,
} from '../../../electron/governor/stretches.ts';
import { REASON_CODES } from '../../../electron/ipc/status.ts';
import { statusOf } from '../../fakes/governor-ledger.ts';

const T = 1_700_000_000_000;

const cause = (code: Cause['code'], rest: Partial<Cause> = {}): Cause => ({
  ...{ code, detail: null, also: [], expectedMs: null },
  ...rest,
});

/** Plays causes at seconds after T, and looks once more at the end. */
function play(
  endS: number,
  ...steps: readonly (readonly [atS: number, cause: Cause])[]
): { readonly kept: readonly Piece[]; readonly strip: Strip } {
  const kept = new Map<number, Piece>();
  let strip: Strip | null = null;
  let id = 0;
  const last = steps.at(-1)?.[1] ?? cause('ready');
  for (const [atS, one] of [...steps, [endS, last] as const]) {
    const grown = grow(strip, T + atS * 1000, one, () => ++id);
    strip = grown.strip;
    for (const piece of grown.kept) kept.set(piece.fromMs, piece);
  }
  if (strip === null) throw new Error('nothing was played');
  return { kept: [...kept.values()].sort((a, b) => a.fromMs - b.fromMs), strip };
}

const brief = (pieces: readonly Piece[]) =>
  pieces.map(({ fromMs, code }) => `${(fromMs - T) / 1000} ${code}`);

describe('what a moment is', () => {
  it('is serving while relays compute, ready without work, and otherwise its worst reason', () => {
    expect(causeOf(statusOf('serving'), true).code).toBe('serving');
    expect(causeOf(statusOf('serving'), false).code).toBe('ready');
    const until = { code: 'game', detail: 'Doom', untilMs: 5.4 } as const;
    expect(causeOf(statusOf('draining', until, 'on-battery', 'metered'), true)).toEqual({
      ...{ code: 'game', detail: 'Doom', also: ['on-battery', 'metered'], expectedMs: 5 },
    });
  });

  it('is asleep while the system is suspended, and never without a code', () => {
    expect(causeOf(statusOf('waiting', 'suspended', 'lid-shut'), false)).toMatchObject({
      ...{ code: 'asleep', also: ['lid-shut'] },
    });
    expect(causeOf(statusOf('off'), false).code).toBe('earning-off');
    expect(causeOf(statusOf('waiting'), false).code).toBe('restarting');
    const forEver = { code: 'snoozed', untilMs: Infinity } as const;
    expect(causeOf(statusOf('waiting', forEver), false).expectedMs).toBeNull();
  });

  it('names a program for four codes', () => {
    expect(REASON_CODES.filter(isOfApp)).toEqual([
      ...['game', 'exclusive-app', 'fullscreen', 'other-gpu-app'],
    ]);
  });
});

describe('a strip of time', () => {
  it('keeps pieces from their beginning, once they have lasted', () => {
    const { kept } = play(
      60,
      [0, cause('earning-off')],
      [10, cause('ready')],
      [30, cause('serving')],
    );
    expect(brief(kept)).toEqual(['0 earning-off', '10 ready', '30 serving']);
  });

  it('lets a piece stand from two seconds on, and makes a shorter one part of what was before', () => {
    expect(SHORTEST_MS).toBe(2000);
    const of = (endS: number) =>
      play(60, [0, cause('ready')], [10, cause('owner-active')], [endS, cause('ready')]).kept;
    expect(brief(of(12))).toEqual(['0 ready', '10 owner-active', '12 ready']);
    expect(brief(of(11.999))).toEqual(['0 ready']);
    expect(of(11.999)[0]?.also).toEqual(['owner-active']);
    expect(of(12)[0]?.also).toEqual([]);
  });

  it('gives short ones one after another to the code that held longest', () => {
    const flicker = [6, 7, 8, 9, 10].flatMap((second) => [
      [second, cause('serving')] as const,
      [second + 0.6, cause('ready')] as const,
    ]);
    const { kept } = play(20, [0, cause('arming')], ...flicker);
    expect(brief(kept)).toEqual(['0 arming', '6 serving', '10.6 ready']);
  });

  it('gives a short beginning to what comes after it', () => {
    const { kept } = play(9, [0, cause('arming')], [1, cause('ready')]);
    expect(brief(kept)).toEqual(['0 ready']);
    expect(kept[0]?.also).toEqual(['arming']);
  });

  it('collects other reasons, and keeps the first time that was told', () => {
    const { kept } = play(
      90,
      [0, cause('game', { detail: 'Doom', also: ['on-battery'] })],
      [30, cause('game', { detail: 'Doom', also: ['on-battery'], expectedMs: 7 })],
      [60, cause('game', { detail: 'Doom', also: ['metered'], expectedMs: 8 })],
    );
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ also: ['on-battery', 'metered'], expectedMs: 7 });
  });

  it('tells two games apart, but no two temperatures', () => {
    const apps = play(60, [0, cause('game', { detail: 'A' })], [9, cause('game', { detail: 'B' })]);
    expect(apps.kept.map(({ detail }) => detail)).toEqual(['A', 'B']);
    const hot = play(
      60,
      [0, cause('gpu-hot', { detail: '84' })],
      [9, cause('gpu-hot', { detail: '85' })],
    );
    expect(hot.kept.map(({ detail }) => detail)).toEqual(['84']);
  });

  it('was asleep when nobody said anything for longer than 90 seconds', () => {
    expect(ASLEEP_AFTER_MS).toBe(90_000);
    const after = (endS: number) => brief(play(endS, [0, cause('ready')]).kept);
    expect(after(90)).toEqual(['0 ready']);
    const slept = play(400, [0, cause('ready')], [30, cause('ready')], [390, cause('ready')]);
    expect(brief(slept.kept)).toEqual(['0 ready', '30 asleep', '390 ready']);
    const edge = play(90.001 + 5, [0, cause('ready')], [90.001, cause('ready')]);
    expect(brief(edge.kept)).toEqual(['0 asleep', '90.001 ready']);
  });

  it('forgets the future when the clock was set back', () => {
    const { strip } = play(13, [0, cause('ready')], [12, cause('game')]);
    expect(brief(cutBack(strip, T + 12_000).pieces)).toEqual(['0 ready']);
    expect(cutBack(strip, T + 5_000).untilMs).toBe(T + 5_000);
  });

  it('says what smoothing changes in a list', () => {
    const pieces = (['ready', 'game', 'ready', 'serving'] as const).map((code, id) => ({
      ...cause(code),
      ...{ id, fromMs: [0, 10_000, 13_000, 60_000][id] ?? 0 },
    }));
    const changed = tidied(pieces, 120_000, 10_000);
    expect(changed.goneIds).toEqual([1, 2]);
    expect(changed.pieces).toMatchObject([{ id: 0, also: ['game'] }]);
    expect(tidied(pieces, 120_000, 1_000)).toEqual({ goneIds: [], pieces: [] });
  });
});

describe('any strip', () => {
  const codes = ['serving', 'ready', 'owner-active', 'game', 'gpu-hot', 'earning-off'] as const;
  const steps = fc.array(
    fc.tuple(
      fc.oneof(
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 0, max: 90_000 }),
        fc.integer({ min: 90_001, max: 20_000_000 }),
      ),
      fc.constantFrom(...codes),
    ),
    { minLength: 1, maxLength: 60 },
  );

  it('covers all the time with pieces that do not fall below the shortest, and loses no reason', () => {
    fc.assert(
      fc.property(steps, (trace) => {
        let atMs = T;
        let [strip, id]: [Strip | null, number] = [null, 0];
        const kept = new Map<number, Piece>();
        const told = new Set<string>();
        for (const [ms, code] of trace) {
          atMs += ms;
          if (strip !== null && ms > ASLEEP_AFTER_MS) told.add('asleep');
          const grown = grow(strip, atMs, cause(code), () => ++id);
          strip = grown.strip;
          for (const piece of grown.kept) kept.set(piece.fromMs, piece);
        }
        if (strip === null) return;
        const last = Math.max(...kept.keys());
        const open = strip.pieces.filter(({ fromMs }) => fromMs > last);
        const all = [...[...kept.values()].sort((a, b) => a.fromMs - b.fromMs), ...open];
        const stands = smooth(all, atMs, SHORTEST_MS);
        expect(stands[0]?.fromMs).toBe(T + (trace[0]?.[0] ?? 0));
        const ends = stands.map((_piece, index) => stands[index + 1]?.fromMs ?? atMs);
        const lengths = stands.map(({ fromMs }, index) => (ends[index] ?? 0) - fromMs);
        if (stands.length > 1) {
          expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(SHORTEST_MS);
        }
        const named = new Set(stands.flatMap(({ code, also }) => [code, ...also]));
        for (const code of told) expect(named).toContain(code);
      }),
      { numRuns: 500 },
    );
  });

  it('is at each moment what was said, but for what was short', () => {
    const long = fc.array(
      fc.tuple(fc.integer({ min: SHORTEST_MS, max: ASLEEP_AFTER_MS }), fc.constantFrom(...codes)),
      { minLength: 2, maxLength: 40 },
    );
    fc.assert(
      fc.property(long, (trace) => {
        let atS = 0;
        const said = trace.map(([ms, code]) => [(atS += ms / 1000), cause(code)] as const);
        const { kept } = play(atS + 60, ...said);
        const expected = said.filter(([, { code }], index) => said[index - 1]?.[1].code !== code);
        expect(brief(kept)).toEqual(
          expected.map(([at, { code }]) => `${Math.round(at * 1000) / 1000} ${code}`),
        );
      }),
    );
  });
});
