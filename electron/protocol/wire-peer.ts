/** What peers say to one another beside relays: the card, the resync, the cancel. */
import { z } from 'zod';
import { sessionSchema, signedReceiptSchema } from './wire-relay.ts';
import {
  addressSchema,
  chainIdSchema,
  hashSchema,
  signatureSchema,
  uint32Schema,
  uint96Schema,
} from './wire-values.ts';

/** Requests whose fate an Application asks for at once. */
export const MAX_RESYNC_REFS = 64;
const MAX_SERVICES = 64;

const weightsSchema = z
  .strictObject({
    promptMilli: uint32Schema,
    cachedMilli: uint32Schema,
    outputMilli: uint32Schema,
    heldMilli: uint32Schema,
  })
  .readonly();

/** One model that a Supplier serves, with what is needed to work out its service id and its prices. */
export const servedModelSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    ggufSha256: hashSchema,
    source: addressSchema,
    weights: weightsSchema,
    price: uint96Schema,
    profile: hashSchema,
    contextTokens: uint32Schema,
  })
  .readonly();
export type ServedModel = z.infer<typeof servedModelSchema>;

/** Who a peer is as a Supplier. */
export const cardSchema = z
  .strictObject({
    version: z.literal(1),
    chainId: chainIdSchema,
    hub: addressSchema,
    supplier: addressSchema,
    services: z.array(servedModelSchema).max(MAX_SERVICES).readonly(),
    freeSlots: uint32Schema,
    serving: z.boolean(),
  })
  .readonly();
export type Card = z.infer<typeof cardSchema>;

export const resyncRequestSchema = z
  .strictObject({
    session: sessionSchema,
    /** The last voucher given, which shows that the asker holds the Application's key. */
    lastVoucher: z
      .strictObject({ cumulative: uint96Schema, ref: hashSchema, signature: signatureSchema })
      .readonly(),
    /** Requests without a receipt so far. One that the Supplier does not know is never served afterwards. */
    refs: z.array(hashSchema).max(MAX_RESYNC_REFS).readonly(),
  })
  .readonly();
export type ResyncRequest = z.infer<typeof resyncRequestSchema>;

const resyncedRefSchema = z.discriminatedUnion('state', [
  z.strictObject({
    ref: hashSchema,
    state: z.literal('settled'),
    signed: signedReceiptSchema,
  }),
  z.strictObject({ ref: hashSchema, state: z.literal('running') }),
  z.strictObject({ ref: hashSchema, state: z.literal('void') }),
]);

export const resyncAnswerSchema = z
  .strictObject({
    /** The highest cumulative that the Supplier holds a voucher for. */
    bestCumulative: uint96Schema,
    lastReceipt: signedReceiptSchema.nullable(),
    refs: z.array(resyncedRefSchema).max(MAX_RESYNC_REFS).readonly(),
  })
  .readonly();
export type ResyncAnswer = z.infer<typeof resyncAnswerSchema>;

export const cancelRequestSchema = z
  .strictObject({ session: hashSchema, ref: hashSchema })
  .readonly();
export type CancelRequest = z.infer<typeof cancelRequestSchema>;
