/** What is being written for the owner is counted, and told, for exactly as long as it is written. */
import { expect, test } from 'vitest';
import { createInFlight } from '../../../electron/app/in-flight.ts';

async function* twoThings(): AsyncGenerator<string> {
  yield await Promise.resolve('one');
  yield 'two';
}

test('counts from the first event on, however the answer ends, and tells it', async () => {
  const inFlight = createInFlight();
  const told: number[] = [];
  inFlight.onChange(() => {
    told.push(inFlight.count());
  });
  const untouched = inFlight.counted(twoThings());
  expect(inFlight.count()).toBe(0);
  for await (const thing of untouched) {
    expect(inFlight.count(), thing).toBe(1);
  }
  for await (const thing of inFlight.counted(twoThings())) {
    expect(thing).toBe('one');
    break;
  }
  expect(told).toEqual([1, 0, 1, 0]);
});
