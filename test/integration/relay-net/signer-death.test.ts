/** The process with the hot keys is killed in the middle of relays: no unit and no receipt is lost by it. */
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../../electron/protocol/generate.ts';
import type { Offer } from '../../../electron/relay/application.ts';
import type { AskEvent } from '../../../electron/relay/relay-stream.ts';
import { servedModel, startRelayNet, type NetNode, type RelayNet } from '../../fakes/relay-net.ts';
import { createToldEngine, toldText } from '../../fakes/told-engine.ts';

const WORDS = 12;

const engine = createToldEngine();
let net: RelayNet;
let offer: Offer;

beforeAll(async () => {
  net = await startRelayNet(engine, servedModel());
  offer = await net.asking.offer();
});
afterAll(async () => {
  await net.dispose();
});
afterEach(() => {
  const served = net.server.market.totals.sessions('supplier', 0);
  const asked = net.asker.market.totals.sessions('application', 0);
  const shown = (sums: typeof served) =>
    sums.map(({ session, receipts, charged, openRelays }) => ({
      session,
      receipts,
      charged,
      openRelays,
    }));
  expect(shown(asked)).toEqual(shown(served));
  expect(asked.every(({ openRelays }) => openRelays === 0)).toBe(true);
  const lines = [net.server, net.asker].flatMap(({ log }) => log.lines);
  expect(lines.filter((line) => line.includes(' error '))).toEqual([]);
});

const question = (text: string): GenerateRequest => ({
  turns: [{ role: 'user', text }],
  sampling: DEFAULT_SAMPLING,
  maxTokens: 64,
  stop: [],
});

/** A relay that has said its first word and waits. */
async function begin() {
  const signal = new AbortController().signal;
  const events = net.asking.ask(offer, question(`hold ${String(WORDS)}`), signal);
  const iterator = events[Symbol.asyncIterator]();
  const came: AskEvent[] = [];
  const next = async (): Promise<AskEvent> => {
    const result = await iterator.next();
    if (result.done === true) throw new Error('the answer ended early');
    came.push(result.value);
    return result.value;
  };
  while ((await next()).type !== 'tokens');
  const rest = async (): Promise<AskEvent | undefined> => {
    while ((await next()).type !== 'end');
    return came.at(-1);
  };
  const textSoFar = (): string =>
    came.map((event) => (event.type === 'tokens' ? event.text : '')).join('');
  return { rest, textSoFar };
}

async function kill(node: NetNode): Promise<number | undefined> {
  const child = node.signer();
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return child.pid;
}

it('goes on with a new one when both die while an answer is written', async () => {
  const { server, asker } = net;
  const relay = await begin();
  const dead = [await kill(server), await kill(asker)];
  engine.letGo();
  const end = await relay.rest();
  expect(relay.textSoFar()).toBe(toldText(WORDS));
  if (end?.type !== 'end' || !end.signed) throw new Error('no receipt came');
  expect(end.signed.receipt.outputTokens).toBe(WORDS);
  expect(dead).not.toContain(server.signer().pid);
  const again = await begin();
  engine.letGo();
  expect(await again.rest()).toMatchObject({ type: 'end', reason: 'stop' });
  expect(dead).not.toContain(asker.signer().pid);
});

it('gives the receipt afterwards when it dies with the receipt in its hands', async () => {
  const { server, asker } = net;
  const relay = await begin();
  server.signer().kill('SIGSTOP');
  const ended = relay.rest();
  ended.catch(() => undefined);
  engine.letGo();
  // The stopped one has been asked as soon as the last word is there.
  while (relay.textSoFar() !== toldText(WORDS)) await new Promise(setImmediate);
  await kill(server);
  await expect(ended).rejects.toMatchObject({ code: 'peer-unreachable' });
  expect(await asker.market.application.resync(offer.id)).toEqual({ unknown: 0 });
  const [session] = asker.market.totals.sessions('application', 0);
  expect(session?.receipts).toBe(3);
});

it('sends nothing when it dies with the voucher in its hands', async () => {
  const { asker } = net;
  const sent = asker.requests.length;
  const signer = asker.signer();
  signer.kill('SIGSTOP');
  const relay = begin();
  relay.catch(() => undefined);
  await new Promise(setImmediate);
  await kill(asker);
  await expect(relay).rejects.toMatchObject({ code: 'signer-unavailable' });
  expect(asker.requests).toHaveLength(sent);
  expect(asker.market.application.exposure(offer.id)).toMatchObject({ reserved: 0n });
});
