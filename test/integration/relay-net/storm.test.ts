/** Everything that a Supplier must not serve, sent to a real one in the middle of a good relay: refused, and not felt. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PEER_LIMITS } from '../../../electron/edge/limits.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { refusalRow, type RefusalCode } from '../../../electron/protocol/refusal.ts';
import type { SignedReceipt } from '../../../electron/protocol/receipt.ts';
import { isGoodReceipt } from '../../../electron/protocol/verify-receipt.ts';
import {
  cancelRequestSchema,
  resyncRequestSchema,
  type ResyncRequest,
} from '../../../electron/protocol/wire-peer.ts';
import { relayRequestSchema, type RelayRequest } from '../../../electron/protocol/wire-relay.ts';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../../electron/protocol/generate.ts';
import type { Offer } from '../../../electron/relay/application.ts';
import type { AskEvent } from '../../../electron/relay/relay-stream.ts';
import { readPracticeKeys } from '../../../electron/wallet/practice-keys.ts';
import { postHeaders, type RawAnswer } from '../../fakes/peer-served.ts';
import { startRawPeer, type RawPeer } from '../../fakes/raw-peer.ts';
import { servedModel, startRelayNet, type RelayNet } from '../../fakes/relay-net.ts';
import { createToldEngine, toldText } from '../../fakes/told-engine.ts';
import { BAD_REQUESTS } from './bad-requests.ts';
import { createForge, type Forge } from './forge.ts';
import { MALFORMED } from './malformed.ts';

const RELAY = '/lull/1/relay';
const WORDS = 40;
const MAX_TOKENS = 64;
const MB = 1024 * 1024;
/** A session takes so many streams at once. */
const STREAMS = 12;
const SEED_BYTE = 77;
const TOO_LONG = '(context-exceeded)';

const engine = createToldEngine();
let net: RelayNet;
let offer: Offer;
let forge: Forge;
let stranger: RawPeer;
let edgePid: number | undefined;

beforeAll(async () => {
  net = await startRelayNet(engine, servedModel());
  offer = await net.asking.offer();
  const keys = readPracticeKeys(net.asker.paths.practiceKeys, {
    random: systemRandom,
    sealingKey: null,
  });
  forge = createForge(offer.session, keys.relay);
  stranger = await startRawPeer(SEED_BYTE, net.bootstrapPort, net.server.peerKey);
  edgePid = net.server.process().pid;
});
afterAll(async () => {
  await stranger.dispose();
  await net.dispose();
});
afterEach(() => {
  const { server, asker } = net;
  expect(server.process().pid).toBe(edgePid);
  const complaints = [server, asker].flatMap(({ log }) => log.lines);
  // That an engine failed at a question too long is said, and no fault of anybody's.
  const isFault = (line: string) => / warn | error /.test(line) && !line.includes(TOO_LONG);
  expect(complaints.filter(isFault)).toEqual([]);
});

const never = () => new AbortController().signal;

interface Good {
  /** As it left. */
  readonly request: RelayRequest;
  /** Lets it go on, and checks everything about its end. */
  finish(): Promise<SignedReceipt>;
}

function questionOf(text: string): GenerateRequest {
  const turns = [{ role: 'user', text }] as const;
  return { turns, sampling: DEFAULT_SAMPLING, maxTokens: MAX_TOKENS, stop: [] };
}

/** A relay of the honest Application that has said its first word and waits. */
async function beginGood(): Promise<Good> {
  const events = net.asking.ask(offer, questionOf(`hold ${String(WORDS)}`), never());
  const iterator = events[Symbol.asyncIterator]();
  const came: AskEvent[] = [];
  while (came.at(-1)?.type !== 'tokens') came.push(await nextOf(iterator));
  const request = net.asker.requests.at(-1);
  if (!request) throw new Error('nothing left');
  return {
    request,
    async finish() {
      engine.letGo();
      while (came.at(-1)?.type !== 'end') came.push(await nextOf(iterator));
      const text = came.map((event) => (event.type === 'tokens' ? event.text : '')).join('');
      expect(text).toBe(toldText(WORDS));
      const end = came.at(-1);
      if (end?.type !== 'end' || !end.signed) throw new Error('no receipt came');
      expect(end.reason).toBe('stop');
      expect(isGoodReceipt(end.checks)).toBe(true);
      expect(end.signed.receipt.outputTokens).toBe(WORDS);
      return end.signed;
    },
  };
}

async function nextOf(iterator: AsyncIterator<AskEvent>): Promise<AskEvent> {
  const result = await iterator.next();
  if (result.done === true) throw new Error('the answer ended early');
  return result.value;
}

/** What the asker's own client hears. */
async function refusedBy(request: RelayRequest): Promise<unknown> {
  const events: unknown[] = [];
  const { edge } = net.asker;
  for await (const event of edge.peers.relay(net.server.peerKey, request, never())) {
    events.push(event);
  }
  return events.length === 1 ? events[0] : events;
}

function refusalOf(code: RefusalCode) {
  return { code, retryElsewhere: refusalRow(code).retryElsewhere };
}

