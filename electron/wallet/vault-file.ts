/** The vault's file: its form, what can be told without the passphrase, and how it is put on disk. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import { createSecretFile, readSecretFile, replaceSecretFile } from './secret-file.ts';

export const VAULT_FILE = 'wallet.json';
export const PREVIOUS_VAULT_FILE = 'wallet.previous.json';
const DAMAGED_VAULT_FILE = 'wallet.damaged.json';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

const kdfSchema = z.strictObject({
  name: z.literal('scrypt'),
  /** Bounded: no file is worth guessing at, and none from elsewhere takes more than half a gigabyte to open. */
  N: z
    .int()
    .min(2 ** 14)
    .max(2 ** 18)
    .refine((n) => Number.isInteger(Math.log2(n))),
  r: z.int().min(8).max(16),
  p: z.int().min(1).max(4),
  salt: hex(32),
});

const bodySchema = z.strictObject({
  version: z.literal(1),
  kdf: kdfSchema,
  cipher: z.literal('aes-256-gcm'),
  nonce: hex(12),
  /** The phrase's 16 or 32 bytes. */
  ciphertext: z.union([hex(16), hex(32)]),
  tag: hex(16),
  /** EIP-55. */
  address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
});

const fileSchema = z.strictObject({
  ...bodySchema.shape,
  /**
   * SHA-256 of what comes before. It protects from nobody; it tells a damaged file from a wrong passphrase, which
   * would look the same to the cipher.
   */
  checksum: hex(32),
});

export type VaultKdf = Readonly<z.infer<typeof kdfSchema>>;
/** What is kept, sealed. */
export type VaultBody = Readonly<z.infer<typeof bodySchema>>;

export type VaultState =
  | { readonly state: 'none' }
  | { readonly state: 'there'; readonly body: VaultBody }
  | { readonly state: 'damaged'; readonly failure: AppError };

/** @throws the system's error */
export function readVault(folder: string): VaultState {
  const path = join(folder, VAULT_FILE);
  const found = readSecretFile(path);
  if (!found) return { state: 'none' };
  const body = parseVault(found.text);
  return body ? { state: 'there', body } : { state: 'damaged', failure: damaged(folder) };
}

/** For what only opening it can tell: the cipher held, and what came out is no wallet. */
export function damaged(folder: string): AppError {
  const previous = join(folder, PREVIOUS_VAULT_FILE);
  const copy = existsSync(previous) ? ` The copy from before its last change is ${previous}.` : '';
  return new AppError('wallet-damaged', { details: `${join(folder, VAULT_FILE)}.${copy}` });
}

/**
 * The first vault of a folder.
 * @throws AppError `wallet-exists` when there is a file by now, which is left as it is; or the system's error
 */
export function createVault(folder: string, body: VaultBody): void {
  if (!createSecretFile(join(folder, VAULT_FILE), vaultText(body))) {
    throw new AppError('wallet-exists');
  }
}

/**
 * Takes the place of the file that is there, which becomes the previous copy; a damaged one is kept under a name of
 * its own, so that it does not push out a copy that is good. A good file is there whole at every moment.
 * @throws the system's error; the old file is in its place then
 */
export function replaceVault(folder: string, body: VaultBody): void {
  const path = join(folder, VAULT_FILE);
  replaceSecretFile(path, vaultText(body), () => {
    const isGood = readVault(folder).state === 'there';
    if (isGood) replaceSecretFile(join(folder, PREVIOUS_VAULT_FILE), readFileSync(path));
    else renameSync(path, join(folder, DAMAGED_VAULT_FILE));
  });
}

function parseVault(text: string): VaultBody | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = fileSchema.safeParse(raw);
  if (!parsed.success) return null;
  const body = inOrder(parsed.data);
  // Not one byte may differ from what Lull wrote, spaces and order included.
  return vaultText(body) === text ? body : null;
}

function vaultText(body: VaultBody): string {
  const ordered = inOrder(body);
  const checksum = createHash('sha256').update(JSON.stringify(ordered)).digest('hex');
  return `${JSON.stringify({ ...ordered, checksum }, null, 2)}\n`;
}

/** The same text for the same vault. */
function inOrder({ version, kdf, cipher, nonce, ciphertext, tag, address }: VaultBody): VaultBody {
  const { name, N, r, p, salt } = kdf;
  return { version, kdf: { name, N, r, p, salt }, cipher, nonce, ciphertext, tag, address };
}
