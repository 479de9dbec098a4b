/** What each side of a relay could try to get more than it signed for, and what strangers could spoil. */
import { describe, expect, it, vi } from 'vitest';
import type { Hex } from '../../../electron/protocol/hex.ts';
import { toHex } from '../../../electron/protocol/hex.ts';
import { RECEIPT, type Receipt } from '../../../electron/protocol/receipt.ts';
import * as relayHash from '../../../electron/protocol/relay-hash.ts';
import { sessionId, type Session } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import type { ResyncRequest, ServedModel } from '../../../electron/protocol/wire-peer.ts';
import { toRelayBody, type RelayRequest } from '../../../electron/protocol/wire-relay.ts';
import { answerOf, collect, createRelayPair, entriesOfKind } from '../../fakes/relay-pair.ts';
import * as terms from '../../fakes/relay-terms.ts';
import { createShamSigner } from '../../fakes/sham-signer.ts';

const DOMAIN = hashDomain({ chainId: terms.NETWORK.chainId, verifyingContract: terms.NETWORK.hub });
const hotKey = createShamSigner(terms.HOT_KEY);
const never = new AbortController().signal;
const word = (fill: number): Hex => toHex(new Uint8Array(32).fill(fill));
const CUMULATIVE = 10_000n;

async function sign(session: Session, ref: Hex): Promise<Hex> {
  const voucher = { session: sessionId(session), cumulative: CUMULATIVE, ref };
  return hotKey.sign(digestOf(DOMAIN, VOUCHER, voucher));
}

async function requestOf(
  fill: number,
  session: Session = terms.SESSION,
): Promise<{ readonly ref: Hex; readonly request: RelayRequest }> {
  const body = JSON.stringify(toRelayBody({ ...terms.question('hi', 8), maxTokens: 8 }));
  const asked = {
    salt: word(fill),
    seedNonce: word(7),
    maxCu: 1_000n,
    deadlineMs: BigInt(terms.NOW_MS + 60_000),
    topLogprobs: 0,
  };
  const bodyHash = relayHash.bodyHash(body);
  const ref = relayHash.relayRef({ session: sessionId(session), bodyHash, ...asked });
  const voucher = { cumulative: CUMULATIVE, signature: await sign(session, ref) };
  return { ref, request: { session, voucher, ...asked, body } };
}

async function resyncOf(session: Session, refs: readonly Hex[]): Promise<ResyncRequest> {
  const ref = word(0xee);
  const lastVoucher = { cumulative: CUMULATIVE, ref, signature: await sign(session, ref) };
  return { session, lastVoucher, refs };
}

describe('a stranger', () => {
  it('who read a redeemed voucher on the chain learns nothing and calls nothing void', async () => {
    const pair = createRelayPair();
    const { ref, request } = await requestOf(1);
    await collect(pair.supplier.relay(terms.APPLICATION_PEER, request, never));
    const { cumulative, signature } = request.voucher;
    const lastVoucher = { cumulative, ref, signature };
    const asked = { session: terms.SESSION, lastVoucher, refs: [ref, word(9)] };
    const before = pair.supplierLedger.entries.length;
    expect(await pair.supplier.resync(terms.SUPPLIER_PEER, asked)).toMatchObject({
      code: 'key-not-granted',
    });
    expect(pair.supplierLedger.entries).toHaveLength(before);
    expect(await pair.supplier.resync(terms.APPLICATION_PEER, asked)).toMatchObject({
      refs: [{ state: 'settled' }, { state: 'void' }],
    });
  });

  it('cannot make a Supplier read back sessions whose window has closed', async () => {
    const pair = createRelayPair();
    const { ref, request } = await requestOf(1);
    await collect(pair.supplier.relay(terms.APPLICATION_PEER, request, never));
    const epochMs = terms.NETWORK.epochSeconds * 1000;
    pair.clock.advance(6 * epochMs);
    const supplier = pair.restartSupplier();
    const read = vi.spyOn(pair.supplierLedger, 'entriesOf');
    const asked = await resyncOf(terms.SESSION, [ref]);
    expect(await supplier.resync(terms.SUPPLIER_PEER, asked)).toEqual({
      bestCumulative: 0n,
      lastReceipt: null,
      refs: [{ ref, state: 'void' }],
    });
    expect(read).not.toHaveBeenCalled();
  });

  it('who redeems the whole of somebody’s voucher does not end their session', async () => {
    const pair = createRelayPair();
    const [first, second] = [await requestOf(1), await requestOf(2)];
    await collect(pair.supplier.relay(terms.APPLICATION_PEER, first.request, never));
    const quote = { ...terms.QUOTE, paid: CUMULATIVE };
    const supplier = pair.restartSupplier({ solvency: { quote: async () => quote } });
    const events = await collect(supplier.relay(terms.APPLICATION_PEER, second.request, never));
    expect(events.at(-1)?.type).toBe('receipt');
  });

  it('makes a Supplier hash nothing for a session that it does not serve', async () => {
    const hash = vi.spyOn(TextEncoder.prototype, 'encode');
    const pair = createRelayPair();
    const hashedFor = async (session: Session) => {
      const { request } = await requestOf(1, session);
      hash.mockClear();
      await collect(pair.supplier.relay(terms.SUPPLIER_PEER, request, never));
      return hash.mock.calls.some(([text]) => text === request.body);
    };
    expect(await hashedFor({ ...terms.SESSION, price: 1n })).toBe(false);
    expect(await hashedFor(terms.SESSION)).toBe(true);
    hash.mockRestore();
  });
});

