/** Seals a phrase under a passphrase, and opens it again: scrypt, then AES-256-GCM. */
import { scrypt } from 'node:crypto';
import { AppError } from '../platform/app-error.ts';
import type { Random } from '../platform/random.ts';
import { normalisePassphrase } from './passphrase.ts';
import { seal, unseal } from './sealed-bytes.ts';
import type { VaultBody, VaultKdf } from './vault-file.ts';

/** About 0.8 s on one core of an old computer, and 128 MiB. */
export const VAULT_COST = { N: 2 ** 17, r: 8, p: 1 } as const;

const KEY_BYTES = 32;
const SALT_BYTES = 32;
/** scrypt needs 128 · N · r bytes and a little more. */
const BYTES_PER_COST = 128;
const SPARE_BYTES = 2 ** 20;

export interface SealOptions {
  /** Stays the caller's to overwrite. */
  readonly entropy: Uint8Array;
  readonly passphrase: string;
  /** EIP-55; kept beside the secret and bound to it. */
  readonly address: string;
  readonly random: Random;
  readonly cost: Pick<VaultKdf, 'N' | 'r' | 'p'>;
}

export async function sealVault(options: SealOptions): Promise<VaultBody> {
  const { entropy, passphrase, address, random, cost } = options;
  const salt = hexOf(random.bytes(SALT_BYTES));
  const kdf: VaultKdf = { name: 'scrypt', N: cost.N, r: cost.r, p: cost.p, salt };
  const key = await keyFrom(passphrase, kdf);
  try {
    const { nonce, ciphertext, tag } = seal(entropy, key, boundTo(kdf, address), random);
    return {
      version: 1,
      kdf,
      cipher: 'aes-256-gcm',
      nonce: hexOf(nonce),
      ciphertext: hexOf(ciphertext),
      tag: hexOf(tag),
      address,
    };
  } finally {
    key.fill(0);
  }
}

/**
 * @returns the phrase's 16 or 32 bytes, the caller's to overwrite
 * @throws AppError `passphrase-wrong`
 */
export async function openVault(body: VaultBody, passphrase: string): Promise<Uint8Array> {
  const { kdf, address } = body;
  const sealed = {
    nonce: Buffer.from(body.nonce, 'hex'),
    ciphertext: Buffer.from(body.ciphertext, 'hex'),
    tag: Buffer.from(body.tag, 'hex'),
  };
  const key = await keyFrom(passphrase, kdf);
  try {
    const entropy = unseal(sealed, key, boundTo(kdf, address));
    if (entropy === null) throw new AppError('passphrase-wrong');
    return entropy;
  } finally {
    key.fill(0);
  }
}

/** What cannot be changed without the passphrase, though it is not secret. */
function boundTo(kdf: VaultKdf, address: string): string {
  const { name, N, r, p, salt } = kdf;
  return JSON.stringify(['lull wallet', 1, name, N, r, p, salt, address]);
}

function keyFrom(passphrase: string, { N, r, p, salt }: VaultKdf): Promise<Buffer> {
  const secret = Buffer.from(normalisePassphrase(passphrase), 'utf8');
  const maxmem = BYTES_PER_COST * N * r + BYTES_PER_COST * r * p + SPARE_BYTES;
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(secret, Buffer.from(salt, 'hex'), KEY_BYTES, { N, r, p, maxmem }, (error, key) => {
      secret.fill(0);
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
