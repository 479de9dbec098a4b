/// <reference lib="dom" />
/** The wallet's own window: words, passphrase, and nothing left of either when it has gone. */
import { resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { test, type Lull } from './app.ts';
import { setTheme } from './screenshots.ts';
import {
  importWallet,
  keyringCount,
  leaveBy,
  lockWallet,
  openWallet,
  sealWith,
  walletOf,
} from './wallet-page.ts';

const PHRASE = `${'test '.repeat(11)}junk`;
const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const PASSPHRASE = 'dune orbit cactus violin';
const SCREENSHOTS = resolve(import.meta.dirname, '../../screenshots');

/** Clean for axe and photographed, in both themes. */
async function look({ app, page }: Lull, wallet: Page, name: string): Promise<void> {
  // The driver would hold the page to the light theme.
  await wallet.emulateMedia({ colorScheme: null });
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    const query = `(prefers-color-scheme: ${theme})`;
    await wallet.waitForFunction((wanted) => matchMedia(wanted).matches, query);
    // The other mode opens a page of its own, which Lull does not allow.
    const { violations } = await new AxeBuilder({ page: wallet }).setLegacyMode(true).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await wallet.screenshot({ path: `${SCREENSHOTS}/wallet-${name}-${theme}.png` });
  }
  await resizeWallet(app, 420, 440);
  await wallet.waitForFunction(() => window.innerWidth === 420);
  await wallet.screenshot({ path: `${SCREENSHOTS}/wallet-${name}-small.png` });
  await resizeWallet(app, 560, 680);
  await wallet.waitForFunction(() => window.innerWidth === 560);
}

function resizeWallet(app: ElectronApplication, width: number, height: number): Promise<void> {
  return app.evaluate(
    ({ BrowserWindow }, size) => {
      const windows = BrowserWindow.getAllWindows();
      const wallet = windows.find((window) => window.webContents.getURL().endsWith('wallet.html'));
      wallet?.setContentSize(size.width, size.height);
    },
    { width, height },
  );
}

test('a wallet is made: words, a check, a passphrase, an address, and the window is gone', async ({
  launch,
}) => {
  const lull = await launch();
  const { app, page } = lull;
  expect(await walletOf(page)).toMatchObject({ state: 'none', address: null, isBusy: false });

  const wallet = await openWallet(lull, 'create');
  await expect(wallet.getByRole('heading', { name: 'Make a wallet' })).toBeVisible();
  await expect.poll(() => walletOf(page)).toMatchObject({ state: 'none', isBusy: true });
  await look(lull, wallet, '1-new');
  await wallet.getByRole('button', { name: 'Show the words' }).click();
  const items = wallet.getByRole('list', { name: 'Recovery phrase' }).getByRole('listitem');
  await expect(items).toHaveCount(12);
  const words = (await items.allInnerTexts()).map((text) => text.replace(/[^a-z]/g, ''));
  await look(lull, wallet, '2-words');
  await wallet.getByRole('button', { name: 'I have written them down' }).click();

  const fields = wallet.getByRole('textbox');
  await expect(fields).toHaveCount(3);
  const labels = await wallet.locator('label span').allInnerTexts();
  const asked = labels.map((label) => Number(label.replace('Word ', '')));
  for (const [index, position] of asked.entries()) {
    await fields.nth(index).fill(index === 1 ? 'zoo' : (words[position - 1] ?? ''));
  }
  await wallet.keyboard.press('Enter');
  const [, second = 0] = asked;
  await expect(wallet.getByText(`Word ${String(second)} is another one.`)).toBeVisible();
  await look(lull, wallet, '3-check');
  await fields.nth(1).fill(words[second - 1] ?? '');
  await wallet.getByRole('button', { name: 'Continue' }).click();

  const seal = wallet.getByRole('button', { name: 'Seal the wallet' });
  await wallet.getByLabel('Passphrase', { exact: true }).fill('password1234');
  await wallet.getByLabel('The same again').fill('password1234');
  await expect(wallet.getByText('Easy to guess.', { exact: false })).toBeVisible();
  await expect(seal).toBeDisabled();
  await look(lull, wallet, '4-weak');
  await wallet.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await expect(wallet.getByText('The two are not the same.')).toBeVisible();
  await wallet.getByLabel('The same again').fill(PASSPHRASE);
  await expect(wallet.getByText('Very hard to guess')).toBeVisible();
  await look(lull, wallet, '5-strong');
  await seal.click();

  await expect(wallet.getByRole('heading', { name: 'Your wallet is ready' })).toBeVisible();
  const address = await wallet
    .getByRole('img', { name: /^0x[0-9a-fA-F]{40}$/ })
    .getAttribute('aria-label');
  await look(lull, wallet, '6-ready');
  await leaveBy(wallet, 'Close');
  await expect
    .poll(() => walletOf(page))
    .toEqual({ state: 'locked', address, isBusy: false, failure: null });
  // The words were strings in that process.
  await expect.poll(() => keyringCount(app)).toBe(0);
  expect(app.windows()).toHaveLength(1);
});

