/** What the window sees of the network: who one is on it, what was earned and spent, and receipts. */
import { z } from 'zod';
import { failureSchema } from './result.ts';

/** Token units, the smallest there are. */
const amount = z.bigint();
const hex = z.string().regex(/^0x[0-9a-f]+$/);

export const assetSchema = z.strictObject({
  symbol: z.string(),
  decimals: z.number(),
});

export const networkSchema = z.strictObject({
  /** Practice money is worth nothing and is never added to any other. */
  kind: z.literal('practice'),
  /** `off`: nothing runs for it; the first question or *Try earning* starts it. */
  state: z.enum(['off', 'starting', 'ready', 'failed']),
  /** What is being done while it starts. */
  detail: z.string().nullable(),
  failure: failureSchema.nullable(),
  asset: assetSchema,
  /** Null until the network was started for the first time. */
  application: hex.nullable(),
  supplier: hex.nullable(),
  chainId: z.string().nullable(),
  hub: hex.nullable(),
  /** What one may lose at most to Suppliers that redeem all of their vouchers, not only what they charged. */
  worstLoss: amount,
});

/** One relay, as a line in a list. */
export const relayLineSchema = z.strictObject({
  /** Hash of the request; it names the receipt. */
  ref: hex,
  role: z.enum(['supplier', 'application']),
  atMs: z.number(),
  modelName: z.string(),
  promptTokens: z.number(),
  outputTokens: z.number(),
  tokensPerSecond: z.number().nullable(),
  charged: amount,
  finish: z.enum(['stop', 'length', 'cancelled', 'deadline', 'failed']),
  /** For relays served: whether the chain has paid for them. */
  isRedeemed: z.boolean(),
});

export const earningBarSchema = z.strictObject({
  startMs: z.number(),
  earned: amount,
  relays: z.number(),
});

export const earningsSchema = z.strictObject({
  earned: amount,
  /** Of that, what the chain has paid. */
  redeemed: amount,
  spent: amount,
  relaysServed: z.number(),
  relaysAsked: z.number(),
  /** Oldest first, one per hour for the last 24. */
  hours: z.array(earningBarSchema),
  /** Newest first, at most 50. */
  recent: z.array(relayLineSchema),
  /** Oldest first, one per day for the last 30. */
  days: z.array(earningBarSchema),
  /** Since midnight by the owner's clock. */
  today: z.strictObject({ earned: amount, spent: amount, relays: z.number() }),
  /** The neighbour's questions that *Try earning* set off. */
  trial: z.strictObject({
    state: z.enum(['idle', 'running', 'done', 'failed']),
    asked: z.number(),
    of: z.number(),
    failure: failureSchema.nullable(),
  }),
  collect: z.strictObject({
    state: z.enum(['idle', 'running', 'failed']),
    failure: failureSchema.nullable(),
    /** The last transaction that paid. */
    transaction: hex.nullable(),
  }),
});

/** What a question would cost, before it is sent. */
export const priceSchema = z.strictObject({
  modelName: z.string(),
  supplier: hex,
  /** Nothing above this can be charged. */
  most: amount,
  /** For an answer of ordinary length. */
  typical: amount,
  /** Token units per 1,000,000 compute units. */
  perMillionCu: amount,
  maxTokens: z.number(),
  /** For which the conversation would be kept for its next question; 0 for not at all. It is part of `most`. */
  holdSeconds: z.number(),
});

/** Who served an answer over the network, and what it cost. */
export const servedSchema = z.strictObject({
  supplier: hex,
  ref: hex,
  most: amount,
  charged: amount,
});

export const receiptCheckSchema = z.strictObject({
  name: z.enum([
    'signature',
    'session',
    'request',
    'model',
    'response',
    'sums',
    'limit',
    'tokens',
    'totals',
  ]),
  outcome: z.enum(['ok', 'wrong', 'unseen']),
  fault: z.string(),
});

/** Everything about one receipt, for the sheet. */
export const receiptViewSchema = z.strictObject({
  line: relayLineSchema,
  application: hex,
  supplier: hex,
  service: hex,
  modelSha256: hex,
  epoch: z.number(),
  sequence: z.number(),
  price: amount,
  cachedTokens: z.number(),
  /** Of the cached ones, those that an earlier receipt had paid to keep. */
  heldTokens: z.number(),
  /** For which the conversation was kept afterwards; 0 for not at all. */
  holdSeconds: z.number(),
  /** Token-seconds taken off because what was paid for was not kept, and still to be taken off. */
  refundTokenSeconds: z.bigint(),
  owedTokenSeconds: z.bigint(),
  cu: amount,
  totalCharged: amount,
  queuedMs: z.number(),
  firstTokenMs: z.number(),
  totalMs: z.number(),
  responseHash: hex,
  signature: hex,
  /** The transaction that paid for it; null while none has. */
  transaction: hex.nullable(),
  /** EIP-712 typed data and signature as JSON, to check with any other tool. */
  json: z.string(),
});

export type Asset = Readonly<z.infer<typeof assetSchema>>;
export type Network = Readonly<z.infer<typeof networkSchema>>;
export type RelayLine = Readonly<z.infer<typeof relayLineSchema>>;
export type EarningBar = Readonly<z.infer<typeof earningBarSchema>>;
export type Earnings = Readonly<z.infer<typeof earningsSchema>>;
export type Price = Readonly<z.infer<typeof priceSchema>>;
export type Served = Readonly<z.infer<typeof servedSchema>>;
export type ReceiptCheckView = Readonly<z.infer<typeof receiptCheckSchema>>;
export type ReceiptView = Readonly<z.infer<typeof receiptViewSchema>>;
