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
  clock.advance(29);
  expect(sent).toHaveLength(1);
  clock.advance(1);
  expect(sent[1]).toEqual([
    { id: 1, event: tokens('bc', 2, 3) },
    { id: 2, event: tokens('x', 9) },
  ]);
  clock.advance(1000);
  expect(sent).toHaveLength(2);
});

test('the first text of an answer waits for nothing, whatever was sent just before', () => {
  const { clock, sent, outbox } = setUp();
  outbox.push(1, START);
  outbox.push(1, tokens('a', 1));
  outbox.push(2, START);
  outbox.push(1, tokens('b', 2));
  expect(sent).toHaveLength(3);
  outbox.push(2, tokens('x', 9));
  expect(sent[3]).toEqual([
    { id: 1, event: tokens('b', 2) },
    { id: 2, event: tokens('x', 9) },
  ]);
  outbox.push(2, tokens('y', 8));
  expect(sent).toHaveLength(4);
  clock.advance(30);
  expect(sent[4]).toEqual([{ id: 2, event: tokens('y', 8) }]);
});

test('what a request said before it was abandoned goes out, and its number may be used again', () => {
  const { sent, outbox } = setUp();
  outbox.push(1, START);
  outbox.push(2, START);
  outbox.push(2, tokens('x', 9));
  outbox.push(2, tokens('y', 8));
  outbox.abandon(1);
  expect(sent[3]).toEqual([{ id: 2, event: tokens('y', 8) }]);
  outbox.push(1, tokens('a', 1));
  expect(sent).toHaveLength(4);
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

test('ratings of tokens stay beside them when events are merged', () => {
  const { clock, sent, outbox } = setUp();
  const rated = (text: string, ...tokenIds: number[]): GenerateEvent => ({
    type: 'tokens',
    text,
    tokenIds,
    logprobs: tokenIds.map((id) => ({ text, logprob: -id, top: [] })),
  });
  outbox.push(1, rated('a', 1));
  outbox.push(1, rated('b', 2));
  outbox.push(1, rated('c'));
  outbox.push(1, rated('d', 3, 4));
  clock.advance(1000);
  const events = sent.flat().map(({ event }) => event);
  const ratings = events.flatMap((event) =>
    event.type === 'tokens' ? (event.logprobs ?? []) : [],
  );
  expect(ratings.map(({ logprob }) => logprob)).toEqual([-1, -2, -3, -4]);
  expect(events.length).toBeLessThan(4);
});
