/** Earnings in the window: by hour, by day, added up, down to receipt and transaction, and all of it as a file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type ElectronApplication } from '@playwright/test';
import { test } from './app.ts';
import { expectClean } from './clean.ts';
import { photograph } from './screenshots.ts';

const NETWORK_MS = 60_000;

/** The system's own dialog cannot be clicked; it answers at once instead. */
async function chooseInDialog(app: ElectronApplication, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: path === '', filePath: path });
  }, filePath);
}

test('earns, shows when, saves a table of everything, and finds the transaction', async ({
  launch,
  folder,
}) => {
  const { app, page } = await launch();
  await page.getByRole('button', { name: 'Earnings', exact: true }).click();
  await expect(page.getByText('Nothing was earned in the last 24 hours.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save all as CSV' })).toHaveCount(0);
  await photograph(app, page, '26-earnings-none');
  await expectClean(page);

  await page.getByRole('button', { name: 'Try earning' }).click();
  await expect(page.getByText('10 of 10 questions asked', { exact: false })).toBeVisible({
    timeout: NETWORK_MS,
  });
  await page.getByRole('button', { name: /^Collect [\d.]/ }).click();
  await expect(page.getByText('Paid').first()).toBeVisible({ timeout: NETWORK_MS });
  await expect(page.getByRole('img', { name: /from 10 relays$/ })).toBeVisible();

  // Both charts are walked with the keys; the newest column is where Tab arrives.
  const line = page.getByRole('group', { name: /added up/ });
  await line.locator('[data-bar][tabindex="0"]').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(line.locator('[data-bar="22"]')).toBeFocused();
  await photograph(app, page, '27-earnings-hours');
  await expectClean(page);

  await page.getByRole('radio', { name: 'By day' }).check({ force: true });
  await expect(page.getByRole('heading', { name: 'Last 30 days' })).toBeVisible();
  await expect(
    page.getByRole('group', { name: 'Earned in each day, in PRAC' }).getByRole('img'),
  ).toHaveCount(30);
  await expect(page.getByRole('table', { name: /added up/ }).getByRole('row')).toHaveCount(31);
  await line.scrollIntoViewIfNeeded();
  await photograph(app, page, '28-earnings-days');
  await expectClean(page);

  const path = join(folder, 'relays.csv');
  await chooseInDialog(app, path);
  await page.getByRole('button', { name: 'Save all as CSV' }).click();
  await expect(page.getByText(`Saved as ${path}`)).toBeVisible();
  const [head, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\r\n');
  expect(head).toContain('charged in smallest units');
  expect(rows).toHaveLength(10);
  expect(rows.every((row) => row.includes(',paid,0x'))).toBe(true);

  await page
    .getByRole('button', { name: /^Served/ })
    .first()
    .click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText(/Paid by transaction 0x/);
  await sheet.getByRole('button', { name: 'Copy the transaction' }).click();
  const copied = () => app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toMatch(/^0x[0-9a-f]{64}$/);
  expect(rows[0]).toContain(await copied());
  await photograph(app, page, '29-receipt-paid');
  await expectClean(page);
});
