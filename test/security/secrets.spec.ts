/// <reference lib="dom" />
/** Where the wallet's secrets are not: assertions 20, 21 and 23 on the real app. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type ElectronApplication } from '@playwright/test';
import { CEREMONY } from '../../electron/ipc/ceremony.ts';
import { entropyFrom, privateKeyFrom } from '../../electron/wallet/phrase-adapter.ts';
import { addressOfKey } from '../../electron/wallet/key-address-adapter.ts';
import { test } from '../e2e/app.ts';
import { importWallet, leaveBy, openWallet, walletOf } from '../e2e/wallet-page.ts';

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(
  ' ',
);
const PASSPHRASE = 'dune orbit cactus violin';

function secrets() {
  const entropy = entropyFrom(WORDS);
  if (!entropy) throw new Error('these words are no phrase');
  const key = privateKeyFrom(entropy);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const texts = [WORDS.join(' '), WORDS.slice(0, 4).join(' '), PASSPHRASE, hex(entropy), hex(key)];
  const bytes = [
    ...texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]),
    Buffer.from(entropy),
    Buffer.from(key),
  ];
  return { texts, bytes, address: addressOfKey(key) };
}

/** Of main and of the main window's page. Nothing of what is looked for is sent there first. */
async function heapSnapshots(app: ElectronApplication, folder: string): Promise<readonly string[]> {
  const files = [join(folder, 'main.heapsnapshot'), join(folder, 'page.heapsnapshot')];
  await app.evaluate(async ({ BrowserWindow }, [main = '', page = '']) => {
    process.getBuiltinModule('node:v8').writeHeapSnapshot(main);
    await BrowserWindow.getAllWindows()[0]?.webContents.takeHeapSnapshot(page);
  }, files);
  return files.map((file) => readFileSync(file, 'utf8'));
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('23: no heap, log or file holds phrase, entropy, key or passphrase', async ({
  folder,
  launch,
}) => {
  const lull = await launch();
  const { texts, bytes, address } = secrets();
  await importWallet(lull, WORDS.join(' '), PASSPHRASE);
  const unlocking = await openWallet(lull, 'unlock');
  await unlocking.getByLabel('Passphrase').fill(PASSPHRASE);
  await leaveBy(unlocking, 'Unlock');
  await expect.poll(() => walletOf(lull.page)).toMatchObject({ state: 'unlocked', address });
  await lull.page.reload();
  await expect.poll(() => walletOf(lull.page)).toMatchObject({ state: 'unlocked' });

  // Looked at while the key is in use: it is in the keyring process alone.
  for (const heap of await heapSnapshots(lull.app, folder)) {
    // What main and page do know shows that such a text would be found.
    expect(heap).toContain(address);
    for (const text of texts) expect(heap.includes(text)).toBe(false);
  }

  await lull.app.close();
  const files = filesUnder(join(folder, 'data'));
  expect(files.some((file) => file.endsWith('wallet.json'))).toBe(true);
  expect(files.some((file) => file.endsWith('lull.log'))).toBe(true);
  const holding = files.filter((file) => {
    const content = readFileSync(file);
    return bytes.some((needle) => content.includes(needle));
  });
  expect(holding).toEqual([]);
});

test('2, 4, 17, 20, 21: the wallet’s page has its own process, its own bridge, and no way to main', async ({
  launch,
}) => {
  const lull = await launch();
  const wallet = await openWallet(lull, 'create');
  const found = await wallet.evaluate(() => {
    const names = ['process', 'require', 'module', 'Buffer', 'global', 'lull'];
    const { lullWallet } = window as unknown as { lullWallet: Record<string, unknown> };
    const before = lullWallet['begin'];
    try {
      lullWallet['begin'] = () => 'mine';
    } catch {
      // A frozen object may throw; what counts is that nothing changed.
    }
    return {
      names: names.filter((name) => name in window),
      bridge: Object.keys(lullWallet).sort(),
      isSame: lullWallet['begin'] === before,
    };
  });
  expect(found).toEqual({
    names: [],
    bridge: [...Object.keys(CEREMONY), 'onLost'].sort(),
    isSame: true,
  });
  const windows = await lull.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getOSProcessId()),
  );
  expect(new Set(windows).size).toBe(2);
  for (const pid of windows) {
    // Only the system knows for certain: 2 is a system-call filter, as Chromium's sandbox installs it.
    expect(readFileSync(`/proc/${String(pid)}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
  }
  const odd = await wallet.evaluate(() => {
    const { lullWallet } = window as unknown as {
      lullWallet: Record<string, (input: unknown) => Promise<unknown>>;
    };
    return lullWallet['makeWords']?.({ count: 3, extra: '../../etc/passwd' });
  });
  expect(odd).toMatchObject({ ok: false, code: 'bad-request' });
});
