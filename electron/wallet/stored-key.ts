/** The sealing key, kept in a file that only the system's key store can open. */
import { readFileSync } from 'node:fs';
import { AppError } from '../platform/app-error.ts';
import type { Random } from '../platform/random.ts';
import type { SealingKey } from './ports.ts';
import { createSecretFile } from './secret-file.ts';

const KEY_BYTES = 32;
/** What Chromium on Linux encrypts with a password that everybody knows begins so. */
const UNPROTECTED = Buffer.from('v10');

/** Encrypts by a secret that the system keeps for its user; as Electron's `safeStorage`. */
export interface KeyStore {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  /** On Linux only; `basic_text` when there is none. */
  getSelectedStorageBackend(): string;
  encryptStringAsync(text: string): Promise<Buffer>;
  decryptStringAsync(encrypted: Buffer): Promise<{ readonly result: string }>;
}

export interface StoredKeyPorts {
  readonly random: Pick<Random, 'bytes'>;
  readonly platform: NodeJS.Platform;
  readonly store: KeyStore;
}

/** @param path of the file; made with the first key, and never written over */
export function createStoredKey(path: string, ports: StoredKeyPorts): SealingKey {
  const { random, platform, store } = ports;
  let last: Promise<unknown> = Promise.resolve();

  async function isProtected(): Promise<boolean> {
    if (platform === 'linux' && store.getSelectedStorageBackend() === 'basic_text') return false;
    return store.isAsyncEncryptionAvailable();
  }

  async function read(encrypted: Buffer): Promise<Uint8Array<ArrayBuffer>> {
    let text: string;
    try {
      ({ result: text } = await store.decryptStringAsync(encrypted));
    } catch (error) {
      throw new AppError('keys-sealed', { details: path, cause: error });
    }
    const key = Uint8Array.from(Buffer.from(text, 'base64'));
    if (key.length !== KEY_BYTES) throw new AppError('keys-sealed', { details: path });
    return key;
  }

  /** Null when it would be a key that everybody can open. */
  async function make(): Promise<Uint8Array<ArrayBuffer> | null> {
    const key = Uint8Array.from(random.bytes(KEY_BYTES));
    const encrypted = await store.encryptStringAsync(Buffer.from(key).toString('base64'));
    if (platform === 'linux' && encrypted.subarray(0, UNPROTECTED.length).equals(UNPROTECTED))
      return null;
    return createSecretFile(path, encrypted) ? key : read(readFileSync(path));
  }

  async function find(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!(await isProtected())) return null;
    const encrypted = readIfThere(path);
    return encrypted === null ? make() : read(encrypted);
  }

  return {
    // One after the other: two that find no file would make two keys.
    key() {
      const next = last.then(find, find);
      last = next;
      return next;
    },
  };
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
