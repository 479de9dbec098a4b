/** Which source is asked next, when, and that it comes to an end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterAttempt,
  backOffMs,
  firstAttempts,
  type Outcome,
} from '../../../electron/models/download-attempts.ts';
import { DOWNLOAD_LIMITS as LIMITS } from '../../../electron/models/download-limits.ts';

const NOW = 1_000_000;

function after(outcomes: readonly Outcome[], sources: number) {
  let attempts = firstAttempts(sources);
  let decided = null;
  for (const outcome of outcomes) {
    decided = afterAttempt(attempts, outcome, NOW, 0, LIMITS);
    attempts = decided.attempts;
  }
  return { attempts, next: decided?.next };
}

const STALL: Outcome = { kind: 'interrupted', gainedBytes: 0, why: 'stall' };

describe('attempts', () => {
  it('take the next mirror at once, and the same source only after a rest', () => {
    expect(after([STALL], 2).next).toMatchObject({ source: 1, afterMs: 0, isFresh: false });
    expect(after([STALL], 1).next).toMatchObject({ source: 0, afterMs: 1_000 });
    expect(after([STALL, STALL, STALL], 1).next).toMatchObject({ afterMs: 4_000 });
  });

  it('wait as long as a busy source asks', () => {
    const busy: Outcome = { kind: 'busy', retryAfterMs: 42_000, why: 'busy' };
    expect(after([busy], 1).next).toMatchObject({ kind: 'try', afterMs: 42_000 });
  });

  it('give a source up after too many without progress, and count anew after some', () => {
    const stalls = Array.from({ length: LIMITS.maxBarrenTries - 1 }, () => STALL);
    expect(after(stalls, 1).next).toMatchObject({ kind: 'try' });
    expect(after([...stalls, STALL], 1).next).toMatchObject({ kind: 'give-up' });
    const gain: Outcome = { ...STALL, gainedBytes: LIMITS.progressBytes };
    expect(after([...stalls, gain, STALL], 1).next).toMatchObject({ kind: 'try' });
    const crumb: Outcome = { ...STALL, gainedBytes: 1 };
    expect(after([...stalls, crumb], 1).next).toMatchObject({ kind: 'give-up' });
  });

  it('tell the worst that was met', () => {
    const damaged: Outcome = { kind: 'damaged', givers: [0], why: 'hash' };
    const gone: Outcome = { kind: 'refused', why: '404' };
    const changed: Outcome = { kind: 'changed', why: 'tag' };
    expect(after([changed, gone], 2).next).toMatchObject({ fault: 'download-changed' });
    expect(after([damaged, changed], 2).next).toMatchObject({
      fault: 'download-damaged',
      why: 'hash',
    });
  });

  it('stay with one source after bytes of several made a wrong file', () => {
    const mixed: Outcome = { kind: 'damaged', givers: [0, 1], why: 'hash' };
    expect(after([STALL, mixed], 2).next).toMatchObject({ kind: 'try', source: 1, isFresh: true });
    expect(after([STALL, mixed, STALL], 2).next).toMatchObject({ source: 1, isFresh: false });
    const gone: Outcome = { kind: 'refused', why: '404' };
    expect(after([STALL, mixed, gone], 2).next).toMatchObject({ source: 0, isFresh: true });
  });

  it('come to an end, and use no damaged bytes again', () => {
    const outcome = fc.oneof(
      fc.constantFrom<Outcome>(
        STALL,
        { kind: 'busy', retryAfterMs: 10, why: '' },
        { kind: 'refused', why: '' },
        { kind: 'changed', why: '' },
      ),
      fc
        .uniqueArray(fc.nat({ max: 2 }), { minLength: 1 })
        .map((givers): Outcome => ({ kind: 'damaged', givers, why: '' })),
    );
    fc.assert(
      fc.property(fc.infiniteStream(outcome), fc.integer({ min: 1, max: 3 }), (all, sources) => {
        let attempts = firstAttempts(sources);
        for (let count = 0; count < 3 * LIMITS.maxBarrenTries + 2; count++) {
          const [outcome = STALL] = all.take(1);
          const decided = afterAttempt(attempts, outcome, NOW, 0.5, LIMITS);
          if (decided.next.kind === 'give-up') return;
          if (outcome.kind === 'damaged') expect(decided.next.isFresh).toBe(true);
          if (attempts.isAlone && decided.next.source !== attempts.current) {
            expect(decided.next.isFresh).toBe(true);
          }
          attempts = decided.attempts;
        }
        throw new Error('no end');
      }),
    );
  });

  it('rest longer and longer, but never longer than allowed', () => {
    const waits = [1, 2, 3, 7, 8, 60, 5_000].map((tries) => backOffMs(tries, 0, LIMITS));
    expect(waits).toEqual([1_000, 2_000, 4_000, 60_000, 60_000, 60_000, 60_000]);
    expect(backOffMs(3, 1, LIMITS)).toBe(2_000);
  });
});
