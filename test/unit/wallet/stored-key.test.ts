import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../electron/platform/random.ts';
import { createStoredKey, type KeyStore } from '../../../electron/wallet/stored-key.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-seal-'));
  file = path.join(folder, 'seal.bin');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Turns bytes round, which is no secret and enough here. */
function storeWith(changes: Partial<KeyStore> = {}, prefix = 'v11'): KeyStore {
  return {
    isAsyncEncryptionAvailable: async () => true,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptStringAsync: async (text) =>
      Buffer.concat([Buffer.from(prefix), Buffer.from(text).reverse()]),
    decryptStringAsync: async (encrypted) => {
      if (encrypted.subarray(0, 3).toString() !== prefix) throw new Error('not by this store');
      return { result: Buffer.from(encrypted.subarray(3)).reverse().toString() };
    },
    ...changes,
  };
}

const keyOf = (store: KeyStore, platform: NodeJS.Platform = 'linux') =>
  createStoredKey(file, { random: systemRandom, platform, store });

describe('the sealing key (security 22)', () => {
  it('is made once, is there again, and lies in no file as it is', async () => {
    const sealing = keyOf(storeWith());
    const [one, two] = await Promise.all([sealing.key(), sealing.key()]);
    expect(one).toHaveLength(32);
    expect(two).toEqual(one);
    expect(await keyOf(storeWith()).key()).toEqual(one);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const kept = readFileSync(file);
    expect(kept.includes(Buffer.from(one ?? []))).toBe(false);
    expect(kept.includes(Buffer.from(one ?? []).toString('base64'))).toBe(false);
  });

  it('is the caller’s to overwrite', async () => {
    const sealing = keyOf(storeWith());
    const first = await sealing.key();
    const copy = Uint8Array.from(first ?? []);
    first?.fill(0);
    expect(await sealing.key()).toEqual(copy);
  });

  it('is none without a key store, or with one that everybody can open', async () => {
    const none = [
      keyOf(storeWith({ isAsyncEncryptionAvailable: async () => false })),
      keyOf(storeWith({ getSelectedStorageBackend: () => 'basic_text' })),
      // Whatever the system calls itself: this is Chromium's password that everybody knows.
      keyOf(storeWith({}, 'v10')),
    ];
    for (const sealing of none) expect(await sealing.key()).toBeNull();
    expect(() => statSync(file)).toThrow('ENOENT');
    // Elsewhere the same mark stands for the system's own.
    expect(await keyOf(storeWith({}, 'v10'), 'darwin').key()).toHaveLength(32);
  });

  it('is never made anew over a file that the key store does not open', async () => {
    const spoilt = [Buffer.from(''), Buffer.from('junk'), Buffer.from('v11short')];
    for (const content of spoilt) {
      writeFileSync(file, content);
      await expect(keyOf(storeWith()).key()).rejects.toMatchObject({
        code: 'keys-sealed',
        details: file,
      });
      expect(readFileSync(file)).toEqual(content);
    }
  });

  it('is looked for again after the key store was unlocked', async () => {
    await keyOf(storeWith()).key();
    let isLocked = true;
    const store = storeWith();
    const sealing = keyOf({
      ...store,
      decryptStringAsync: (encrypted) =>
        isLocked ? Promise.reject(new Error('locked')) : store.decryptStringAsync(encrypted),
    });
    await expect(sealing.key()).rejects.toMatchObject({ code: 'keys-sealed' });
    isLocked = false;
    expect(await sealing.key()).toHaveLength(32);
  });
});
