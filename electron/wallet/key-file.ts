/** The file format of the practice keys: version 1 in the clear, version 2 sealed. */
import { z } from 'zod';
import type { Random } from '../platform/random.ts';
import { fromHex, toHex, type Hex } from '../protocol/hex.ts';
import { hashSchema } from '../protocol/wire-values.ts';
import { isPrivateKey, KEY_BYTES } from './private-key.ts';
import { seal, TAG_BYTES, unseal } from './sealed-bytes.ts';

/** Each 32 bytes. */
export interface KeyBytes {
  /** Holds the stake as Application, and sends transactions. */
  readonly owner: Uint8Array;
  /** Granted by the owner; signs vouchers. */
  readonly relay: Uint8Array;
  /** Signs receipts; sessions name its address. */
  readonly supplier: Uint8Array;
  /** Of the peer's ed25519 key pair. */
  readonly peerSeed: Uint8Array;
}

/** In the order in which they are sealed. */
const NAMES = ['owner', 'relay', 'supplier', 'peerSeed'] as const;
const CONTEXT = 'lull practice keys 2';
const NONCE_BYTES = 12;

const hexOf = (bytes: number) =>
  z
    .templateLiteral(['0x', z.string()])
    .refine((text) => text.length === 2 + bytes * 2 && /^0x[0-9a-f]*$/.test(text));
const keySchema = hashSchema.refine((hex) => isPrivateKey(fromHex(hex)));
const plainSchema = z.strictObject({
  version: z.literal(1),
  owner: keySchema,
  relay: keySchema,
  supplier: keySchema,
  peerSeed: hashSchema,
});
const sealedSchema = z.strictObject({
  version: z.literal(2),
  cipher: z.literal('aes-256-gcm'),
  nonce: hexOf(NONCE_BYTES),
  ciphertext: hexOf(KEY_BYTES * NAMES.length),
  tag: hexOf(TAG_BYTES),
});
const fileSchema = z.discriminatedUnion('version', [plainSchema, sealedSchema]);

export type KeyFile = Readonly<z.infer<typeof fileSchema>>;

/** @returns null for what is no such file */
export function parseKeyFile(text: string): KeyFile | null {
  const parsed = fileSchema.safeParse(fromJson(text));
  return parsed.success ? parsed.data : null;
}

/** Undefined for what is no JSON. The parser's own words are dropped: they quote what it read. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** @returns null when this key does not open it */
export function keysOf(file: KeyFile, sealingKey: Uint8Array | null): KeyBytes | null {
  if (file.version === 1) return eachKey((name) => fromHex(file[name]));
  if (sealingKey === null) return null;
  const sealed = {
    nonce: fromHex(file.nonce),
    ciphertext: fromHex(file.ciphertext),
    tag: fromHex(file.tag),
  };
  const plain = unseal(sealed, sealingKey, CONTEXT);
  if (plain === null) return null;
  // Copies: a Buffer's own slices are views of what is overwritten next.
  const keys = eachKey((_name, at) =>
    Uint8Array.from(plain.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES)),
  );
  plain.fill(0);
  return [keys.owner, keys.relay, keys.supplier].every(isPrivateKey) ? keys : null;
}

/** @param sealingKey null writes them in the clear */
export function keyFileText(
  keys: KeyBytes,
  sealingKey: Uint8Array | null,
  random: Pick<Random, 'bytes'>,
): string {
  return `${JSON.stringify(fileOf(keys, sealingKey, random), null, 2)}\n`;
}

function fileOf(
  keys: KeyBytes,
  sealingKey: Uint8Array | null,
  random: Pick<Random, 'bytes'>,
): KeyFile {
  if (sealingKey === null) {
    const hex = (name: keyof KeyBytes): Hex => toHex(keys[name]);
    return {
      version: 1,
      owner: hex('owner'),
      relay: hex('relay'),
      supplier: hex('supplier'),
      peerSeed: hex('peerSeed'),
    };
  }
  const plain = Buffer.alloc(KEY_BYTES * NAMES.length);
  NAMES.forEach((name, at) => plain.set(keys[name], at * KEY_BYTES));
  const { nonce, ciphertext, tag } = seal(plain, sealingKey, CONTEXT, random);
  plain.fill(0);
  return {
    version: 2,
    cipher: 'aes-256-gcm',
    nonce: toHex(nonce),
    ciphertext: toHex(ciphertext),
    tag: toHex(tag),
  };
}

function eachKey(read: (name: keyof KeyBytes, at: number) => Uint8Array): KeyBytes {
  const [owner, relay, supplier, peerSeed] = [
    read('owner', 0),
    read('relay', 1),
    read('supplier', 2),
    read('peerSeed', 3),
  ];
  return { owner, relay, supplier, peerSeed };
}