describe('an Application', () => {
  it('cannot fill the ledger with sessions that are never served', async () => {
    const pair = createRelayPair();
    const { supplier, supplierLedger } = pair;
    const ask = async (session: Session) =>
      supplier.resync(terms.APPLICATION_PEER, await resyncOf(session, [word(1)]));
    for (const price of [0n, 1n, terms.MODEL.price + 1n]) {
      expect(await ask({ ...terms.SESSION, price })).toMatchObject({ code: 'wrong-price' });
    }
    for (const epoch of [terms.EPOCH + 1, 2 ** 32 - 1]) {
      expect(await ask({ ...terms.SESSION, epoch })).toMatchObject({ code: 'wrong-epoch' });
    }
    // Nothing of an epoch that is over can be served, so it is void without being remembered.
    for (const epoch of [0, terms.EPOCH - 1]) {
      expect(await ask({ ...terms.SESSION, epoch })).toEqual({
        bestCumulative: 0n,
        lastReceipt: null,
        refs: [{ ref: word(1), state: 'void' }],
      });
    }
    expect(supplierLedger.entries).toEqual([]);
    expect(await ask(terms.SESSION)).toMatchObject({ refs: [{ state: 'void' }] });
    expect(supplierLedger.entries.map(({ kind }) => kind)).toEqual([
      'session-opened',
      'relay-voided',
    ]);
  });

  it('is not served twice on one draw when the price changes within an epoch', async () => {
    let models: readonly ServedModel[] = [terms.MODEL];
    const pair = createRelayPair({ supplier: { models: { now: () => models } } });
    const first = await requestOf(1);
    await collect(pair.supplier.relay(terms.APPLICATION_PEER, first.request, never));
    const price = terms.MODEL.price * 2n;
    models = [{ ...terms.MODEL, price }];
    const second = await requestOf(2, { ...terms.SESSION, price });
    expect(
      await collect(pair.supplier.relay(terms.APPLICATION_PEER, second.request, never)),
    ).toMatchObject([{ refusal: { code: 'allowance-used-up' } }]);
    await pair.restartSupplier().restore();
    expect(
      await collect(pair.supplier.relay(terms.APPLICATION_PEER, second.request, never)),
    ).toMatchObject([{ refusal: { code: 'allowance-used-up' } }]);
    models = [terms.MODEL];
    const third = await requestOf(3);
    const events = await collect(pair.supplier.relay(terms.APPLICATION_PEER, third.request, never));
    expect(events.at(-1)?.type).toBe('receipt');
  });
});

describe('a Supplier', () => {
  it('cannot charge for keeping a conversation that nobody asked to keep', async () => {
    const held: Partial<Receipt> = {
      heldTokenSeconds: 22n * 227n,
      cu: 30n,
      totalCu: 30n,
      charged: 6n,
      totalCharged: 6n,
    };
    const pair = createRelayPair({
      client: (honest) => ({
        ...honest,
        async *relay(peer, request, signal) {
          for await (const event of honest.relay(peer, request, signal)) {
            if (event.type !== 'receipt') {
              yield event;
              continue;
            }
            const receipt = { ...event.signed.receipt, ...held };
            const digest = digestOf(DOMAIN, RECEIPT, receipt);
            const signature = await createShamSigner(terms.SUPPLIER).sign(digest);
            yield { ...event, signed: { receipt, signature } };
          }
        },
      }),
    });
    const asking = collect(pair.application.ask(pair.offer(), terms.question('hi', 8), never));
    await expect(asking).rejects.toMatchObject({ code: 'receipt-wrong' });
    expect(entriesOfKind(pair.applicationLedger.entries, 'relay-disputed')).toHaveLength(1);
  });

  it('whose context turns out larger than it announced is no cheat', async () => {
    const text = 'word '.repeat(600);
    const pair = createRelayPair({ generate: answerOf(['yes'], 2_100) });
    const model = { ...terms.MODEL, contextTokens: 2_048 };
    const offer = pair.application.offer({ ...terms.CARD, services: [model] }, model, terms.TERMS);
    const events = await collect(pair.application.ask(offer, terms.question(text, 8), never));
    const end = events.at(-1);
    expect(end?.type === 'end' && end.checks.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });
});
