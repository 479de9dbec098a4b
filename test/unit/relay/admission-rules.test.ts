/** Every rule of admission on both sides of its border; `npm run test:mutate` turns each one round. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RefusalCode } from '../../../electron/protocol/refusal.ts';
import {
  parseRelayBody,
  toRelayBody,
  type RelayRequest,
} from '../../../electron/protocol/wire-relay.ts';
import type { Session } from '../../../electron/protocol/session.ts';
import {
  firstRefusal,
  MONEY_RULES,
  REQUEST_RULES,
  type MoneyFacts,
  type Rule,
} from '../../../electron/relay/admission-rules.ts';
import { bestOf, coverOf } from '../../../electron/relay/cover.ts';
import type { Quote } from '../../../electron/relay/ports.ts';
import * as terms from '../../fakes/relay-terms.ts';

const BODY = JSON.stringify(toRelayBody({ ...terms.question('hi', 8), maxTokens: 8 }));
/** 1 token unit per 5 CU. */
const MAX_CU = 1_000n;
const COVER = 200n;

const REQUEST: RelayRequest = {
  session: terms.SESSION,
  voucher: { cumulative: COVER, signature: `0x${'00'.repeat(64)}` },
  salt: `0x${'01'.repeat(32)}`,
  seedNonce: `0x${'02'.repeat(32)}`,
  maxCu: MAX_CU,
  deadlineMs: BigInt(terms.NOW_MS + 1),
  topLogprobs: 0,
  body: BODY,
};

const GOOD: MoneyFacts = {
  request: REQUEST,
  body: parseRelayBody(BODY),
  network: terms.NETWORK,
  supplier: terms.SUPPLIER,
  model: terms.MODEL,
  nowMs: terms.NOW_MS,
  isKnown: false,
  quote: terms.QUOTE,
  voucherSigner: terms.HOT_KEY,
  commitment: { settledCu: 0n, inFlightCu: 0n, price: terms.MODEL.price },
  charged: 0n,
  bestCumulative: 0n,
  isDrawShared: false,
  isHoldUsable: true,
  holdRoom: 1,
  governor: null,
  freeRoom: 1,
};

const asks = (over: Partial<RelayRequest>): MoneyFacts => ({
  ...GOOD,
  request: { ...REQUEST, ...over },
});
const names = (over: Partial<Session>): MoneyFacts =>
  asks({ session: { ...terms.SESSION, ...over } });
const quoted = (over: Partial<Quote>): MoneyFacts => ({
  ...GOOD,
  quote: { ...terms.QUOTE, ...over },
});
const gives = (cumulative: bigint): MoneyFacts =>
  asks({ voucher: { ...REQUEST.voucher, cumulative } });

const HOLDING = parseRelayBody(
  JSON.stringify(
    toRelayBody({ ...terms.question('hi', 8), maxTokens: 8 }, { holdSeconds: 1, follows: null }),
  ),
);
const EPOCH_MS = terms.NETWORK.epochSeconds * 1000;
const GRACE_MS = terms.NETWORK.graceSeconds * 1000;
const endMs = (terms.EPOCH + 1) * EPOCH_MS;
const atMs = (nowMs: number): MoneyFacts => ({
  ...asks({ deadlineMs: BigInt(nowMs + 1) }),
  nowMs,
});

interface Case {
  readonly code: RefusalCode;
  readonly refused: readonly MoneyFacts[];
  /** On the right side of the border, as close to it as it gets. */
  readonly allowed?: readonly MoneyFacts[];
}

