/** What an Application does: vouchers that cover, receipts that are checked, requests that are never lost. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/platform/app-error.ts';
import type { Receipt, SignedReceipt } from '../../../electron/protocol/receipt.ts';
import { RECEIPT } from '../../../electron/protocol/receipt.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import type { RelayEvent, RelayRequest } from '../../../electron/protocol/wire-relay.ts';
import type { PeerClient } from '../../../electron/relay/ports.ts';
import type { AskEvent } from '../../../electron/relay/relay-stream.ts';
import {
  collect,
  createRelayPair,
  endlessAnswer,
  entriesOfKind,
  type RelayPair,
} from '../../fakes/relay-pair.ts';
import * as terms from '../../fakes/relay-terms.ts';
import { createShamSigner } from '../../fakes/sham-signer.ts';
import { settled } from '../../fakes/step-queue.ts';

const ID = sessionId(terms.SESSION);
const DOMAIN = hashDomain({ chainId: terms.NETWORK.chainId, verifyingContract: terms.NETWORK.hub });
const never = new AbortController().signal;
const unreachable = (): AppError => new AppError('peer-unreachable');

function ask(pair: RelayPair, signal = never): AsyncIterable<AskEvent> {
  return pair.application.ask(pair.offer(), terms.question('hi', 8), signal);
}

/** The most that `hi` and 8 tokens can cost: 146 prompt tokens and 24 CU. */
const MAX_CU = 170n;
const MAX_CHARGE = 34n;

const kindsOf = ({ applicationLedger }: RelayPair) =>
  applicationLedger.entries.map(({ kind }) => kind);
const ends = (events: readonly AskEvent[]) => events.filter((event) => event.type === 'end');

/** An honest way with every event put through `change`. */
function meddling(change: (event: RelayEvent) => Promise<RelayEvent | null>) {
  return (honest: PeerClient): PeerClient => ({
    ...honest,
    async *relay(peer, request, signal) {
      for await (const event of honest.relay(peer, request, signal)) {
        const changed = await change(event);
        if (changed === null) throw unreachable();
        yield changed;
      }
    },
  });
}

/** Signed by the Supplier as it is. */
async function resigned(signed: SignedReceipt, over: Partial<Receipt>): Promise<SignedReceipt> {
  const receipt = { ...signed.receipt, ...over };
  const digest = digestOf(DOMAIN, RECEIPT, receipt);
  return { receipt, signature: await createShamSigner(terms.SUPPLIER).sign(digest) };
}

const cheating = (over: (receipt: Receipt) => Partial<Receipt>) =>
  createRelayPair({
    client: meddling(async (event) =>
      event.type === 'receipt'
        ? { ...event, signed: await resigned(event.signed, over(event.signed.receipt)) }
        : event,
    ),
  });

