/** An edge that has peers, an endpoint, or both: neither suffers for the other, and a crash ends neither. */
import { describe, expect, it } from 'vitest';
import { createEdge } from '../../../electron/edge/edge-supervisor.ts';
import { createCredits } from '../../../electron/edge/credits.ts';
import type { PeersReport } from '../../../electron/edge/peer-ports.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { hexOf, relayRequest } from '../../fakes/peer-values.ts';
import { createScriptedChildren } from '../../fakes/scripted-child.ts';

const PLACE = { hostPort: 0, bootstrapPorts: [], listen: true } as const;
const SEED = new Uint8Array(32).fill(7);
const OPTIONS = { ...PLACE, seed: async () => Uint8Array.from(SEED) };
const ASKED = { type: 'peers', ...PLACE, seed: SEED };
const READY = { type: 'peers-ready', peerKey: hexOf(32, 1), bootstrapPort: 4000 } as const;
const TOKEN_HASH = 'ab'.repeat(32);
const never = () => new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = createManualClock();
  const children = createScriptedChildren();
  const reports: (PeersReport | null)[] = [];
  const edge = createEdge(
    { spawn: children.spawn, clock, log: createMemoryLog() },
    {
      peersChanged: (report) => {
        reports.push(report);
      },
    },
  );
  return { clock, children, reports, edge };
}

async function ready() {
  const parts = setUp();
  const started = parts.edge.startPeers(OPTIONS);
  await turn();
  parts.children.last.say(READY);
  await started;
  return parts;
}

describe('an edge with peers', () => {
  it('needs no endpoint, and comes back under the same key and port after a crash', async () => {
    const { children, clock, reports } = await ready();
    expect(children.last.received).toEqual([ASKED]);
    children.last.exit(null);
    clock.advance(100);
    await turn();
    expect(children.all).toHaveLength(2);
    expect(children.last.received).toEqual([{ ...ASKED, hostPort: 4000 }]);
    children.last.say(READY);
    const report = { peerKey: READY.peerKey, bootstrapPort: READY.bootstrapPort };
    expect(reports).toEqual([report, null, report]);
  });

  it('may be given an endpoint later, whose failure costs the peers nothing', async () => {
    const { edge, children, clock } = await ready();
    const failure = { code: 'port-in-use', details: null };
    const listening = edge.listen({ port: 80, tokenHash: TOKEN_HASH });
    children.last.say({ type: 'listen-failed', failure });
    await expect(listening).rejects.toMatchObject({ code: 'port-in-use' });
    const again = edge.listen({ port: 81, tokenHash: TOKEN_HASH });
    children.last.say({ type: 'listening', port: 81 });
    await again;
    children.last.say({ type: 'listen-failed', failure });
    clock.advance(10_000);
    expect(children.all).toHaveLength(1);
    expect(children.last.received.at(-1)).toMatchObject({ type: 'listen', port: 81 });
  });

  it('says that peers cannot be reached, and can be asked again', async () => {
    const { edge, children } = setUp();
    const started = edge.startPeers(OPTIONS);
    children.last.say({ type: 'peers-failed', details: 'no port' });
    await expect(started).rejects.toMatchObject({ code: 'network-unavailable' });
    await turn();
    expect(children.last.isAlive).toBe(false);
    const again = edge.startPeers(OPTIONS);
    children.last.say(READY);
    await again;
  });

  it('fails what is under way when it dies or is disposed, and refuses who asks where nobody answers', async () => {
    const { edge, children } = await ready();
    const { peers } = edge;
    const relay = peers.relay(hexOf(32, 9), relayRequest('{}'), never());
    const next = relay[Symbol.asyncIterator]().next();
    expect(children.last.received.at(-1)).toMatchObject({ type: 'call', kind: 'relay' });
    children.last.say({ type: 'peer-ask', id: 1, peerKey: hexOf(32, 3), ask: { kind: 'card' } });
    expect(children.last.received.at(-1)).toMatchObject({
      type: 'peer-refused',
      refusal: { code: 'not-serving' },
    });
    children.last.exit(null);
    await expect(next).rejects.toMatchObject({ code: 'peer-unreachable' });
    const early = peers.card(hexOf(32, 9), never());
    await expect(early).rejects.toMatchObject({ code: 'network-unavailable' });
    await edge.dispose();
  });

  it('is killed when it sends main what is no relay event', async () => {
    const { children } = await ready();
    const [first] = children.all;
    first?.say({
      type: 'call-events',
      streams: [{ id: 1, events: [{ type: 'chunk', number: -1 }] }],
    });
    await turn();
    expect(first?.isAlive).toBe(false);
  });
});

describe('credits', () => {
  it('are full by count or by length, and have room again once enough was taken', async () => {
    const credits = createCredits({ maxEvents: 3, maxLength: 100 });
    for (const length of [10, 10]) credits.spend(length);
    expect(credits.isFull).toBe(false);
    credits.spend(90);
    expect(credits.isFull).toBe(true);
    let hasRoom = false;
    const room = credits.room().then(() => {
      hasRoom = true;
    });
    credits.taken(1);
    await turn();
    expect(hasRoom).toBe(false);
    credits.taken(1);
    await room;
    credits.spend(500);
    credits.lift();
    await credits.room();
    expect(credits.isFull).toBe(false);
  });
});
