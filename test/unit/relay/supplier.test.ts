/** What a Supplier does with one relay: written down before, served within its limits, ended in a receipt. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/platform/app-error.ts';
import { toHex } from '../../../electron/protocol/hex.ts';
import { finishOf } from '../../../electron/protocol/finish.ts';
import { bodyHash, relayRef, samplerSeed } from '../../../electron/protocol/relay-hash.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import {
  toRelayBody,
  type RelayEvent,
  type RelayRequest,
} from '../../../electron/protocol/wire-relay.ts';
import type { Quote } from '../../../electron/relay/ports.ts';
import {
  answerOf,
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
const hotKey = createShamSigner(terms.HOT_KEY);
const never = new AbortController().signal;

interface Asked {
  readonly ref: RelayRequest['salt'];
  readonly request: RelayRequest;
}

async function requestOf(
  number: number,
  { maxCu = 1_000n, cumulative = 10_000n, maxTokens = 8, deadlineInMs = 60_000 } = {},
): Promise<Asked> {
  const body = JSON.stringify(toRelayBody({ ...terms.question('hi', maxTokens), maxTokens }));
  const asked = {
    salt: toHex(new Uint8Array(32).fill(number)),
    seedNonce: toHex(new Uint8Array(32).fill(7)),
    maxCu,
    deadlineMs: BigInt(terms.NOW_MS + deadlineInMs),
    topLogprobs: 0,
  };
  const ref = relayRef({ session: ID, bodyHash: bodyHash(body), ...asked });
  const signature = await hotKey.sign(digestOf(DOMAIN, VOUCHER, { session: ID, cumulative, ref }));
  return {
    ref,
    request: { session: terms.SESSION, voucher: { cumulative, signature }, ...asked, body },
  };
}

function relay({ supplier }: RelayPair, { request }: Asked, signal = never) {
  return supplier.relay(terms.APPLICATION_PEER, request, signal);
}

const typesOf = (events: readonly RelayEvent[]) => events.map(({ type }) => type);
const lastReceipt = (pair: RelayPair) =>
  entriesOfKind(pair.supplierLedger.entries, 'relay-served').at(-1)?.signed.receipt;
const finishOfLast = (pair: RelayPair) => finishOf(lastReceipt(pair)?.finish ?? -1);

describe('a relay', () => {
  it('is in the ledger before the engine is asked, and its receipt before it leaves', async () => {
    const seen: string[][] = [];
    const pair = createRelayPair({
      generate: async function* (request, signal) {
        seen.push(pair.supplierLedger.entries.map(({ kind }) => kind));
        yield* answerOf(['Hello', ' there'])(request, signal);
      },
    });
    const asked = await requestOf(1);
    const events: RelayEvent[] = [];
    for await (const event of relay(pair, asked)) {
      events.push(event);
      if (event.type === 'receipt') seen.push(pair.supplierLedger.entries.map(({ kind }) => kind));
    }
    expect(typesOf(events)).toEqual(['chunk', 'chunk', 'receipt']);
    expect(seen).toEqual([
      ['session-opened', 'relay-accepted'],
      ['session-opened', 'relay-accepted', 'relay-served'],
    ]);
    expect(pair.supplierLedger.durabilities).toEqual(['normal', 'full']);
    expect(lastReceipt(pair)).toMatchObject({
      ref: asked.ref,
      sequence: 1,
      promptTokens: 20,
      outputTokens: 2,
      cu: 26n,
      totalCu: 26n,
      charged: 5n,
      cumulative: 10_000n,
    });
    expect(pair.asked[0]?.sampling.seed).toBe(
      samplerSeed(asked.request.seedNonce, asked.ref, terms.SUPPLIER),
    );
  });

  it('names the engine as it is found to be: one that loads for it first may compute otherwise', async () => {
    const LOADED = { ...terms.MODEL, profile: `0x${'71'.repeat(32)}` } as const;
    const found = [[LOADED], []];
    let models = [terms.MODEL];
    const pair = createRelayPair({
      supplier: { models: { now: () => models } },
      generate: async function* (request, signal) {
        models = found.shift() ?? [];
        yield* answerOf(['a'])(request, signal);
      },
    });
    await collect(relay(pair, await requestOf(1)));
    expect(lastReceipt(pair)?.profile).toBe(LOADED.profile);
    // What is not offered any more is what it was.
    await collect(relay(pair, await requestOf(2)));
    expect(lastReceipt(pair)?.profile).toBe(LOADED.profile);
  });

  it('is cut where its CU end, and charged for what was said', async () => {
    const pair = createRelayPair({ generate: answerOf(['a', 'b', 'c', 'd']) });
    const events = await collect(relay(pair, await requestOf(1, { maxCu: 28n })));
    expect(typesOf(events)).toEqual(['chunk', 'chunk', 'receipt']);
    expect(lastReceipt(pair)).toMatchObject({ outputTokens: 2, cu: 26n });
    expect(finishOfLast(pair)).toBe('length');
  });

  it('whose question alone is too dear is refused before any text, and settled for nothing', async () => {
    const pair = createRelayPair();
    const events = await collect(relay(pair, await requestOf(1, { maxCu: 19n })));
    expect(events).toEqual([
      { type: 'refusal', refusal: { code: 'max-cu-too-low', retryElsewhere: false } },
    ]);
    expect(lastReceipt(pair)).toMatchObject({ cu: 0n, charged: 0n, sequence: 1 });
  });

  it('ends in a receipt when it is cancelled, by its own peer only', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    const asked = await requestOf(1);
    const events: RelayEvent[] = [];
    for await (const event of relay(pair, asked)) {
      events.push(event);
      if (event.type !== 'chunk') continue;
      const cancel = { session: ID, ref: asked.ref };
      expect(pair.supplier.cancel(terms.SUPPLIER_PEER, cancel)).toBe(false);
      expect(pair.supplier.cancel(terms.APPLICATION_PEER, { ...cancel, session: asked.ref })).toBe(
        false,
      );
      expect(pair.supplier.cancel(terms.APPLICATION_PEER, cancel)).toBe(true);
    }
    expect(typesOf(events)).toEqual(['chunk', 'receipt']);
    expect(finishOfLast(pair)).toBe('cancelled');
    expect(lastReceipt(pair)?.cu).toBe(23n);
  });

  it('ends in a receipt when its peer goes, also while that peer reads nothing', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a', 'b', 'c']) });
    const gone = new AbortController();
    const events = relay(pair, await requestOf(1), gone.signal)[Symbol.asyncIterator]();
    await events.next();
    gone.abort();
    await settled();
    expect(finishOfLast(pair)).toBe('cancelled');
  });

  it('ends at its deadline', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    const all = collect(relay(pair, await requestOf(1, { deadlineInMs: 5_000 })));
    await settled();
    pair.clock.advance(5_000);
    expect(typesOf(await all)).toEqual(['chunk', 'receipt']);
    expect(finishOfLast(pair)).toBe('deadline');
  });

  it('waits for its reader', async () => {
    let said = 0;
    const pair = createRelayPair({
      generate: async function* (request, signal) {
        for await (const event of answerOf(Array<string>(50).fill('a'))(request, signal)) {
          said += 1;
          yield event;
        }
      },
    });
    const events = relay(pair, await requestOf(1))[Symbol.asyncIterator]();
    await events.next();
    await settled();
    expect(said).toBeLessThan(5);
  });

  it('that the engine fails is not charged, and says why when nothing was said', async () => {
    const fails = (code: 'engine-busy' | 'engine-crashed', texts: readonly string[]) =>
      createRelayPair({
        generate: async function* (request, signal) {
          for await (const event of answerOf(texts)(request, signal)) {
            if (event.type !== 'end') yield event;
          }
          throw new AppError(code);
        },
      });
    const crashed = fails('engine-crashed', ['a']);
    expect(typesOf(await collect(relay(crashed, await requestOf(1))))).toEqual([
      'chunk',
      'receipt',
    ]);
    expect(finishOfLast(crashed)).toBe('failed');
    expect(lastReceipt(crashed)).toMatchObject({ outputTokens: 1, cu: 0n, charged: 0n });

    const busy = fails('engine-busy', []);
    const [refusal] = await collect(relay(busy, await requestOf(1)));
    expect(refusal).toMatchObject({ refusal: { code: 'queue-full' } });
    expect(lastReceipt(busy)?.charged).toBe(0n);
  });
});

describe('admission', () => {
  it('counts on the same money once: relays in flight are covered together', async () => {
    const pair = createRelayPair({ generate: endlessAnswer([]) });
    const first = relay(pair, await requestOf(1, { cumulative: 200n }))[Symbol.asyncIterator]();
    const second = relay(pair, await requestOf(2, { cumulative: 200n }))[Symbol.asyncIterator]();
    void first.next();
    const answer = await second.next();
    expect(answer.value).toMatchObject({ refusal: { code: 'voucher-too-low' } });
    expect(pair.supplier.refusals()).toEqual(new Map([['voucher-too-low', 1]]));
    const third = relay(pair, await requestOf(3, { cumulative: 400n }))[Symbol.asyncIterator]();
    void third.next();
    await settled();
    expect(entriesOfKind(pair.supplierLedger.entries, 'relay-accepted')).toHaveLength(2);
    await pair.supplier.dispose();
  });

  it('takes a request once, running, settled or after a restart', async () => {
    const pair = createRelayPair();
    const asked = await requestOf(1);
    await collect(relay(pair, asked));
    const again = await collect(relay(pair, asked));
    expect(again).toMatchObject([{ refusal: { code: 'replayed' } }]);
    pair.restartSupplier();
    expect(await collect(relay(pair, asked))).toMatchObject([{ refusal: { code: 'replayed' } }]);
  });

  it('says so when the chain, or the ledger, cannot be reached', async () => {
    const pair = createRelayPair({
      supplier: { solvency: { quote: () => Promise.reject(new Error('no chain')) } },
    });
    const asked = await requestOf(1);
    expect(await collect(relay(pair, asked))).toMatchObject([
      { refusal: { code: 'chain-unreachable', retryElsewhere: true } },
    ]);
    const full = createRelayPair();
    full.supplierLedger.failWith(new AppError('disk-full'));
    expect(await collect(relay(full, asked))).toMatchObject([{ refusal: { code: 'internal' } }]);
    expect(full.asked).toHaveLength(0);
  });

  it('asks every rule again after the chain has answered', async () => {
    const answer = Promise.withResolvers<Quote>();
    const pair = createRelayPair({ supplier: { solvency: { quote: () => answer.promise } } });
    const events = collect(relay(pair, await requestOf(1, { deadlineInMs: 1_000 })));
    await settled();
    pair.clock.advance(1_000);
    answer.resolve(terms.QUOTE);
    expect(await events).toMatchObject([{ refusal: { code: 'deadline-passed' } }]);
  });
});

describe('what is left over', () => {
  it('is settled for nothing after a crash', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    const asked = await requestOf(1);
    await relay(pair, asked)[Symbol.asyncIterator]().next();
    expect(lastReceipt(pair)).toBeUndefined();
    await pair.restartSupplier().restore();
    expect(lastReceipt(pair)).toMatchObject({ ref: asked.ref, cu: 0n, charged: 0n, sequence: 1 });
    expect(finishOfLast(pair)).toBe('failed');
  });

  it('of a receipt that could not be written is made when it is asked for', async () => {
    const pair = createRelayPair();
    const asked = await requestOf(1);
    const reading = (async () => {
      for await (const event of relay(pair, asked)) {
        if (event.type === 'chunk') pair.supplierLedger.failWith(new AppError('disk-full'));
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'disk-full' });
    pair.supplierLedger.failWith(null);
    const { cumulative, signature } = asked.request.voucher;
    const answer = await pair.supplier.resync(terms.APPLICATION_PEER, {
      session: terms.SESSION,
      lastVoucher: { cumulative, ref: asked.ref, signature },
      refs: [asked.ref],
    });
    expect(answer).toMatchObject({
      refs: [{ state: 'settled', signed: { receipt: { cu: 26n } } }],
    });
  });

  it('of running relays is ended by closing, as failed', async () => {
    const pair = createRelayPair({ generate: endlessAnswer(['a']) });
    const all = collect(relay(pair, await requestOf(1)));
    await settled();
    await pair.supplier.dispose();
    expect(typesOf(await all)).toEqual(['chunk', 'receipt']);
    expect(finishOfLast(pair)).toBe('failed');
    expect(await collect(relay(pair, await requestOf(2)))).toMatchObject([
      { refusal: { code: 'not-serving' } },
    ]);
    expect(pair.supplier.card().serving).toBe(false);
  });
});

describe('a resync', () => {
  it('gives receipts again, and calls void for ever what it never heard of', async () => {
    const pair = createRelayPair();
    const [known, unheard] = [await requestOf(1), await requestOf(2)];
    await collect(relay(pair, known));
    const { cumulative, signature } = known.request.voucher;
    const request = {
      session: terms.SESSION,
      lastVoucher: { cumulative, ref: known.ref, signature },
      refs: [known.ref, unheard.ref],
    };
    const answer = await pair.supplier.resync(terms.APPLICATION_PEER, request);
    expect(answer).toMatchObject({
      bestCumulative: 10_000n,
      lastReceipt: { receipt: { ref: known.ref } },
      refs: [{ state: 'settled' }, { state: 'void' }],
    });
    expect(pair.supplierLedger.durabilities.at(-1)).toBe('full');
    pair.restartSupplier();
    expect(await collect(relay(pair, unheard))).toMatchObject([{ refusal: { code: 'replayed' } }]);
    expect(await pair.supplier.resync(terms.APPLICATION_PEER, request)).toEqual(answer);
  });

  it('tells strangers nothing', async () => {
    const pair = createRelayPair();
    const asked = await requestOf(1);
    await collect(relay(pair, asked));
    const before = pair.supplierLedger.entries.length;
    const forged = await createShamSigner(terms.STAKER).sign(new Uint8Array(32));
    const request = {
      session: terms.SESSION,
      lastVoucher: { cumulative: 10_000n, ref: asked.ref, signature: forged },
      refs: [asked.ref, terms.MODEL.profile],
    };
    expect(await pair.supplier.resync(terms.SUPPLIER_PEER, request)).toEqual({
      code: 'key-not-granted',
      retryElsewhere: false,
    });
    const elsewhere = { ...request, session: { ...terms.SESSION, supplier: terms.STAKER } };
    expect(await pair.supplier.resync(terms.SUPPLIER_PEER, elsewhere)).toMatchObject({
      code: 'wrong-supplier',
    });
    expect(pair.supplierLedger.entries).toHaveLength(before);
  });
});
