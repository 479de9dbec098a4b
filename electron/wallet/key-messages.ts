/** Every message between main and the processes that hold keys, both ways; each side checks what it receives. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';
import {
  addressSchema,
  hashSchema,
  signatureSchema,
  uint32Schema,
  uint8Schema,
} from '../protocol/wire-values.ts';

const MAX_PATH_LENGTH = 4096;
const MAX_DETAILS_LENGTH = 4096;
/** Of a transaction's data: many times what the longest redemption has. */
const MAX_DATA_LENGTH = 512 * 1024;
const KEY_BYTES = 32;

const id = z.int().min(1);
const uint = (bits: number) =>
  z
    .bigint()
    .min(0n)
    .max(2n ** BigInt(bits) - 1n);
const hex = z
  .templateLiteral(['0x', z.string()])
  .refine((text) => text.length <= MAX_DATA_LENGTH && /^0x(?:[0-9a-f]{2})*$/.test(text));
const keyBytes = z.instanceof(Uint8Array).refine((bytes) => bytes.length === KEY_BYTES);

/** What transactions may touch; pinned for as long as the process lives. */
const policySchema = z.strictObject({
  chainId: z.int().min(1),
  hub: addressSchema,
  token: addressSchema,
});

const voucher = z.strictObject({ session: hashSchema, cumulative: uint(96), ref: hashSchema });

const receipt = z.strictObject({
  session: hashSchema,
  ref: hashSchema,
  sequence: uint32Schema,
  cumulative: uint(96),
  responseHash: hashSchema,
  modelSha256: hashSchema,
  profile: hashSchema,
  promptTokens: uint32Schema,
  cachedTokens: uint32Schema,
  heldTokens: uint32Schema,
  outputTokens: uint32Schema,
  heldTokenSeconds: uint(64),
  refundTokenSeconds: uint(64),
  owedTokenSeconds: uint(64),
  cu: uint(64),
  totalCu: uint(64),
  charged: uint(96),
  totalCharged: uint(96),
  finish: uint8Schema,
  queuedMs: uint32Schema,
  firstTokenMs: uint32Schema,
  totalMs: uint32Schema,
  endedAtMs: uint(64),
});

const grant = z.strictObject({
  application: addressSchema,
  key: addressSchema,
  fromEpoch: uint32Schema,
  untilEpoch: uint32Schema,
  nonce: uint(256),
  deadline: uint(64),
});

const transaction = z.strictObject({
  chainId: z.int(),
  nonce: z.int().min(0),
  to: addressSchema.nullable(),
  data: hex,
  valueWei: uint(256),
  gas: z.int().min(0),
  maxFeePerGasWei: uint(256),
  maxPriorityFeePerGasWei: uint(256),
});

const intentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('voucher'), voucher }),
  z.strictObject({ kind: z.literal('receipt'), receipt }),
  z.strictObject({ kind: z.literal('grant'), grant }),
  z.strictObject({ kind: z.literal('transaction'), transaction }),
]);

export const toKeysSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('open'),
    /** The file with the practice keys; made when it is missing. */
    path: z.string().min(1).max(MAX_PATH_LENGTH),
    /** Null when there is no key store. */
    sealingKey: keyBytes.nullable(),
    policy: policySchema,
  }),
  z.strictObject({ type: z.literal('sign'), id, intent: intentSchema }),
  z.strictObject({ type: z.literal('peer-seed'), id }),
]);

const addresses = z.strictObject({
  owner: addressSchema,
  relay: addressSchema,
  supplier: addressSchema,
});
const keptIn = z.enum(['key-store', 'file']);
const failure = z.strictObject({
  code: z.custom<ErrorCode>((code) => ERROR_CODES.some((known) => known === code)),
  details: z.string().max(MAX_DETAILS_LENGTH).nullable(),
});
const signedBytes = z.strictObject({ raw: hex, hash: hashSchema });

export const fromKeysSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('opened'),
    addresses,
    keptIn,
    /** Whether others could read the file until now. */
    wasOpen: z.boolean(),
  }),
  z.strictObject({ type: z.literal('open-failed'), failure }),
  z.strictObject({ type: z.literal('signed'), id, signature: signatureSchema }),
  z.strictObject({ type: z.literal('transaction-signed'), id, signed: signedBytes }),
  z.strictObject({ type: z.literal('peer-seed'), id, seed: keyBytes }),
  z.strictObject({ type: z.literal('failed'), id, failure }),
]);

export type KeyPolicy = Readonly<z.infer<typeof policySchema>>;
export type KeyGrantIntent = Readonly<z.infer<typeof grant>>;
export type TransactionIntent = Readonly<z.infer<typeof transaction>>;
export type KeyIntent = Readonly<z.infer<typeof intentSchema>>;
export type KeyAddresses = Readonly<z.infer<typeof addresses>>;
export type KeptIn = z.infer<typeof keptIn>;
export type SignedBytes = Readonly<z.infer<typeof signedBytes>>;
export type KeyFailure = Readonly<z.infer<typeof failure>>;
export type ToKeys = Readonly<z.infer<typeof toKeysSchema>>;
export type FromKeys = Readonly<z.infer<typeof fromKeysSchema>>;
