/** Whose the engine is, while its owner is answered and for as long as an answer is read. */
import { describe, expect, it } from 'vitest';
import { createOwnersUse } from '../../../electron/app/owners-use.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

async function* three() {
  yield 1;
  await Promise.resolve();
  yield 2;
  yield 3;
}

describe('the owner’s use', () => {
  it('begins with the first event that is asked for and lasts until the answer is read', async () => {
    const clock = createManualClock();
    const owners = createOwnersUse(clock);
    const events = owners.counted(three());
    expect([owners.isAnswering(), owners.isRecent()]).toEqual([false, false]);
    for await (const event of events) {
      expect(event).toBeGreaterThan(0);
      expect(owners.isAnswering()).toBe(true);
    }
    expect([owners.isAnswering(), owners.isRecent()]).toEqual([false, true]);
    clock.advance(119_999);
    expect(owners.isRecent()).toBe(true);
    clock.advance(1);
    expect(owners.isRecent()).toBe(false);
  });

  it('ends with an answer that nobody reads to its end, and counts several', async () => {
    const owners = createOwnersUse(createManualClock());
    for await (const first of owners.counted(three())) {
      for await (const second of owners.counted(three())) if (second === first) break;
      expect(owners.isAnswering()).toBe(true);
      break;
    }
    expect(owners.isAnswering()).toBe(false);
  });
});