describe('an ask', () => {
  it('tells the price first, then the text, then a checked receipt', async () => {
    const pair = createRelayPair();
    const events = await collect(ask(pair));
    expect(events.map(({ type }) => type)).toEqual(['sent', 'tokens', 'tokens', 'end']);
    expect(events[0]).toMatchObject({ maxCharge: MAX_CHARGE });
    expect(pair.application.priceOf(terms.question('hi', 8), terms.MODEL)).toMatchObject({
      maxCu: MAX_CU,
      maxCharge: MAX_CHARGE,
      maxTokens: 8,
    });
    expect(events[3]).toMatchObject({ reason: 'stop', charged: 5n, tokens: 2 });
    const [end] = ends(events);
    expect(end?.checks.map(({ outcome }) => outcome)).toEqual(Array(9).fill('ok'));
    expect(kindsOf(pair)).toEqual(['session-opened', 'relay-sent', 'relay-paid']);
    expect(pair.applicationLedger.durabilities).toEqual(['full', 'normal']);
    expect(pair.application.exposure(ID)).toEqual({
      charged: 5n,
      reserved: 0n,
      worstLoss: MAX_CHARGE - 5n,
    });
  });

  it('covers every relay in flight, also while vouchers are still being signed', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    const stop = new AbortController();
    const asks = [1, 2, 3].map(() => collect(ask(pair, stop.signal)));
    await settled();
    const vouchers = entriesOfKind(pair.applicationLedger.entries, 'relay-sent');
    expect(vouchers.map(({ cumulative }) => cumulative)).toEqual([34n, 68n, 102n]);
    expect(entriesOfKind(pair.supplierLedger.entries, 'relay-accepted')).toHaveLength(3);
    expect(pair.application.exposure(ID)).toEqual({ charged: 0n, reserved: 102n, worstLoss: 102n });
    stop.abort();
    const all = await Promise.all(asks);
    expect(all.flatMap(ends)).toMatchObject(Array(3).fill({ reason: 'cancelled' }));
  });

  it('is not asked for while its answer is being read', async () => {
    const asked: (readonly string[])[] = [];
    const pair = createRelayPair({
      generate: endlessAnswer(['a']),
      client: (honest) => ({
        ...honest,
        resync(peer, request, signal) {
          asked.push(request.refs);
          return honest.resync(peer, request, signal);
        },
      }),
    });
    const stop = new AbortController();
    const all = collect(ask(pair, stop.signal));
    await settled();
    expect(await pair.application.resync(ID)).toEqual({ unknown: 0 });
    expect(asked).toEqual([[]]);
    stop.abort();
    expect(ends(await all)).toMatchObject([{ charged: 4n }]);
  });

  it('sends nothing that is not written down, or beyond the stake', async () => {
    const sent: RelayRequest[] = [];
    const pair = createRelayPair({
      client: (honest) => ({
        ...honest,
        relay(peer, request, signal) {
          sent.push(request);
          return honest.relay(peer, request, signal);
        },
      }),
    });
    pair.applicationLedger.failWith(new AppError('disk-full'));
    await expect(collect(ask(pair))).rejects.toMatchObject({ code: 'disk-full' });
    pair.applicationLedger.failWith(null);
    const poor = { ...pair.offer(), allowance: MAX_CHARGE - 1n };
    const beyond = pair.application.ask(poor, terms.question('hi', 8), never);
    await expect(collect(beyond)).rejects.toMatchObject({ code: 'stake-used-up' });
    expect(sent).toEqual([]);
    const exactly = { ...poor, allowance: MAX_CHARGE };
    const within = pair.application.ask(exactly, terms.question('hi', 8), never);
    expect(ends(await collect(within))).toHaveLength(1);
  });

  it('frees what it set aside when it is refused, and says why', async () => {
    const pair = createRelayPair({ supplier: { room: { free: () => 0 } } });
    await expect(collect(ask(pair))).rejects.toMatchObject({
      code: 'relay-refused',
      details: 'The Supplier is busy.',
    });
    expect(kindsOf(pair)).toEqual(['session-opened', 'relay-sent', 'relay-released']);
    expect(pair.application.exposure(ID)).toMatchObject({ reserved: 0n, worstLoss: MAX_CHARGE });
  });

  it('does not free what a Supplier says it knows already', async () => {
    const refusal = { code: 'replayed', retryElsewhere: false } as const;
    const pair = createRelayPair({ client: meddling(async () => ({ type: 'refusal', refusal })) });
    await expect(collect(ask(pair))).rejects.toMatchObject({ code: 'peer-broke-rules' });
    expect(kindsOf(pair)).not.toContain('relay-released');
    expect(pair.application.exposure(ID).reserved).toBe(MAX_CHARGE);
  });

  it('cancels with a receipt, or without one when the Supplier keeps it back', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    const stop = new AbortController();
    const events: AskEvent[] = [];
    for await (const event of ask(pair, stop.signal)) {
      events.push(event);
      if (event.type === 'tokens') stop.abort();
    }
    expect(ends(events)).toMatchObject([{ reason: 'cancelled', charged: 4n, tokens: 1 }]);

    const silent = createRelayPair({
      generate: endlessAnswer(['a']),
      client: (honest) => ({ ...honest, cancel: async () => undefined }),
    });
    const halt = new AbortController();
    const all = collect(ask(silent, halt.signal));
    await settled();
    halt.abort();
    await settled();
    silent.clock.advance(5_000);
    // The connection is given up, which the Supplier sees; its receipt is then asked for by hash.
    expect(ends(await all)).toMatchObject([{ reason: 'cancelled', charged: 4n }]);
  });

  it('cancelled before it began costs nothing and leaves nothing', async () => {
    const pair = createRelayPair();
    expect(await collect(ask(pair, AbortSignal.abort()))).toMatchObject([
      { type: 'end', reason: 'cancelled', charged: 0n },
    ]);
    expect(pair.applicationLedger.entries).toEqual([]);
  });

  it('whose asker leaves is cancelled all the same', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    for await (const event of ask(pair)) if (event.type === 'tokens') break;
    await settled();
    expect(kindsOf(pair)).toEqual(['session-opened', 'relay-sent', 'relay-paid']);
  });
});

