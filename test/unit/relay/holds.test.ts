/** Conversations that are kept between two relays: sold, found or given back, each once, and checked by who paid. */
import { describe, expect, it } from 'vitest';
import type { ChatTurn } from '../../../electron/protocol/generate.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import { RECEIPT, type Receipt } from '../../../electron/protocol/receipt.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { toRelayBody } from '../../../electron/protocol/wire-relay.ts';
import { createBoughtHolds } from '../../../electron/relay/bought-holds.ts';
import type { PeerClient, RelayQuestion } from '../../../electron/relay/ports.ts';
import { MAX_HOLDS, MAX_HOLDS_OF_ONE } from '../../../electron/relay/supplier-holds.ts';
import { forgeRelay } from '../../fakes/forged-relay.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import {
  collect,
  createRelayPair,
  entriesOfKind,
  type RelayPair,
  type ScriptedGenerate,
} from '../../fakes/relay-pair.ts';
import * as terms from '../../fakes/relay-terms.ts';
import { createShamSigner } from '../../fakes/sham-signer.ts';

const never = new AbortController().signal;
const DOMAIN = hashDomain({ chainId: terms.NETWORK.chainId, verifyingContract: terms.NETWORK.hub });
const TIMINGS = { queuedMs: 0, prefillMs: 0, firstTokenMs: 1, totalMs: 1 };
const PROMPT = 20;
const HOLD_SECONDS = 100;
/** Of the first relay: its prompt and two tokens. */
const BOUGHT = 22;

interface State {
  /** Tokens of what was bought that are still there. */
  held: number;
  texts: readonly string[];
}

function engineOf(state: State): ScriptedGenerate {
  return async function* ({ turns }, signal) {
    const prompt = PROMPT * turns.length;
    const cached = Math.min(prompt - 1, state.held);
    const counts = { prompt, cached, held: state.held, output: 0 };
    yield { type: 'start', seed: 1, counts };
    for (const text of state.texts) yield { type: 'tokens', text, tokenIds: [1] };
    const reason = signal.aborted ? 'cancelled' : 'stop';
    yield { type: 'end', reason, counts, timings: TIMINGS };
  };
}

function setUp(client?: (honest: PeerClient) => PeerClient) {
  const state: State = { held: 0, texts: ['a', 'b'] };
  const pair = createRelayPair({ generate: engineOf(state), ...(client && { client }) });
  return { pair, state };
}

const FIRST: readonly ChatTurn[] = [{ role: 'user', text: 'hi' }];
const NEXT: readonly ChatTurn[] = [
  ...FIRST,
  { role: 'assistant', text: 'ab' },
  { role: 'user', text: 'and then?' },
];

function asks(turns: readonly ChatTurn[], holdSeconds = 0): RelayQuestion {
  return { ...terms.question('', 8), turns, holdSeconds };
}

async function ask(pair: RelayPair, question: RelayQuestion): Promise<Receipt> {
  const events = await collect(pair.application.ask(pair.offer(), question, never));
  const end = events.at(-1);
  if (end?.type !== 'end' || end.signed === null) throw new Error('no receipt came');
  expect(end.checks.every(({ outcome }) => outcome === 'ok')).toBe(true);
  return end.signed.receipt;
}

const followedBy = (pair: RelayPair) =>
  entriesOfKind(pair.supplierLedger.entries, 'relay-accepted').map(({ follows }) => follows);

