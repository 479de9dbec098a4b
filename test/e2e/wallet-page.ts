/// <reference lib="dom" />
/** The wallet's window as tests drive it, and the wallet as the main window sees it. */
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import type { Purpose } from '../../electron/ipc/ceremony.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import type { Wallet } from '../../electron/ipc/wallet.ts';
import type { Lull } from './app.ts';

/** As the system's list of processes names it. */
const KEYRING_NAME = 'Lull wallet';

/** Opens the window from the main one. */
export async function openWallet({ app, page }: Lull, purpose: Purpose): Promise<Page> {
  const opening = app.waitForEvent('window');
  const result = await page.evaluate(async (wanted) => {
    const { lull } = window as unknown as { readonly lull: Bridge };
    return lull.command['wallet.openWindow']({ purpose: wanted });
  }, purpose);
  expect(result).toEqual({ ok: true, value: undefined });
  return opening;
}

export async function lockWallet(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { lull } = window as unknown as { readonly lull: Bridge };
    await lull.command['wallet.lock']();
  });
}

/** The wallet in the main window's snapshot. */
export function walletOf(page: Page): Promise<Wallet['main'] | null> {
  return page.evaluate(async () => {
    const { lull } = window as unknown as { readonly lull: Bridge };
    const result = await lull.command['app.snapshot']();
    return result.ok ? result.value.wallet.main : null;
  });
}

/** Processes that hold, or could hold, the wallet's secrets. */
export function keyringCount(app: ElectronApplication): Promise<number> {
  return app.evaluate(
    ({ app: electron }, name) =>
      electron.getAppMetrics().filter((process) => process.name === name).length,
    KEYRING_NAME,
  );
}

/** Both passphrase fields, and the button. */
export async function sealWith(wallet: Page, passphrase: string): Promise<void> {
  await wallet.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await wallet.getByLabel('The same again').fill(passphrase);
  await wallet.getByRole('button', { name: 'Seal the wallet' }).click();
}

/** Presses what ends the window, and waits until it has gone. */
export async function leaveBy(wallet: Page, button: string): Promise<void> {
  const closed = wallet.waitForEvent('close');
  // The window may be gone before the click has been reported as done.
  const clicked = wallet.getByRole('button', { name: button, exact: true }).click();
  clicked.catch(() => undefined);
  await closed;
}

/** Types a phrase and seals it. @returns once the window has gone */
export async function importWallet(lull: Lull, phrase: string, passphrase: string): Promise<void> {
  const wallet = await openWallet(lull, 'import');
  await wallet.getByLabel('Recovery phrase').fill(phrase);
  await wallet.getByRole('button', { name: 'Continue' }).click();
  await sealWith(wallet, passphrase);
  await expect(wallet.getByRole('heading', { name: 'Your wallet is ready' })).toBeVisible();
  await leaveBy(wallet, 'Close');
}
