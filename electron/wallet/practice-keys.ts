/** A node's keys on the practice network: made silently, kept in one file, worth nothing anywhere else. */
import { z } from 'zod';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { fromHex, toHex } from '../protocol/hex.ts';
import { hashSchema } from '../protocol/wire-values.ts';
import { isPrivateKey, KEY_BYTES, makePrivateKey } from './private-key.ts';
import { createSecretFile, readSecretFile } from './secret-file.ts';

export const PRACTICE_KEYS_FILE = 'practice-keys.json';

/** Each 32 bytes. */
export interface PracticeKeys {
  /** Holds the stake as Application, and sends transactions. */
  readonly owner: Uint8Array;
  /** Granted by the owner; signs vouchers. */
  readonly relay: Uint8Array;
  /** Signs receipts; sessions name its address. */
  readonly supplier: Uint8Array;
  /** Of the peer's ed25519 key pair. */
  readonly peerSeed: Uint8Array;
  /** Overwrites all four; nothing can be signed afterwards. */
  dispose(): void;
}

type KeyBytes = Omit<PracticeKeys, 'dispose'>;

const keySchema = hashSchema.refine((hex) => isPrivateKey(fromHex(hex)));
const fileSchema = z.strictObject({
  version: z.literal(1),
  owner: keySchema,
  relay: keySchema,
  supplier: keySchema,
  peerSeed: hashSchema,
});

/**
 * Reads the keys, or makes them when there is no file. Keys that are there are never written over. Access that others
 * have to the file is taken away, and logged.
 * @throws AppError `keys-unusable` for a damaged file (the details name it), `data-folder-unusable` or `disk-full`
 */
export function readPracticeKeys(
  path: string,
  { random, log }: { readonly random: Random; readonly log: Log },
): PracticeKeys {
  try {
    const keys = readKeys(path, log) ?? makeKeys(path, random) ?? readKeys(path, log);
    if (keys) return withDispose(keys);
  } catch (error) {
    throw fileError(error);
  }
  throw damaged(path);
}

function fileError(error: unknown): AppError {
  const known = toAppError(error);
  if (known.code !== 'internal') return known;
  const { details = known.message } = known;
  return new AppError('data-folder-unusable', { details, cause: error });
}

function readKeys(path: string, log: Log): KeyBytes | null {
  const found = readSecretFile(path);
  if (!found) return null;
  if (found.wasOpen) {
    log.warn('the practice keys could be read by others; now only their owner can', {
      file: PRACTICE_KEYS_FILE,
    });
  }
  return parseKeys(path, found.text);
}

/** Null when somebody else made them meanwhile. */
function makeKeys(path: string, random: Random): KeyBytes | null {
  const keys: KeyBytes = {
    owner: makePrivateKey(random),
    relay: makePrivateKey(random),
    supplier: makePrivateKey(random),
    peerSeed: random.bytes(KEY_BYTES),
  };
  const content = {
    version: 1,
    owner: toHex(keys.owner),
    relay: toHex(keys.relay),
    supplier: toHex(keys.supplier),
    peerSeed: toHex(keys.peerSeed),
  } satisfies z.infer<typeof fileSchema>;
  return createSecretFile(path, `${JSON.stringify(content, null, 2)}\n`) ? keys : null;
}

function parseKeys(path: string, text: string): KeyBytes {
  const parsed = fileSchema.safeParse(fromJson(text));
  if (!parsed.success) throw damaged(path);
  const { owner, relay, supplier, peerSeed } = parsed.data;
  return {
    owner: fromHex(owner),
    relay: fromHex(relay),
    supplier: fromHex(supplier),
    peerSeed: fromHex(peerSeed),
  };
}

/** Undefined for what is no JSON. The parser's own words are dropped: they quote what it read. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function damaged(path: string): AppError {
  return new AppError('keys-unusable', {
    details:
      `${path} is damaged or from another version of Lull. Put a good copy back; ` +
      'or move it away, and Lull makes new practice keys, without the practice money of the old ones.',
  });
}

function withDispose(keys: KeyBytes): PracticeKeys {
  return {
    ...keys,
    dispose() {
      for (const bytes of [keys.owner, keys.relay, keys.supplier, keys.peerSeed]) bytes.fill(0);
    },
  };
}
