/** Two nodes in processes of their own: calls, streams, and what each side sees when the other one dies. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../electron/platform/clock.ts';
import type { RelayEvent } from '../../../electron/protocol/wire-relay.ts';
import { startPeerEdge, type PeerEdge } from '../../fakes/peer-edges.ts';
import { CARD, chunk, hexOf, RECEIPT, relayRequest, RESYNC } from '../../fakes/peer-values.ts';
import { createScriptedSupplier, type ScriptedSupplier } from '../../fakes/scripted-supplier.ts';

const disposals: (() => unknown)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

const never = () => new AbortController().signal;

interface Pair {
  readonly supplier: ScriptedSupplier;
  readonly server: PeerEdge;
  readonly client: PeerEdge;
  relay(body: string, signal?: AbortSignal): AsyncIterable<RelayEvent>;
}

async function start(): Promise<Pair> {
  const supplier = createScriptedSupplier();
  const server = await startPeerEdge(1, null, supplier);
  disposals.push(() => server.edge.dispose());
  const client = await startPeerEdge(2, server.bootstrapPort);
  disposals.push(() => client.edge.dispose());
  return {
    supplier,
    server,
    client,
    relay: (body, signal = never()) =>
      client.edge.peers.relay(server.peerKey, relayRequest(body), signal),
  };
}

async function collect(events: AsyncIterable<RelayEvent>): Promise<RelayEvent[]> {
  const all: RelayEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Starts a relay and reads its first event; what follows is the test's. */
async function begun(events: AsyncIterable<RelayEvent>): Promise<AsyncIterator<RelayEvent>> {
  const iterator = events[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ type: 'chunk', number: 0 });
  return iterator;
}

async function took(work: Promise<unknown>): Promise<number> {
  const startMs = systemClock.monotonicMs();
  await work;
  return systemClock.monotonicMs() - startMs;
}

describe('between two peers', () => {
  it('card, resync, relay and cancel arrive as they were said, under a proved key', async () => {
    const { supplier, server, client, relay } = await start();
    const { peers } = client.edge;
    expect(await peers.card(server.peerKey, never())).toEqual(CARD);
    expect(await peers.resync(server.peerKey, RESYNC, never())).toEqual({
      bestCumulative: 5_000n,
      lastReceipt: RECEIPT.signed,
      refs: RESYNC.refs.map((ref) => ({ ref, state: 'void' })),
    });
    const events = await collect(relay('say 100'));
    expect(events.at(-1)).toEqual(RECEIPT);
    const chunks = events.flatMap((event) => (event.type === 'chunk' ? [event] : []));
    // Numbered without a gap, merged on the way.
    expect(chunks.map(({ number }) => number)).toEqual([...chunks.keys()]);
    const said = Array.from({ length: 100 }, (_value, number) => chunk(number));
    expect(chunks[0]).toEqual(said[0]);
    expect(chunks.flatMap(({ tokenIds }) => tokenIds)).toEqual(said.flatMap((c) => c.tokenIds));
    expect(chunks.map(({ text }) => text).join('')).toBe(said.map(({ text }) => text).join(''));
    await peers.cancel(server.peerKey, { session: hexOf(32, 1), ref: hexOf(32, 2) }, never());
    expect(supplier.cancels).toEqual([hexOf(32, 2)]);
    expect([...supplier.peers]).toEqual([client.peerKey]);
  });

  it('refusals come as what they are, and a bug as a refusal', async () => {
    const { relay, server } = await start();
    expect(await collect(relay('refuse insolvent'))).toEqual([
      { type: 'refusal', refusal: { code: 'insolvent', retryElsewhere: true } },
    ]);
    expect(await collect(relay('throw'))).toEqual([
      { type: 'refusal', refusal: { code: 'internal', retryElsewhere: true } },
    ]);
    expect(server.log.lines.filter((line) => line.includes('it fell over'))).toHaveLength(1);
  });

  it('who does not listen cannot be called, and who is not there is not found', async () => {
    const { server, client } = await start();
    const { peers } = server.edge;
    const failure = { code: 'peer-unreachable' };
    await expect(peers.card(client.peerKey, never())).rejects.toMatchObject(failure);
    await expect(peers.card(hexOf(32, 77), never())).rejects.toMatchObject(failure);
  });

  it.skipIf(process.platform !== 'linux')('no socket is bound but on 127.0.0.1', async () => {
    const { server, client } = await start();
    await client.edge.peers.card(server.peerKey, never());
    const isLoopback = (line: string) => /^\s*\d+: 0100007F:/.test(line);
    for (const { process } of [server, client]) {
      const folder = `/proc/${String(process().pid)}/net`;
      const lines = readFileSync(`${folder}/udp`, 'utf8').trim().split('\n').slice(1);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => !isLoopback(line))).toEqual([]);
      expect(readFileSync(`${folder}/udp6`, 'utf8').trim().split('\n')).toHaveLength(1);
    }
  });
});