function wire(request: RelayRequest): string {
  return JSON.stringify(z.encode(relayRequestSchema, request));
}

function shown({ status, body }: RawAnswer) {
  return { status, refusal: JSON.parse(body) as unknown };
}

const MALFORMED_400 = { status: 400, refusal: refusalOf('malformed') };

/** In bytes; of the edge process that serves. */
function memoryOfEdge(): number {
  const status = readFileSync(`/proc/${String(edgePid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function kindsOf(node: 'server' | 'asker'): readonly string[] {
  return [...net[node].market.ledger.all()].map(({ entry }) => entry.kind);
}

/** Both sides know the same receipts, and nothing is open on either. */
function expectAgreement(): bigint {
  const { server, asker } = net;
  const served = server.market.totals.sessions('supplier', 0);
  const paid = asker.market.totals.sessions('application', 0);
  expect(served).toHaveLength(1);
  expect(paid).toHaveLength(1);
  const [mine] = served;
  const [theirs] = paid;
  expect(mine?.charged).toBe(theirs?.charged);
  expect(mine?.receipts).toBe(theirs?.receipts);
  expect(mine?.bestVoucher).toEqual(theirs?.bestVoucher);
  expect([mine?.openRelays, theirs?.openRelays]).toEqual([0, 0]);
  const exposure = asker.market.application.exposure(offer.id);
  expect(exposure).toMatchObject({ charged: mine?.charged, reserved: 0n });
  return mine?.charged ?? 0n;
}

describe('in the middle of a good relay', () => {
  let good: Good;
  beforeAll(async () => {
    good = await beginGood();
  });

  it.each(BAD_REQUESTS)('$name is refused as $code, here and over bare HTTP/2', async (bad) => {
    const before = [kindsOf('server'), engine.asked];
    const refusal = refusalOf(bad.code);
    expect(await refusedBy(bad.make(forge, good.request))).toEqual({ type: 'refusal', refusal });
    const raw = await stranger.post(RELAY, wire(bad.make(forge, good.request)));
    expect(shown(raw)).toEqual({ status: refusalRow(bad.code).status, refusal });
    expect([kindsOf('server'), engine.asked]).toEqual(before);
  });

  it.each(MALFORMED)('a request with %s is malformed', async (_name, make) => {
    const before = kindsOf('server');
    const body = make(good.request);
    const raw = await stranger.post(RELAY, body);
    expect(shown(raw)).toEqual(MALFORMED_400);
    expect(kindsOf('server')).toEqual(before);
  });

  it.each([
    ['no length', { 'content-length': undefined }, 411],
    ['another type', { 'content-type': 'text/plain' }, 415],
    ['a packed body', { 'content-encoding': 'gzip' }, 415],
    ['another method', { ':method': 'PUT' }, 405],
    ['another path', { ':path': '/lull/2/relay' }, 404],
    ['a path out of the way', { ':path': '/lull/1/../1/relay' }, 404],
  ])('headers with %s get their status', async (_name, headers, status) => {
    const body = wire(good.request);
    const raw = await stranger.fetch({ ...postHeaders(RELAY, body), ...headers }, body);
    expect(shown(raw)).toEqual({ status, refusal: refusalOf('malformed') });
  });

  it('a body above the limit is not read', async () => {
    const raw = await stranger.post(RELAY, ' '.repeat(PEER_LIMITS.maxBodyBytes + 1));
    expect(shown(raw)).toEqual({ status: 413, refusal: refusalOf('malformed') });
  });

  it('a stranger learns nothing by resync, and voids nothing', async () => {
    const { session, voucher } = good.request;
    const ref = `0x${'12'.repeat(32)}` as const;
    const base: ResyncRequest = { session, lastVoucher: { ...voucher, ref }, refs: [ref] };
    const before = kindsOf('server');
    const cases: readonly (readonly [ResyncRequest, RefusalCode])[] = [
      [base, 'key-not-granted'],
      [{ ...base, session: { ...session, chainId: 1n } }, 'wrong-chain'],
      [{ ...base, session: { ...session, supplier: session.application } }, 'wrong-supplier'],
      [{ ...base, session: { ...session, draw: 9 } }, 'key-not-granted'],
    ];
    for (const [request, code] of cases) {
      const body = JSON.stringify(z.encode(resyncRequestSchema, request));
      const raw = await stranger.post('/lull/1/resync', body);
      expect(shown(raw)).toEqual({ status: refusalRow(code).status, refusal: refusalOf(code) });
    }
    const many = { ...z.encode(resyncRequestSchema, base), refs: Array(65).fill(ref) };
    expect(shown(await stranger.post('/lull/1/resync', JSON.stringify(many)))).toEqual(
      MALFORMED_400,
    );
    expect(kindsOf('server')).toEqual(before);
  });

  it('a stranger cancels nothing, though it knows the names', async () => {
    const sent = [...net.asker.market.ledger.all()].flatMap(({ entry }) =>
      entry.kind === 'relay-sent' ? [entry.ref] : [],
    );
    expect(sent).toHaveLength(1);
    for (const ref of sent) {
      const body = JSON.stringify(z.encode(cancelRequestSchema, { session: offer.id, ref }));
      expect((await stranger.post('/lull/1/cancel', body)).status).toBe(200);
    }
    expect(engine.held).toBe(1);
  });

  it('bytes that are no HTTP/2 end their own connection', async () => {
    for (const bytes of [Buffer.alloc(64 * 1024, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
      const duplex = await stranger.duplex();
      const closed = new Promise((resolve) => duplex.once('close', resolve));
      duplex.resume();
      duplex.write(bytes);
      await closed;
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'hundreds of large ones at once cost a bounded amount of memory',
    async () => {
      const filler = 'x'.repeat(900_000);
      const bodies = [
        wire(forge({ body: filler })),
        wire(forge({ key: new Uint8Array(32).fill(9) })),
        JSON.stringify({ filler }),
        `[${'[],'.repeat(300_000)}[]]`,
      ];
      const storm = async (rounds: number) => {
        for (let round = 0; round < rounds; round += 1) {
          const wave = Array.from({ length: STREAMS }, (_, index) => bodies[index % bodies.length]);
          const answers = await Promise.all(wave.map((body = '') => stranger.post(RELAY, body)));
          // A peer may have so many bytes under way at once; what is beyond waits for nobody.
          for (const { status } of answers) expect([400, 403, 503]).toContain(status);
        }
      };
      // The heap takes its size first; then 180 MB come by.
      await storm(4);
      const before = memoryOfEdge();
      await storm(20);
      expect(memoryOfEdge() - before).toBeLessThan(96 * MB);
    },
  );

  it('the good one ends as if nothing had been', async () => {
    await good.finish();
    expect(kindsOf('server')).toEqual(['session-opened', 'relay-accepted', 'relay-served']);
    expectAgreement();
  });

  it('and is not served a second time', async () => {
    const refusal = refusalOf('replayed');
    expect(await refusedBy(good.request)).toEqual({ type: 'refusal', refusal });
    expect(shown(await stranger.post(RELAY, wire(good.request))).refusal).toEqual(refusal);
    expectAgreement();
  });
});

describe('what the Supplier says when it cannot', () => {
  it('not-serving: and nothing was sent that counts', async () => {
    const before = expectAgreement();
    net.server.market.setServing(false);
    await expect(read(questionOf('say 3'))).rejects.toMatchObject({ code: 'relay-refused' });
    expect(await refusedBy(forge())).toMatchObject({ refusal: { code: 'not-serving' } });
    net.server.market.setServing(true);
    expect(net.asker.market.application.exposure(offer.id)).toMatchObject({
      charged: before,
      reserved: 0n,
    });
  });

  it('queue-full: the ninth is refused, the eight before it are answered', async () => {
    const eight: Good[] = [];
    for (let count = 0; count < 8; count += 1) eight.push(await beginGood());
    await expect(read(questionOf('say 3'))).rejects.toMatchObject({ code: 'relay-refused' });
    expect(await refusedBy(forge())).toMatchObject({ refusal: { code: 'queue-full' } });
    const receipts = await Promise.all(eight.map((each) => each.finish()));
    const sequences = receipts.map(({ receipt }) => receipt.sequence).sort((a, b) => a - b);
    expect(sequences).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it.each([
    ['too-long', 'long 1'],
    ['max-cu-too-low', 'dear 1'],
  ] as const)('%s: taken, refused, and charged at nothing', async (code, text) => {
    const charged = net.server.market.totals.session('supplier', offer.id)?.charged;
    const refused = net.server.market.supplier.refusals().get(code) ?? 0;
    await expect(read(questionOf(text))).rejects.toMatchObject({ code: 'relay-refused' });
    expect(net.server.market.supplier.refusals().get(code)).toBe(refused + 1);
    expect(net.server.market.totals.session('supplier', offer.id)?.charged).toBe(charged);
  });

  it('afterwards both sides and the chain agree to the unit', async () => {
    await (await beginGood()).finish();
    const { server, asker } = net;
    const { application, totals } = asker.market;
    const charged = totals.session('application', offer.id)?.charged ?? 0n;
    expect(server.market.totals.session('supplier', offer.id)?.charged).toBe(charged);
    expect(application.exposure(offer.id)).toMatchObject({ charged, reserved: 0n });
    const before = await server.market.reader.creditOf(server.market.owner.address);
    const report = await server.market.redeemer.collect();
    expect(report).toMatchObject({ collected: charged, failures: [] });
    expect((await server.market.reader.creditOf(server.market.owner.address)) - before).toBe(
      charged,
    );
  });

  it('and a forged request without a flaw would have been served: the flaws were why', async () => {
    const good = forge();
    const { status, body } = await stranger.post(RELAY, wire(good));
    expect(status).toBe(200);
    expect(body).toContain('"type":"receipt"');
  });
});

async function read(question: GenerateRequest): Promise<void> {
  for await (const event of net.asking.ask(offer, question, never())) {
    if (event.type === 'tokens') throw new Error('it was answered');
  }
}
