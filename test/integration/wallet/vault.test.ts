/** The vault on a real disk: what goes in comes out, and nothing else does. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../electron/platform/random.ts';
import {
  createVault,
  PREVIOUS_VAULT_FILE,
  readVault,
  replaceVault,
  VAULT_FILE,
  type VaultBody,
} from '../../../electron/wallet/vault-file.ts';
import { openVault, sealVault, VAULT_COST } from '../../../electron/wallet/vault.ts';

const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const CHEAP = { N: 2 ** 14, r: 8, p: 1 };
const WRITER = resolve(import.meta.dirname, '../../fakes/vault-writer-process.ts');
const KILLS = 12;

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-vault-'));
  path = join(folder, VAULT_FILE);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function seal(entropy: Uint8Array, passphrase: string, cost = CHEAP): Promise<VaultBody> {
  return sealVault({ entropy, passphrase, address: ADDRESS, random: systemRandom, cost });
}

function bodyIn(place: string): VaultBody {
  const found = readVault(place);
  if (found.state !== 'there') throw new Error(`the vault is ${found.state}`);
  return found.body;
}

const entropy = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);
const passphrase = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });

describe('the vault', () => {
  it('gives back what was sealed, under the passphrase and no other', async () => {
    await fc.assert(
      fc.asyncProperty(entropy, passphrase, passphrase, async (bytes, right, wrong) => {
        const body = await seal(bytes, right);
        rmSync(path, { force: true });
        createVault(folder, body);
        expect(Buffer.from(await openVault(bodyIn(folder), right))).toEqual(Buffer.from(bytes));
        if (wrong.normalize('NFKC') === right.normalize('NFKC')) return;
        await expect(openVault(body, wrong)).rejects.toMatchObject({ code: 'passphrase-wrong' });
      }),
      { numRuns: 10 },
    );
  });

  it('holds with the cost that is shipped, and opens however the keyboard composed the letters', async () => {
    const bytes = systemRandom.bytes(16);
    const body = await seal(bytes, 'Stra\u00DFe im Schw\u00E4rzwald', VAULT_COST);
    expect(body.kdf).toMatchObject({ name: 'scrypt', N: 131_072, r: 8, p: 1 });
    const opened = await openVault(body, 'Stra\u00DFe im Schwa\u0308rzwald');
    expect(Buffer.from(opened)).toEqual(Buffer.from(bytes));
  });

  it('is refused when any byte of the file differs, and says so', async () => {
    createVault(folder, await seal(systemRandom.bytes(32), 'a'));
    const good = readFileSync(path);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bad);
      expect(readVault(folder)).toMatchObject({
        state: 'damaged',
        failure: { code: 'wallet-damaged' },
      });
    }
    writeFileSync(path, good.subarray(0, -1));
    expect(readVault(folder).state).toBe('damaged');
    writeFileSync(path, '');
    expect(readVault(folder).state).toBe('damaged');
  });

  it('does not open when somebody changed it and its checksum', async () => {
    const body = await seal(systemRandom.bytes(16), 'right');
    const flip = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
    const changed: VaultBody[] = [
      { ...body, ciphertext: flip(body.ciphertext) },
      { ...body, tag: flip(body.tag) },
      { ...body, nonce: flip(body.nonce) },
      { ...body, address: ADDRESS.toLowerCase() },
      { ...body, kdf: { ...body.kdf, salt: flip(body.kdf.salt) } },
      { ...body, kdf: { ...body.kdf, p: 2 } },
    ];
    for (const other of changed) {
      rmSync(path, { force: true });
      createVault(folder, other);
      await expect(openVault(bodyIn(folder), 'right')).rejects.toMatchObject({
        code: 'passphrase-wrong',
      });
    }
  });

  it.each([
    ['costs nothing to guess', { N: 2 ** 13 }],
    ['costs next to no memory', { r: 1 }],
    ['wants a gigabyte', { N: 2 ** 20 }],
    ['wants memory by the width', { r: 64 }],
    ['wants an hour', { p: 1_000 }],
    ['names a number that is no power of two', { N: 2 ** 17 + 1 }],
    ['names no whole number', { N: 2 ** 16.5 }],
    ['names no number', { N: Infinity }],
  ])('is refused before a passphrase is tried when its file %s', async (_what, change) => {
    const body = await seal(systemRandom.bytes(16), 'right');
    createVault(folder, { ...body, kdf: { ...body.kdf, ...change } });
    expect(readVault(folder).state).toBe('damaged');
  });

  it('is for its owner only, and never writes over another one by mistake', async () => {
    const body = await seal(systemRandom.bytes(16), 'a');
    createVault(folder, body);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => {
      createVault(folder, body);
    }).toThrow(expect.objectContaining({ code: 'wallet-exists' }));
  });

  it('keeps the previous copy when it is replaced, and names it when the file is damaged', async () => {
    const first = await seal(systemRandom.bytes(16), 'first');
    const second = await seal(systemRandom.bytes(16), 'second');
    createVault(folder, first);
    replaceVault(folder, second);
    const previous = join(folder, PREVIOUS_VAULT_FILE);
    if (process.platform !== 'win32') expect(statSync(previous).mode & 0o777).toBe(0o600);
    writeFileSync(path, readFileSync(path, 'utf8').slice(1));
    expect(readVault(folder)).toMatchObject({
      failure: { details: expect.stringContaining(previous) as string },
    });
    // Whoever puts words in over a damaged file keeps the good copy, too.
    replaceVault(folder, second);
    expect(bodyIn(folder)).toEqual(second);
    renameSync(previous, path);
    expect(bodyIn(folder)).toEqual(first);
  });
});

describe('kill -9 in the middle of writing', () => {
  it('leaves the old vault or the new one, whole', async () => {
    const bodies = await Promise.all(
      ['one', 'two'].map((word) => seal(systemRandom.bytes(32), word)),
    );
    const [one] = bodies;
    if (!one) throw new Error('nothing was sealed');
    createVault(folder, one);
    for (let round = 0; round < KILLS; round++) {
      const child = fork(WRITER, [folder], { serialization: 'advanced', execArgv: [] });
      const exit = once(child, 'exit');
      child.send(bodies);
      await once(child, 'message');
      // From here on it writes as fast as it can; each round ends it somewhere else.
      for (let spin = 0; spin < round * 7; spin++) existsSync(path);
      child.kill('SIGKILL');
      await exit;
      expect(bodies).toContainEqual(bodyIn(folder));
      const previous = join(folder, PREVIOUS_VAULT_FILE);
      if (!existsSync(previous)) continue;
      const apart = mkdtempSync(join(folder, 'copy-'));
      renameSync(previous, join(apart, VAULT_FILE));
      expect(bodies).toContainEqual(bodyIn(apart));
    }
  });
});