describe('a conversation that was paid to be kept', () => {
  it('is charged by its tokens and its time, within what the request allows', async () => {
    const { pair } = setUp();
    const receipt = await ask(pair, asks(FIRST, HOLD_SECONDS));
    expect(receipt.heldTokenSeconds).toBe(BigInt(BOUGHT * HOLD_SECONDS));
    // 20 read, 2 written at 3 each, 2.2 for keeping them.
    expect(receipt.cu).toBe(28n);
    expect(pair.asked[0]).toMatchObject({ holdSeconds: HOLD_SECONDS, cacheKey: terms.STAKER });
    const [sent] = entriesOfKind(pair.applicationLedger.entries, 'relay-sent');
    expect(sent?.holdSeconds).toBe(HOLD_SECONDS);
  });

  it('is found by its next question, which pays for new tokens only', async () => {
    const { pair, state } = setUp();
    const bought = await ask(pair, asks(FIRST, HOLD_SECONDS));
    state.held = BOUGHT;
    const receipt = await ask(pair, asks(NEXT));
    expect(followedBy(pair)).toEqual([undefined, bought.ref]);
    expect(receipt).toMatchObject({ promptTokens: 60, cachedTokens: 22, heldTokens: 22 });
    expect(receipt).toMatchObject({ refundTokenSeconds: 0n, owedTokenSeconds: 0n });
    expect(receipt.cu).toBe(BigInt(60 - 22 + 2 * 3));
    expect(pair.asked[1]).not.toHaveProperty('holdSeconds');
  });

  it('is no longer than it was bought, however much more is in memory', async () => {
    const { pair, state } = setUp();
    await ask(pair, asks(FIRST, HOLD_SECONDS));
    state.held = 30;
    const receipt = await ask(pair, asks(NEXT));
    expect(receipt).toMatchObject({ cachedTokens: 30, heldTokens: BOUGHT });
    // 30 read, 8 cached at a quarter, 6 for two written ones.
    expect(receipt.cu).toBe(38n);
  });

  it('that is gone is given back for the whole of its time', async () => {
    const { pair, state } = setUp();
    await ask(pair, asks(FIRST, HOLD_SECONDS));
    state.held = 10;
    const receipt = await ask(pair, asks(NEXT));
    expect(receipt).toMatchObject({ heldTokens: 10, refundTokenSeconds: 1_200n });
    // 50 read, 6 for two written ones, less 1.2.
    expect(receipt.cu).toBe(54n);
  });

  it('that costs more than its follow-up is owed on, and totals never shrink', async () => {
    // All of it is in memory by chance, and nothing because it was paid for.
    const owing = createRelayPair({
      generate: async function* () {
        const counts = { prompt: 60, cached: 60, held: 0, output: 0 };
        yield { type: 'start', seed: 1, counts };
        yield { type: 'end', reason: 'stop', counts, timings: TIMINGS };
      },
    });
    const held = asks([{ role: 'user', text: 'hi' }], 600);
    await ask(owing, held);
    const next: readonly ChatTurn[] = [
      ...held.turns,
      { role: 'assistant', text: '' },
      { role: 'user', text: 'more' },
    ];
    const second = await ask(owing, asks(next));
    // 60 tokens for 600 s are 36 CU; 60 cached ones cost 15.
    expect(second).toMatchObject({ cu: 0n, charged: 0n, refundTokenSeconds: 15_000n });
    expect(second.owedTokenSeconds).toBe(21_000n);
    const third = await ask(owing, asks([{ role: 'user', text: 'something else' }]));
    expect(third).toMatchObject({ refundTokenSeconds: 15_000n, owedTokenSeconds: 6_000n });
    expect([second.totalCu, third.totalCu]).toEqual([51n, 51n]);
    const fourth = await ask(owing, asks([{ role: 'user', text: 'and something else' }]));
    expect(fourth).toMatchObject({ cu: 9n, refundTokenSeconds: 6_000n, owedTokenSeconds: 0n });
  });

  it('is owed nothing for once its time is over', async () => {
    const { pair } = setUp();
    const bought = await ask(pair, asks(FIRST, HOLD_SECONDS));
    pair.clock.advance(HOLD_SECONDS * 1000 + 1);
    const receipt = await ask(pair, asks(NEXT));
    expect(receipt).toMatchObject({ heldTokens: 0, refundTokenSeconds: 0n });
    expect(followedBy(pair)).not.toContain(bought.ref);
  });

  it('is gone after a restart of its Supplier, who gives it back', async () => {
    const { pair } = setUp();
    await ask(pair, asks(FIRST, HOLD_SECONDS));
    await pair.restartSupplier().restore();
    const receipt = await ask(pair, asks(NEXT));
    expect(receipt.refundTokenSeconds).toBe(BigInt(BOUGHT * HOLD_SECONDS));
  });

  it('is not bought by an answer that is broken off', async () => {
    const { pair, state } = setUp();
    state.texts = ['a', 'b', 'c'];
    const left = new AbortController();
    const events = pair.application.ask(pair.offer(), asks(FIRST, HOLD_SECONDS), left.signal);
    for await (const event of events) if (event.type === 'tokens') left.abort();
    const [served] = entriesOfKind(pair.supplierLedger.entries, 'relay-served');
    expect(served?.signed.receipt).toMatchObject({ finish: 2, heldTokenSeconds: 0n });
  });
});