describe('a lost answer', () => {
  const losing = () => {
    const lost = { receipts: 0 };
    const pair = createRelayPair({
      client: meddling(async (event) => {
        if (event.type !== 'receipt' || lost.receipts > 0) return event;
        lost.receipts += 1;
        return null;
      }),
    });
    return pair;
  };

  it('is cleared up in the background', async () => {
    const pair = losing();
    await expect(collect(ask(pair))).rejects.toMatchObject({ code: 'peer-unreachable' });
    expect(pair.application.exposure(ID)).toMatchObject({ charged: 0n, reserved: MAX_CHARGE });
    pair.clock.advance(1_000);
    await settled();
    const [paid] = entriesOfKind(pair.applicationLedger.entries, 'relay-paid');
    expect(paid?.seenHash).toBeNull();
    expect(pair.application.exposure(ID)).toMatchObject({ charged: 5n, reserved: 0n });
  });

  it('is cleared up when the peer is there again, after a restart too', async () => {
    const pair = losing();
    await expect(collect(ask(pair))).rejects.toThrow();
    const again = pair.restartApplication();
    again.restore();
    await again.connected(terms.APPLICATION_PEER);
    expect(kindsOf(pair)).not.toContain('relay-paid');
    await again.connected(terms.SUPPLIER_PEER);
    expect(kindsOf(pair)).toContain('relay-paid');
    expect(again.exposure(ID)).toMatchObject({ charged: 5n, reserved: 0n });
  });

  it('that never arrived is void, and its money free', async () => {
    const pair = createRelayPair({
      client: (honest) => ({
        ...honest,
        relay: () => ({
          [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(unreachable()) }),
        }),
      }),
    });
    await expect(collect(ask(pair))).rejects.toThrow();
    expect(await pair.application.resync(ID)).toEqual({ unknown: 0 });
    expect(entriesOfKind(pair.applicationLedger.entries, 'relay-released')).toMatchObject([
      { reason: 'void' },
    ]);
    expect(pair.application.exposure(ID).reserved).toBe(0n);
  });

  it('is one whose parts do not follow each other', async () => {
    const pair = createRelayPair({
      client: meddling(async (event) => (event.type === 'chunk' ? { ...event, number: 3 } : event)),
    });
    await expect(collect(ask(pair))).rejects.toMatchObject({ code: 'peer-broke-rules' });
  });
});

describe('a wrong receipt', () => {
  const charge = (receipt: Receipt) => ({
    cu: receipt.cu + 3n,
    totalCu: receipt.totalCu + 3n,
    outputTokens: receipt.outputTokens + 1,
  });

  it.each<readonly [string, (receipt: Receipt) => Partial<Receipt>]>([
    ['a token too many', charge],
    ['another voucher', () => ({ cumulative: 33n })],
    ['a total out of nowhere', ({ totalCu }) => ({ totalCu: totalCu + 1n })],
    ['another answer', () => ({ responseHash: terms.MODEL.profile })],
    ['another model', () => ({ modelSha256: terms.MODEL.profile })],
    ['a number that leaves none before it', () => ({ sequence: 3, totalCu: 1_000n })],
  ])('with %s is kept as evidence and freezes the session', async (_name, over) => {
    const pair = cheating(over);
    await expect(collect(ask(pair))).rejects.toMatchObject({ code: 'receipt-wrong' });
    expect(kindsOf(pair)).toEqual(['session-opened', 'relay-sent', 'relay-disputed']);
    expect(pair.applicationLedger.durabilities.at(-1)).toBe('full');
    await expect(collect(ask(pair))).rejects.toMatchObject({ code: 'receipt-wrong' });
    const again = pair.restartApplication();
    const offer = again.offer(terms.CARD, terms.MODEL, terms.TERMS);
    await expect(collect(again.ask(offer, terms.question('hi', 8), never))).rejects.toMatchObject({
      code: 'receipt-wrong',
    });
  });
});
