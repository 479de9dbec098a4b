/** What several streams have to say at the same moment goes to the edge as one message, their beginnings at once. */
import { expect, it } from 'vitest';
import type { ToEdgeWire } from '../../../electron/edge/messages.ts';
import { createPeerAnswers } from '../../../electron/edge/peer-answers.ts';
import type { PeerServerHandlers } from '../../../electron/edge/peer-ports.ts';
import { createAsyncQueue, type AsyncQueue } from '../../../electron/platform/async-queue.ts';
import type { RelayEvent } from '../../../electron/protocol/wire-relay.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { hexOf, RECEIPT, relayRequest } from '../../fakes/peer-values.ts';

const STREAMS = [1, 2, 3];
/** What was said by now has gone out. */
async function turn(): Promise<void> {
  for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
const chunk = (text: string): RelayEvent => ({ type: 'chunk', number: 0, text, tokenIds: [7] });

function setUp() {
  const posted: ToEdgeWire[] = [];
  const queues: AsyncQueue<RelayEvent>[] = [];
  const said: (() => void)[] = [];
  const waiting = new Set<() => void>();
  const unused = (): never => {
    throw new Error('nobody asks for this');
  };
  const handlers: PeerServerHandlers = {
    card: unused,
    resync: unused,
    cancel: unused,
    relay(_peerKey, _request, _signal, onSaid) {
      said.push(onSaid);
      const queue = createAsyncQueue<RelayEvent>();
      queues.push(queue);
      return queue;
    },
  };
  const answers = createPeerAnswers({
    handlers,
    log: createMemoryLog(),
    soon: setImmediate,
    later(callback) {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
    post: (message) => posted.push(message),
  });
  for (const id of STREAMS) {
    answers.ask(id, hexOf(32, 1), { kind: 'relay', body: relayRequest('{}') });
  }
  return { answers, posted, queues, said, waiting };
}

it('begins at once, and is then one message for all of them', async () => {
  const { posted, queues } = setUp();
  await turn();
  for (const queue of queues) for (const text of ['o', 'n', 'ce']) queue.push(chunk(text));
  await turn();
  const event = (number: number, text: string, ...tokenIds: number[]) =>
    JSON.stringify({ type: 'chunk', number, text, tokenIds });
  const first = STREAMS.map((id) => ({
    type: 'peer-events',
    streams: [{ id, events: [event(0, 'o', 7)] }],
  }));
  const rest = STREAMS.map((id) => ({ id, events: [event(1, 'nce', 7, 7)] }));
  expect(posted).toEqual([...first, { type: 'peer-events', streams: rest }]);
  queues[1]?.push(chunk(' upon'));
  await turn();
  expect(posted).toHaveLength(STREAMS.length + 2);
});

it('comes before the end of a stream, and is not sent to one that was dropped', async () => {
  const { answers, posted, queues } = setUp();
  await turn();
  for (const queue of queues) {
    queue.push(chunk('a'));
    queue.end();
  }
  answers.drop(2);
  await turn();
  const sent = posted.flatMap((message) =>
    message.type === 'peer-events' ? message.streams.map(({ id }) => id) : [],
  );
  expect(sent).toEqual([1, 3]);
  for (const id of sent) {
    const end = posted.findIndex((message) => message.type === 'peer-end' && message.id === id);
    const said = posted.findIndex(
      (message) =>
        message.type === 'peer-events' && message.streams.some((stream) => stream.id === id),
    );
    expect(said).toBeLessThan(end);
  }
});

function ofFirst(posted: readonly ToEdgeWire[]) {
  return posted.flatMap((message) =>
    message.type === 'peer-events' ? message.streams.filter(({ id }) => id === 1) : [],
  );
}

it('sends the last words with the receipt, and nothing after it', async () => {
  const { posted, queues, said, waiting } = setUp();
  await turn();
  queues[0]?.push(chunk('first'));
  await turn();
  queues[0]?.push(chunk('last'));
  said[0]?.();
  await turn();
  expect(ofFirst(posted)).toHaveLength(1);
  queues[0]?.push(RECEIPT);
  queues[0]?.end();
  await turn();
  expect(ofFirst(posted).map(({ events, isLast }) => [events.length, isLast])).toEqual([
    [1, undefined],
    [2, true],
  ]);
  expect(posted.some(({ type }) => type === 'peer-end')).toBe(false);
  expect(waiting.size).toBe(0);
});

it('does not keep the last words back for a receipt that is slow or never comes', async () => {
  const { posted, queues, said, waiting } = setUp();
  await turn();
  for (const index of [0, 1]) {
    queues[index]?.push(chunk('first'));
    await turn();
    queues[index]?.push(chunk('last'));
    said[index]?.();
  }
  await turn();
  queues[1]?.fail(new Error('the signer is gone'));
  await turn();
  expect(posted.slice(-2)).toMatchObject([
    { type: 'peer-events', streams: [{ id: 2 }] },
    { type: 'peer-broken', id: 2 },
  ]);
  for (const callback of waiting) callback();
  expect(ofFirst(posted)).toHaveLength(2);
  queues[0]?.push(RECEIPT);
  queues[0]?.end();
  await turn();
  expect(ofFirst(posted).at(-1)).toMatchObject({ isLast: true });
});

it('keeps no beginning back for a receipt, not even that of an answer in one piece', async () => {
  const { posted, queues, said } = setUp();
  await turn();
  queues[0]?.push(chunk('all of it'));
  said[0]?.();
  await turn();
  expect(ofFirst(posted)).toHaveLength(1);
  queues[0]?.push(RECEIPT);
  queues[0]?.end();
  await turn();
  expect(ofFirst(posted).map(({ events, isLast }) => [events.length, isLast])).toEqual([
    [1, undefined],
    [1, true],
  ]);
});

it('keeps words back for one beat at most, those too that come after one has passed', async () => {
  const { posted, queues, said, waiting } = setUp();
  const beat = () => {
    const due = [...waiting];
    waiting.clear();
    for (const callback of due) callback();
  };
  await turn();
  queues[0]?.push(chunk('first'));
  await turn();
  said[0]?.();
  for (const text of ['next', 'last']) {
    queues[0]?.push(chunk(text));
    await turn();
    beat();
  }
  expect(ofFirst(posted)).toHaveLength(3);
});