describe('a Supplier', () => {
  let forged = 100;

  /** To a request that names a hold, whatever its words. */
  async function refusalOf(
    { supplier }: RelayPair,
    follows: Hex,
    turns: readonly ChatTurn[],
  ): Promise<string | null> {
    const question = { ...terms.question('', 8), turns, maxTokens: 8 };
    const body = toRelayBody(question, { holdSeconds: 0, follows });
    const { request } = await forgeRelay((forged += 1), body);
    const [first] = await collect(supplier.relay(terms.APPLICATION_PEER, request, never));
    return first?.type === 'refusal' ? first.refusal.code : null;
  }

  it('lets nobody go on from what was not bought, twice, or with other words', async () => {
    const { pair, state } = setUp();
    const plain = await ask(pair, asks(FIRST));
    const bought = await ask(pair, asks(FIRST, HOLD_SECONDS));
    const other: readonly ChatTurn[] = [{ role: 'user', text: 'nothing of the kind' }];
    expect(await refusalOf(pair, plain.ref, NEXT)).toBe('hold-unusable');
    expect(await refusalOf(pair, terms.MODEL.profile, NEXT)).toBe('hold-unusable');
    expect(await refusalOf(pair, bought.ref, other)).toBe('hold-unusable');
    expect(await refusalOf(pair, bought.ref, FIRST)).toBe('hold-unusable');
    state.held = BOUGHT;
    expect(await refusalOf(pair, bought.ref, NEXT)).toBeNull();
    expect(await refusalOf(pair, bought.ref, NEXT)).toBe('hold-unusable');
    await pair.restartSupplier().restore();
    expect(await refusalOf(pair, bought.ref, NEXT)).toBe('hold-unusable');
  });

  it('sells no more than it can keep, and again once time is over', async () => {
    const { pair } = setUp();
    const question = (number: number) =>
      asks([{ role: 'user', text: `question ${String(number)}` }], HOLD_SECONDS);
    for (let number = 0; number < MAX_HOLDS_OF_ONE; number += 1) await ask(pair, question(number));
    await expect(ask(pair, question(99))).rejects.toMatchObject({ code: 'relay-refused' });
    expect(pair.supplier.refusals()).toEqual(new Map([['holds-full', 1]]));
    await ask(pair, { ...question(99), holdSeconds: 0 });
    pair.clock.advance(HOLD_SECONDS * 1000);
    await ask(pair, question(99));
  });

  it('that charges for what was not kept, or hides what it owes, is disputed', async () => {
    const changes: readonly (readonly [number, Partial<Receipt>])[] = [
      // More kept than there was, so that nothing would be owed.
      [1, { cachedTokens: 30, heldTokens: 30, refundTokenSeconds: 0n, cu: 36n, totalCu: 64n }],
      // Owes nothing.
      [1, { refundTokenSeconds: 0n, cu: 55n, totalCu: 83n }],
      // Kept for longer than was asked for.
      [0, { heldTokenSeconds: 22n * 500n, cu: 37n, totalCu: 37n }],
    ];
    for (const [at, change] of changes) {
      let came = 0;
      const { pair, state } = setUp((honest) => ({
        ...honest,
        async *relay(peer, request, signal) {
          for await (const event of honest.relay(peer, request, signal)) {
            const isMine = event.type === 'receipt' && came++ === at;
            yield isMine
              ? { ...event, signed: await signedAnew(event.signed.receipt, change) }
              : event;
          }
        },
      }));
      state.held = 11;
      const both = async () => {
        await ask(pair, asks(FIRST, HOLD_SECONDS));
        await ask(pair, asks(NEXT));
      };
      await expect(both()).rejects.toMatchObject({ code: 'receipt-wrong' });
    }
  });
});

