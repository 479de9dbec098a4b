/** A node's keys on the practice network: made silently, kept in one file, worth nothing anywhere else. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Random } from '../platform/random.ts';
import { keyFileText, keysOf, parseKeyFile, type KeyBytes } from './key-file.ts';
import type { KeptIn } from './key-messages.ts';
import { KEY_BYTES, makePrivateKey } from './private-key.ts';
import {
  createSecretFile,
  readSecretFile,
  removeLeftParts,
  replaceSecretFile,
} from './secret-file.ts';

export const PRACTICE_KEYS_FILE = 'practice-keys.json';
/** Beside it, for people: the key under which it is sealed, as the key store has encrypted that. */
const SEALING_KEY_FILE = 'seal.bin';

export interface PracticeKeys extends KeyBytes {
  readonly keptIn: KeptIn;
  /** Whether others could read the file until now. */
  readonly wasOpen: boolean;
  /** Overwrites all four; nothing can be signed afterwards. */
  dispose(): void;
}

interface Found {
  readonly keys: KeyBytes;
  readonly isSealed: boolean;
  readonly wasOpen: boolean;
}

export interface PracticeKeysPorts {
  readonly random: Pick<Random, 'bytes'>;
  /** 32 bytes, not kept; null when there is no key store, and the keys lie in the clear. */
  readonly sealingKey: Uint8Array | null;
}

/**
 * Reads the keys, or makes them when there is no file; seals those that lie in the clear. Keys that are there are never
 * replaced by others. Access that others have to the file is taken away.
 * @throws AppError `keys-unusable` for a damaged file and `keys-sealed` for one that the key does not open (the details
 *   name it), `data-folder-unusable`, `disk-full`
 */
export function readPracticeKeys(path: string, ports: PracticeKeysPorts): PracticeKeys {
  try {
    const found = read(path, ports) ?? make(path, ports) ?? read(path, ports);
    if (found) return opened(path, found, ports);
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

function read(path: string, { sealingKey }: PracticeKeysPorts): Found | null {
  const found = readSecretFile(path);
  if (!found) return null;
  const file = parseKeyFile(found.text);
  if (!file) throw damaged(path);
  const keys = keysOf(file, sealingKey);
  if (!keys) throw sealed(path, sealingKey !== null);
  return { keys, isSealed: file.version === 2, wasOpen: found.wasOpen };
}

/** Null when somebody else made them meanwhile. */
function make(path: string, { random, sealingKey }: PracticeKeysPorts): Found | null {
  const keys: KeyBytes = {
    owner: makePrivateKey(random),
    relay: makePrivateKey(random),
    supplier: makePrivateKey(random),
    peerSeed: random.bytes(KEY_BYTES),
  };
  const isMine = createSecretFile(path, keyFileText(keys, sealingKey, random));
  return isMine ? { keys, isSealed: sealingKey !== null, wasOpen: false } : null;
}

function opened(path: string, found: Found, ports: PracticeKeysPorts): PracticeKeys {
  const { keys, wasOpen } = found;
  removeLeftParts(path);
  return {
    ...keys,
    keptIn: found.isSealed || sealNow(path, keys, ports) ? 'key-store' : 'file',
    wasOpen,
    dispose() {
      for (const bytes of [keys.owner, keys.relay, keys.supplier, keys.peerSeed]) bytes.fill(0);
    },
  };
}

/** @returns whether they are sealed now; a disk that is full leaves them as they were */
function sealNow(path: string, keys: KeyBytes, { random, sealingKey }: PracticeKeysPorts): boolean {
  if (sealingKey === null) return false;
  const text = keyFileText(keys, sealingKey, random);
  // What cannot be opened again must not take the place of what can.
  const file = parseKeyFile(text);
  const again = file && keysOf(file, sealingKey);
  const isGood = again?.owner.every((byte, at) => byte === keys.owner[at]) === true;
  if (!isGood) return false;
  try {
    replaceSecretFile(path, text);
    return true;
  } catch {
    // Nothing is lost: the next start tries again, and until then the file says where they lie.
    return false;
  }
}

/** @param hasKey whether the key store gave a key, which is another one then */
function sealed(path: string, hasKey: boolean): AppError {
  const why = hasKey
    ? `${path} was sealed under another key than the one in ${SEALING_KEY_FILE}. Put the ${SEALING_KEY_FILE} back that ` +
      'belongs to it; or move the file with the keys away, and Lull makes new ones, without the practice money of the old.'
    : `${path} is sealed, and this system has no key store that could open it now.`;
  return new AppError('keys-sealed', { details: why });
}

function damaged(path: string): AppError {
  return new AppError('keys-unusable', {
    details:
      `${path} is damaged or from another version of Lull. Put a good copy back; ` +
      'or move it away, and Lull makes new practice keys, without the practice money of the old ones.',
  });
}
