/** The bandwidth limit and the shown rate, on a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import { createPacer } from '../../../electron/models/download-pace.ts';
import { createRate } from '../../../electron/models/download-rate.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const NEVER = new AbortController().signal;

/** Whether it has ended by now, once everything that can happen has. */
async function hasEnded(promise: Promise<void>): Promise<boolean> {
  let isOver = false;
  void promise.then(() => (isOver = true));
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return isOver;
}

describe('a bandwidth limit', () => {
  it('holds back what comes too fast, and nothing where there is none', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock);
    expect(await hasEnded(pacer.took(1_000_000, NEVER))).toBe(true);
    pacer.setLimit(1_000);
    const took = pacer.took(2_000, NEVER);
    clock.advance(1_990);
    expect(await hasEnded(took)).toBe(false);
    clock.advance(10);
    expect(await hasEnded(took)).toBe(true);
  });

  it('lets no more through over time than it says', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock);
    pacer.setLimit(10_000);
    let bytes = 0;
    while (clock.monotonicMs() < 10_000) {
      const took = pacer.took(700, NEVER);
      bytes += 700;
      while (!(await hasEnded(took))) clock.advance(5);
    }
    expect(bytes).toBeGreaterThan(98_000);
    expect(bytes).toBeLessThan(104_000);
  });

  it('changes at once, also for what is waiting', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock);
    pacer.setLimit(1);
    const took = pacer.took(1_000, NEVER);
    expect(await hasEnded(took)).toBe(false);
    pacer.setLimit(1_000);
    clock.advance(1_000);
    expect(await hasEnded(took)).toBe(true);
    pacer.setLimit(1);
    const second = pacer.took(1_000, NEVER);
    expect(await hasEnded(second)).toBe(false);
    pacer.setLimit(null);
    expect(await hasEnded(second)).toBe(true);
  });

  it('lets go when nobody wants the bytes any more', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock);
    const controller = new AbortController();
    pacer.setLimit(1);
    const took = pacer.took(1_000, controller.signal);
    expect(await hasEnded(took)).toBe(false);
    controller.abort();
    expect(await hasEnded(took)).toBe(true);
  });
});

describe('the rate', () => {
  it('is that of the last five seconds', () => {
    const clock = createManualClock();
    const rate = createRate(clock);
    rate.add(1_000);
    expect(rate.bytesPerSecond()).toBeNull();
    clock.advance(1_000);
    expect(rate.bytesPerSecond()).toBe(1_000);
    clock.advance(6_000);
    expect(rate.bytesPerSecond()).toBe(0);
    rate.add(5_000);
    expect(rate.bytesPerSecond()).toBe(1_000);
  });
});