describe('when one side goes', () => {
  it.each([3, 60_000])(
    'an answer whose receipt cannot be made is heard to its last word, %d long',
    async (length) => {
      const { relay } = await start();
      const heard: RelayEvent[] = [];
      const reading = (async () => {
        for await (const event of relay(`fail ${'x'.repeat(length)}`)) heard.push(event);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'peer-unreachable' });
      const said = heard.map((event) => (event.type === 'chunk' ? event.text : '')).join('');
      expect(said).toBe(chunk(0).text + 'x'.repeat(length));
    },
  );

  it('a call that is aborted aborts at the supplier, which still pulls its receipt', async () => {
    const { supplier, relay } = await start();
    const controller = new AbortController();
    const iterator = await begun(relay('hang', controller.signal));
    controller.abort();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'cancelled' });
    await supplier.until(({ running }) => running === 0);
    expect(supplier).toMatchObject({ aborted: 1, finished: 1 });
  });

  it('leaving the loop has the same effect', async () => {
    const { supplier, relay } = await start();
    const iterator = await begun(relay('flood a'));
    await iterator.return?.();
    await supplier.until(({ running }) => running === 0);
    expect(supplier.aborted).toBe(1);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'a supplier’s edge that gets %s is seen within 10 s, at both ends',
    async (signal) => {
      const { supplier, server, client, relay } = await start();
      const iterator = await begun(relay('hang'));
      const ready = server.nextReady();
      server.process().kill(signal);
      const lost = expect(iterator.next()).rejects.toMatchObject({ code: 'peer-unreachable' });
      expect(await took(lost)).toBeLessThan(10_000);
      await supplier.until(({ running }) => running === 0);
      expect(await ready).toMatchObject({ peerKey: server.peerKey });
      expect(await client.edge.peers.card(server.peerKey, never())).toEqual(CARD);
      expect((await collect(relay('say 3'))).at(-1)).toEqual(RECEIPT);
    },
  );

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'a client whose edge gets %s is aborted at the supplier within 10 s',
    async (signal) => {
      const { supplier, client, relay } = await start();
      const iterator = await begun(relay('hang'));
      client.process().kill(signal);
      expect(await took(supplier.until(({ aborted }) => aborted === 1))).toBeLessThan(10_000);
      await expect(iterator.next()).rejects.toMatchObject({ code: 'peer-unreachable' });
    },
  );

  it('calls fail at once while the own edge is away, and work again when it is back', async () => {
    const { server, client, relay } = await start();
    const iterator = await begun(relay('hang'));
    const ready = client.nextReady();
    client.process().kill('SIGKILL');
    await expect(iterator.next()).rejects.toMatchObject({ code: 'peer-unreachable' });
    const early = client.edge.peers.card(server.peerKey, never());
    await expect(early).rejects.toMatchObject({ code: 'network-unavailable' });
    expect((await ready).peerKey).toBe(client.peerKey);
    expect(await client.edge.peers.card(server.peerKey, never())).toEqual(CARD);
  });

  it('nothing is left after dispose', async () => {
    const { server, client, relay } = await start();
    const iterator = await begun(relay('hang'));
    await Promise.all([server.edge.dispose(), client.edge.dispose()]);
    await expect(iterator.next()).rejects.toMatchObject({ code: 'network-unavailable' });
    for (const { process } of [server, client]) {
      expect(process().signalCode ?? process().exitCode).not.toBeNull();
    }
  });
});
