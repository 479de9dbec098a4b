/** Who is served: the rules of admission as a table, in the order in which they are asked. */
import type { Hex } from '../protocol/hex.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import { epochAt } from '../protocol/session.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { RelayBody, RelayRequest } from '../protocol/wire-relay.ts';
import { bestOf, coverOf, type Commitment } from './cover.ts';
import type { Quote, RelayNetwork } from './ports.ts';

/** What a Supplier knows about a request without asking anybody. */
export interface RequestFacts {
  readonly request: RelayRequest;
  /** Null when the body is not readable. */
  readonly body: RelayBody | null;
  readonly network: RelayNetwork;
  /** This Supplier's address. */
  readonly supplier: Hex;
  /** The served model behind the session's service; null when there is none. */
  readonly model: ServedModel | null;
  readonly nowMs: number;
  /** Whether the same request was taken, or called void, before. */
  readonly isKnown: boolean;
}

/** The same with what the chain said and what the session has cost so far. */
export interface MoneyFacts extends RequestFacts {
  readonly quote: Quote;
  /** Who signed the voucher; null when nobody did. */
  readonly voucherSigner: Hex | null;
  readonly commitment: Commitment;
  /** Token units charged so far. */
  readonly charged: bigint;
  /** The highest voucher held before this one. */
  readonly bestCumulative: bigint;
  /** Whether another session has or may have a charge on the same draw. */
  readonly isDrawShared: boolean;
  /** Whether the hold that it goes on from was bought, is free, and is of this conversation; true when it names none. */
  readonly isHoldUsable: boolean;
  /** Conversations that can still be kept for this Application. */
  readonly holdRoom: number;
  /** The governor's refusal. */
  readonly governor: RefusalCode | null;
  readonly freeRoom: number;
}

export interface Rule<Facts> {
  readonly name: string;
  readonly code: RefusalCode | ((facts: Facts) => RefusalCode);
  readonly allows: (facts: Facts) => boolean;
}

/** Asked first: they cost no question to the chain. */
export const REQUEST_RULES: readonly Rule<RequestFacts>[] = [
  { name: 'body', code: 'body-unusable', allows: ({ body }) => body !== null },
  {
    name: 'chain',
    code: 'wrong-chain',
    allows: ({ request, network }) => request.session.chainId === network.chainId,
  },
  {
    name: 'hub',
    code: 'wrong-chain',
    allows: ({ request, network }) => request.session.hub === network.hub,
  },
  {
    name: 'supplier',
    code: 'wrong-supplier',
    allows: ({ request, supplier }) => request.session.supplier === supplier,
  },
  { name: 'service', code: 'unknown-service', allows: ({ model }) => model !== null },
  {
    name: 'price',
    code: 'wrong-price',
    allows: ({ request, model }) => request.session.price === model?.price,
  },
  { name: 'epoch', code: 'wrong-epoch', allows: isEpochServed },
  {
    name: 'deadline',
    code: 'deadline-passed',
    allows: ({ request, nowMs }) => BigInt(nowMs) < request.deadlineMs,
  },
  { name: 'replay', code: 'replayed', allows: ({ isKnown }) => !isKnown },
];

/** Asked with the chain's answer at hand. */
export const MONEY_RULES: readonly Rule<MoneyFacts>[] = [
  {
    name: 'draw',
    code: 'wrong-draw',
    allows: ({ request, quote }) => request.session.draw === quote.draw,
  },
  { name: 'solvency', code: 'insolvent', allows: ({ quote }) => quote.solvent },
  { name: 'key grant', code: 'key-not-granted', allows: ({ quote }) => quote.keyValid },
  {
    name: 'voucher signature',
    code: 'key-not-granted',
    allows: ({ quote, voucherSigner }) => voucherSigner === quote.hotKey,
  },
  {
    name: 'voucher cover',
    code: 'voucher-too-low',
    allows: (facts) =>
      bestOf(facts.bestCumulative, facts.request.voucher.cumulative) >= cover(facts),
  },
  {
    name: 'allowance',
    code: 'allowance-used-up',
    allows: (facts) => cover(facts) <= facts.quote.allowance,
  },
  {
    // The chain pays a draw once: of two sessions on it, at two prices in one epoch, one would be for nothing.
    name: 'shared draw',
    code: 'allowance-used-up',
    allows: ({ isDrawShared }) => !isDrawShared,
  },
  {
    // A row pays a total less what its draw was paid before: what a ledger was paid for that is lost now would be
    // served for nothing. Up to the best voucher it may be this session's own: anybody may redeem all of one.
    name: 'paid elsewhere',
    code: 'allowance-used-up',
    allows: ({ quote, charged, bestCumulative }) => quote.paid <= bestOf(charged, bestCumulative),
  },
  // Each hold is gone on from once, so that what is missing of it is given back once.
  { name: 'hold', code: 'hold-unusable', allows: ({ isHoldUsable }) => isHoldUsable },
  {
    // What is sold has to be kept.
    name: 'hold room',
    code: 'holds-full',
    allows: ({ body, holdRoom }) => (body?.hold_seconds ?? 0) === 0 || holdRoom > 0,
  },
  {
    name: 'governor',
    code: ({ governor }) => governor ?? 'not-serving',
    allows: ({ governor }) => governor === null,
  },
  { name: 'queue room', code: 'queue-full', allows: ({ freeRoom }) => freeRoom > 0 },
];

/** @returns the code of the first rule that does not allow it; null when all do */
export function firstRefusal<Facts>(
  rules: readonly Rule<Facts>[],
  facts: Facts,
): RefusalCode | null {
  for (const { allows, code } of rules) {
    if (!allows(facts)) return typeof code === 'function' ? code(facts) : code;
  }
  return null;
}

/** The epoch that runs, and for the time of grace the one before. */
function isEpochServed({ request, network, nowMs }: RequestFacts): boolean {
  const { epochSeconds, graceSeconds } = network;
  const { epoch } = request.session;
  const earliest = epochAt(nowMs - graceSeconds * 1000, epochSeconds);
  return epoch >= earliest && epoch <= epochAt(nowMs, epochSeconds);
}

function cover({ commitment, request }: MoneyFacts): bigint {
  return coverOf(commitment, request.maxCu);
}
