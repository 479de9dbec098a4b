/** AES-256-GCM over a few bytes: what was sealed can be opened, and not changed, with its key alone. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../platform/random.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

export interface Sealed {
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** @param key 32 bytes @param context what the bytes are; opening needs the same */
export function seal(
  plain: Uint8Array,
  key: Uint8Array,
  context: string,
  random: Pick<Random, 'bytes'>,
): Sealed {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** @returns null when it was sealed with another key or context, or has changed since */
export function unseal(
  { nonce, ciphertext, tag }: Sealed,
  key: Uint8Array,
  context: string,
): Uint8Array | null {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(tag);
  const plain = decipher.update(ciphertext);
  try {
    // GCM gives all its bytes by `update`; the end only tells whether they may be believed.
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