const CASES: Readonly<Record<string, Case>> = {
  body: { code: 'body-unusable', refused: [{ ...GOOD, body: null }] },
  chain: { code: 'wrong-chain', refused: [names({ chainId: 1n })] },
  hub: { code: 'wrong-chain', refused: [names({ hub: terms.STAKER })] },
  supplier: { code: 'wrong-supplier', refused: [names({ supplier: terms.STAKER })] },
  service: { code: 'unknown-service', refused: [{ ...GOOD, model: null }] },
  price: {
    code: 'wrong-price',
    refused: [names({ price: terms.MODEL.price - 1n }), names({ price: terms.MODEL.price + 1n })],
  },
  epoch: {
    code: 'wrong-epoch',
    refused: [
      names({ epoch: terms.EPOCH + 1 }),
      names({ epoch: terms.EPOCH - 1 }),
      atMs(endMs + GRACE_MS),
    ],
    allowed: [atMs(endMs - 1), atMs(endMs), atMs(endMs + GRACE_MS - 1)],
  },
  deadline: {
    code: 'deadline-passed',
    refused: [asks({ deadlineMs: BigInt(terms.NOW_MS) }), asks({ deadlineMs: 0n })],
  },
  replay: { code: 'replayed', refused: [{ ...GOOD, isKnown: true }] },
  draw: {
    code: 'wrong-draw',
    refused: [names({ draw: 1 }), quoted({ draw: 3 })],
    allowed: [
      { ...quoted({ draw: 3 }), request: { ...REQUEST, session: { ...terms.SESSION, draw: 3 } } },
    ],
  },
  solvency: { code: 'insolvent', refused: [quoted({ solvent: false })] },
  'key grant': { code: 'key-not-granted', refused: [quoted({ keyValid: false })] },
  'voucher signature': {
    code: 'key-not-granted',
    refused: [
      { ...GOOD, voucherSigner: null },
      { ...GOOD, voucherSigner: terms.STAKER },
    ],
  },
  'voucher cover': {
    code: 'voucher-too-low',
    refused: [
      gives(COVER - 1n),
      { ...gives(COVER - 1n), bestCumulative: COVER - 1n },
      { ...GOOD, commitment: { ...GOOD.commitment, settledCu: 5n } },
      { ...GOOD, commitment: { ...GOOD.commitment, inFlightCu: 5n } },
    ],
    allowed: [
      gives(COVER),
      { ...gives(0n), bestCumulative: COVER },
      { ...GOOD, commitment: { ...GOOD.commitment, settledCu: 2n, inFlightCu: 2n } },
    ],
  },
  allowance: {
    code: 'allowance-used-up',
    refused: [quoted({ allowance: COVER - 1n })],
    allowed: [quoted({ allowance: COVER })],
  },
  'shared draw': { code: 'allowance-used-up', refused: [{ ...GOOD, isDrawShared: true }] },
  'paid elsewhere': {
    code: 'allowance-used-up',
    refused: [
      quoted({ paid: 1n }),
      { ...quoted({ paid: 11n }), charged: 10n },
      { ...quoted({ paid: 12n }), charged: 10n, bestCumulative: 11n },
    ],
    allowed: [
      { ...quoted({ paid: 10n }), charged: 10n },
      { ...quoted({ paid: 11n }), charged: 10n, bestCumulative: 11n },
    ],
  },
  hold: { code: 'hold-unusable', refused: [{ ...GOOD, isHoldUsable: false }] },
  'hold room': {
    code: 'holds-full',
    refused: [
      { ...GOOD, body: HOLDING, holdRoom: 0 },
      { ...GOOD, body: HOLDING, holdRoom: -1 },
    ],
    allowed: [
      { ...GOOD, holdRoom: 0 },
      { ...GOOD, body: HOLDING },
    ],
  },
  governor: {
    code: 'not-serving',
    refused: [{ ...GOOD, governor: 'not-serving' }],
  },
  'queue room': {
    code: 'queue-full',
    refused: [
      { ...GOOD, freeRoom: 0 },
      { ...GOOD, freeRoom: -1 },
    ],
  },
};

function refusal(facts: MoneyFacts): RefusalCode | null {
  return firstRefusal(REQUEST_RULES, facts) ?? firstRefusal(MONEY_RULES, facts);
}

describe('the rules of admission', () => {
  it('let a right request pass', () => {
    expect(refusal(GOOD)).toBeNull();
  });

  it('are all tried here', () => {
    const rules: readonly Rule<MoneyFacts>[] = [...REQUEST_RULES, ...MONEY_RULES];
    expect(rules.map(({ name }) => name)).toEqual(Object.keys(CASES));
  });

  it.each(Object.entries(CASES))('%s', (_name, { code, refused, allowed = [] }) => {
    for (const facts of refused) expect(refusal(facts)).toBe(code);
    for (const facts of allowed) expect(refusal(facts)).toBeNull();
  });

  it('give the code of the first rule that is broken', () => {
    const order = Object.values(CASES).map(({ code }) => code);
    expect(refusal({ ...names({ chainId: 1n, supplier: terms.STAKER }), model: null })).toBe(
      order[1],
    );
    expect(refusal({ ...quoted({ solvent: false, keyValid: false }), freeRoom: 0 })).toBe(
      'insolvent',
    );
  });

  it('pass on the reason that the governor gives', () => {
    expect(refusal({ ...GOOD, governor: 'queue-full' })).toBe('queue-full');
  });
});

describe('what a voucher has to cover', () => {
  const cu = fc.bigInt(0n, 2n ** 40n);
  const price = fc.bigInt(0n, 2n ** 50n);

  it('grows with every relay, and is the same in whatever order they settle', () => {
    fc.assert(
      fc.property(cu, cu, cu, price, (settledCu, inFlightCu, maxCu, at) => {
        const before = coverOf({ settledCu, inFlightCu, price: at }, maxCu);
        const after = coverOf(
          { settledCu: settledCu + inFlightCu, inFlightCu: 0n, price: at },
          maxCu,
        );
        expect(after).toBe(before);
        expect(coverOf({ settledCu, inFlightCu, price: at }, maxCu + 1n)).toBeGreaterThanOrEqual(
          before,
        );
        expect(before).toBe(((settledCu + inFlightCu + maxCu) * at) / 1_000_000n);
      }),
    );
  });

  it('is met by the highest voucher, whenever it came', () => {
    expect(bestOf(3n, 2n)).toBe(3n);
    expect(bestOf(2n, 3n)).toBe(3n);
  });
});
