import { expect, test } from 'vitest';
import { createEventOutbox, type RequestEvent } from '../../../electron/engine/event-outbox.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import type { GenerateEvent } from '../../../electron/protocol/generate.ts';

const tokens = (text: string, ...tokenIds: number[]): GenerateEvent => ({
  type: 'tokens',
  text,
  tokenIds,
});
const START: GenerateEvent = {
  type: 'start',
  seed: 1,
  counts: { prompt: 1, cached: 0, output: 0 },
};

function setUp() {
  const clock = createManualClock();
  const sent: (readonly RequestEvent[])[] = [];
  const outbox = createEventOutbox(clock, (events) => sent.push(events));
  return { clock, sent, outbox };
}

test('what comes after a pause goes out at once, what follows on its heels goes out together', () => {
  const { clock, sent, outbox } = setUp();
  outbox.push(1, tokens('a', 1));
  expect(sent).toHaveLength(1);
  outbox.push(1, tokens('b', 2));
  outbox.push(2, tokens('x', 9));
  outbox.push(1, tokens('c', 3));
  expect(sent).toHaveLength(1);
  clock.advance(10);
  expect(sent[1]).toEqual([
    { id: 1, event: tokens('bc', 2, 3) },
    { id: 2, event: tokens('x', 9) },
  ]);
  clock.advance(1000);
  expect(sent).toHaveLength(2);
});

test('beginnings and ends never wait, and keep their place', () => {
  const { sent, outbox } = setUp();
  outbox.push(1, START);
  outbox.push(1, tokens('a', 1));
  outbox.push(2, START);
  expect(sent.flat().map(({ id, event }) => [id, event.type])).toEqual([
    [1, 'start'],
    [1, 'tokens'],
    [2, 'start'],
  ]);
});