/** With charges that follow from its sums. */
async function signedAnew(before: Receipt, change: Partial<Receipt>) {
  const changed = { ...before, ...change };
  const charge = (cu: bigint): bigint => (cu * terms.MODEL.price) / 1_000_000n;
  const totalCharged = charge(changed.totalCu);
  const charged = totalCharged - charge(changed.totalCu - changed.cu);
  const receipt = { ...changed, totalCharged, charged };
  const digest = digestOf(DOMAIN, RECEIPT, receipt);
  return { receipt, signature: await createShamSigner(terms.SUPPLIER).sign(digest) };
}

describe('the conversations that are kept', () => {
  const ref = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
  const conversation = { turns: FIRST, answer: 'ab' };
  const isFree = () => true;

  it('are found by their own words only, the longest first, until their time is over', () => {
    const clock = createManualClock();
    const holds = createBoughtHolds(clock);
    holds.keep(ref(1), terms.STAKER, conversation, 10);
    const longer = { turns: NEXT, answer: 'c' };
    holds.keep(ref(2), terms.STAKER, longer, 20);
    const more: readonly ChatTurn[] = [
      ...NEXT,
      { role: 'assistant', text: 'c' },
      { role: 'user', text: 'so?' },
    ];
    expect(holds.find(terms.STAKER, NEXT, isFree)).toBe(ref(1));
    expect(holds.find(terms.STAKER, more, isFree)).toBe(ref(2));
    expect(holds.find(terms.STAKER, more, (each) => each !== ref(2))).toBe(ref(1));
    expect(holds.find(terms.SUPPLIER, NEXT, isFree)).toBeNull();
    expect(holds.find(terms.STAKER, NEXT.slice(0, 2), isFree)).toBeNull();
    const said = (text: string): readonly ChatTurn[] =>
      NEXT.map((turn, at) => (at === 1 ? { ...turn, text } : turn));
    expect(holds.find(terms.STAKER, said('abc'), isFree)).toBeNull();
    expect(holds.mayContinue(ref(1), said('abc'))).toBe(false);
    const asked = NEXT.map((turn, at) => (at === 0 ? { ...turn, text: 'ho' } : turn));
    expect(holds.mayContinue(ref(1), asked)).toBe(false);
    expect(holds.mayContinue(ref(1), NEXT)).toBe(true);
    clock.advance(10_000);
    expect(holds.find(terms.STAKER, NEXT, isFree)).toBeNull();
    expect(holds.mayContinue(ref(1), said('abc'))).toBe(true);
    expect(holds.count()).toBe(1);
  });

  it('are counted from when they are sold, of one and of all', () => {
    const holds = createBoughtHolds(createManualClock());
    for (let number = 0; number < MAX_HOLDS; number += 1) holds.begin(ref(number), terms.STAKER);
    holds.begin(ref(1_000), terms.SUPPLIER);
    holds.drop(ref(0));
    expect([holds.count(), holds.count(terms.STAKER)]).toEqual([MAX_HOLDS, MAX_HOLDS - 1]);
    expect(holds.find(terms.STAKER, NEXT, isFree)).toBeNull();
  });
});
