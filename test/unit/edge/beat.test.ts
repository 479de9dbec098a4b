/** Streams that share a beat are called together, and no timer runs for nobody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEAT_MS, createBeat } from '../../../electron/edge/beat.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

describe('a beat', () => {
  it('calls all who wait at once, then says that it did, and stops', () => {
    const clock = createManualClock();
    const told: string[] = [];
    const beat = createBeat(clock, () => told.push(`after, beating: ${String(beat.isBeating)}`));
    beat.next(() => told.push(`one, beating: ${String(beat.isBeating)}`));
    clock.advance(BEAT_MS - 1);
    const stop = beat.next(() => told.push('called off'));
    beat.next(() => told.push('two'));
    stop();
    expect(told).toEqual([]);
    clock.advance(1);
    const expected = ['one, beating: true', 'two', 'after, beating: false'];
    expect(told).toEqual(expected);
    clock.advance(10 * BEAT_MS);
    expect(told).toEqual(expected);
  });

  it('beats every 30 ms for as long as somebody waits for the next, however they come', () => {
    const joins = fc.array(
      fc.record({ waitMs: fc.nat({ max: 100 }), beats: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(joins, (streams) => {
        const clock = createManualClock();
        const atMs: number[] = [];
        const beat = createBeat(clock, () => atMs.push(clock.monotonicMs()));
        let calls = 0;
        const again = (left: number): void => {
          const askedMs = clock.monotonicMs();
          beat.next(() => {
            calls += 1;
            expect(clock.monotonicMs() - askedMs).toBeLessThanOrEqual(BEAT_MS);
            if (left > 1) again(left - 1);
          });
        };
        for (const { waitMs, beats } of streams) {
          clock.advance(waitMs);
          again(beats);
        }
        clock.advance(10 * BEAT_MS);
        expect(calls).toBe(streams.reduce((sum, { beats }) => sum + beats, 0));
        for (const [index, ms] of atMs.slice(1).entries()) {
          expect(ms - (atMs[index] ?? 0)).toBeGreaterThanOrEqual(BEAT_MS);
        }
      }),
    );
  });
});
