/** What a node writes down for ever: one line per thing that happened with money in it. Totals are sums of these. */
import { z } from 'zod';
import { REFUSAL_CODES, type RefusalCode } from './refusal.ts';
import { servedModelSchema } from './wire-peer.ts';
import { receiptFields, sessionSchema } from './wire-relay.ts';
import {
  hashSchema,
  peerKeySchema,
  signatureSchema,
  uint32Schema,
  uint64Schema,
  uint96Schema,
} from './wire-values.ts';

const atMs = z.int().min(0);
const relay = { atMs, session: hashSchema, ref: hashSchema };
/** What a relay has to do with holds; left out where it has nothing to do with any. */
const hold = { holdSeconds: uint32Schema.optional(), follows: hashSchema.optional() };
/** Receipts from before there were holds say nothing of them. */
const signedReceiptSchema = z
  .strictObject({
    receipt: z
      .strictObject({
        ...receiptFields,
        heldTokens: uint32Schema.default(0),
        refundTokenSeconds: uint64Schema.default(0n),
        owedTokenSeconds: uint64Schema.default(0n),
      })
      .readonly(),
    signature: signatureSchema,
  })
  .readonly();
const voucher = { cumulative: uint96Schema, signature: signatureSchema };

/** The terms of a session, written before the first entry that names it. */
const sessionOpened = z.strictObject({
  kind: z.literal('session-opened'),
  atMs,
  role: z.enum(['supplier', 'application']),
  session: hashSchema,
  terms: sessionSchema,
  model: servedModelSchema,
  /** The peer at the other end. */
  peerKey: peerKeySchema,
});

/** As Supplier. Accepted is written before the engine is asked, served before the receipt leaves. */
const supplierEntries = [
  z.strictObject({
    kind: z.literal('relay-accepted'),
    ...relay,
    ...voucher,
    maxCu: uint64Schema,
    ...hold,
  }),
  z.strictObject({ kind: z.literal('relay-served'), ...relay, signed: signedReceiptSchema }),
  /** Never heard of when the Application asked for it, and from then on never served. */
  z.strictObject({ kind: z.literal('relay-voided'), ...relay }),
] as const;

/** As Application. Sent is written before the voucher leaves. */
const applicationEntries = [
  z.strictObject({
    kind: z.literal('relay-sent'),
    ...relay,
    ...voucher,
    maxCu: uint64Schema,
    deadlineMs: uint64Schema,
    ...hold,
  }),
  z.strictObject({
    kind: z.literal('relay-paid'),
    ...relay,
    signed: signedReceiptSchema,
    /** Hash of the stream as it arrived; null when it was not seen to its end. */
    seenHash: hashSchema.nullable(),
    /** By the Application's own clock, from sending to the first text; null when there was none. */
    firstTextMs: uint32Schema.nullable(),
  }),
  /** Not served and never will be: what was set aside for it is free again. */
  z.strictObject({
    kind: z.literal('relay-released'),
    ...relay,
    reason: z.enum(['void', ...REFUSAL_CODES] as ['void', ...RefusalCode[]]),
  }),
  /** A receipt that is wrong: kept as evidence, and the session is not used any more. */
  z.strictObject({
    kind: z.literal('relay-disputed'),
    ...relay,
    signed: signedReceiptSchema,
    fault: z.string().max(400),
  }),
] as const;

/** Written once the chain has paid; the transaction itself is in the journal. */
const redeemed = z.strictObject({
  kind: z.literal('redeemed'),
  atMs,
  session: hashSchema,
  /** Total that the chain has paid on this session so far. */
  totalPaid: uint96Schema,
  transaction: hashSchema,
});

export const ledgerEntrySchema = z.discriminatedUnion('kind', [
  sessionOpened,
  ...supplierEntries,
  ...applicationEntries,
  redeemed,
]);

export type LedgerEntry = Readonly<z.infer<typeof ledgerEntrySchema>>;
export type LedgerKind = LedgerEntry['kind'];
export type EntryOf<Kind extends LedgerKind> = Extract<LedgerEntry, { readonly kind: Kind }>;
export type SessionOpened = EntryOf<'session-opened'>;