test('a wallet is brought here, unlocked with its passphrase only, and locked again', async ({
  launch,
}) => {
  const lull = await launch();
  const { app, page } = lull;
  const typing = await openWallet(lull, 'import');
  const phrase = typing.getByLabel('Recovery phrase');
  await phrase.fill(PHRASE.replace('test test', 'test tesst'));
  await expect(
    typing.getByText('Word 2, “tesst”, is not in the list. Did you mean “test”?'),
  ).toBeVisible();
  await expect(typing.getByRole('button', { name: 'Continue' })).toBeDisabled();
  await look(lull, typing, '7-typo');
  await phrase.fill(PHRASE.replace('test junk', 'junk test'));
  await expect(typing.getByText('one is wrong, or out of order', { exact: false })).toBeVisible();
  await phrase.fill(PHRASE);
  await expect(typing.getByText('12 words, and they fit together.')).toBeVisible();
  await typing.getByRole('button', { name: 'Continue' }).click();
  await sealWith(typing, PASSPHRASE);
  await expect(typing.getByRole('img', { name: ADDRESS })).toBeVisible();
  await leaveBy(typing, 'Close');
  await expect.poll(() => walletOf(page)).toMatchObject({ state: 'locked', address: ADDRESS });

  const unlocking = await openWallet(lull, 'unlock');
  await unlocking.getByLabel('Passphrase').fill('dune orbit cactus viola');
  await unlocking.keyboard.press('Enter');
  await expect(unlocking.getByText('The passphrase does not open', { exact: false })).toBeVisible();
  await look(lull, unlocking, '8-wrong');
  await unlocking.getByLabel('Passphrase').fill(PASSPHRASE);
  await leaveBy(unlocking, 'Unlock');
  await expect
    .poll(() => walletOf(page))
    .toEqual({ state: 'unlocked', address: ADDRESS, isBusy: false, failure: null });
  expect(await keyringCount(app)).toBe(1);

  await lockWallet(page);
  await expect.poll(() => walletOf(page)).toMatchObject({ state: 'locked', address: ADDRESS });
  await expect.poll(() => keyringCount(app)).toBe(0);

  // The screen is locked, and nobody sits there.
  const again = await openWallet(lull, 'unlock');
  await again.getByLabel('Passphrase').fill(PASSPHRASE);
  await leaveBy(again, 'Unlock');
  await expect.poll(() => walletOf(page)).toMatchObject({ state: 'unlocked' });
  await app.evaluate(({ powerMonitor }) => powerMonitor.emit('lock-screen'));
  await expect.poll(() => walletOf(page)).toMatchObject({ state: 'locked', address: ADDRESS });
  await expect.poll(() => keyringCount(app)).toBe(0);
});

test('a window that is left early keeps nothing, and the wallet is there after a restart', async ({
  launch,
}) => {
  const lull = await launch();
  const early = await openWallet(lull, 'create');
  await early.getByRole('radio', { name: '24 words' }).check({ force: true });
  await early.getByRole('button', { name: 'Show the words' }).click();
  const items = early.getByRole('list', { name: 'Recovery phrase' }).getByRole('listitem');
  await expect(items).toHaveCount(24);
  await look(lull, early, '9-words-24');
  // A page that loads again has lost its words: the window ends.
  const closed = early.waitForEvent('close');
  await early.reload().catch(() => undefined);
  await closed;
  await expect.poll(() => walletOf(lull.page)).toMatchObject({ state: 'none', isBusy: false });
  await expect.poll(() => keyringCount(lull.app)).toBe(0);

  await importWallet(lull, PHRASE, PASSPHRASE);
  await lull.app.close();
  const again = await launch();
  expect(await walletOf(again.page)).toMatchObject({ state: 'locked', address: ADDRESS });
  const second = await openWallet(again, 'create');
  await expect(second.getByText('There is a wallet already', { exact: false })).toBeVisible();
  await look(again, second, '10-exists');
  await leaveBy(second, 'Close');
});
