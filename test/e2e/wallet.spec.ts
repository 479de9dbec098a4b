/** The wallet in the window: what there is, what will be signed, signing it, and who one is. */
import { expect, type Page } from '@playwright/test';
import { test } from './app.ts';
import { expectClean } from './clean.ts';
import { photograph } from './screenshots.ts';

const NETWORK_MS = 60_000;

async function confirmSheet(page: Page): Promise<void> {
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Confirm' }).click();
  await expect(sheet.getByText('Done. The chain has confirmed it.')).toBeVisible({
    timeout: NETWORK_MS,
  });
}

const amountOf = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ hasText: name }).locator('.balance-amount');

test('shows the money, signs what was shown and nothing else, and moves exactly that', async ({
  launch,
}) => {
  const { app, page } = await launch();
  await page.getByRole('button', { name: 'Wallet', exact: true }).click();
  await expect(page.getByText('The practice network is off.', { exact: false })).toBeVisible();
  await photograph(app, page, '30-wallet-off');
  await expectClean(page);

  await page.getByRole('button', { name: 'Show the balances' }).click();
  await expect(amountOf(page, 'Staked')).toHaveText(/^[1-9][\d,]* PRAC$/, { timeout: NETWORK_MS });
  const staked = Number(
    ((await amountOf(page, 'Staked').textContent()) ?? '').replace(/[^\d]/g, ''),
  );
  await photograph(app, page, '31-wallet');
  await expectClean(page);

  // What cannot be done is said beside the amount, and shows nothing to sign.
  const amount = page.getByRole('textbox', { name: 'Amount: Take out of stake' });
  const look = page.getByRole('button', { name: 'Take out of stake: look at what will be signed' });
  for (const [text, fault] of [
    ['', 'Enter an amount.'],
    ['1,5', 'Write the amount in digits'],
    ['0', 'Enter an amount above 0.'],
    ['0.0000001', 'no more than 6 decimals'],
    ['99999999', 'of the stake can be taken out'],
  ] as const) {
    await amount.fill(text);
    await look.click();
    await expect(page.getByRole('alert')).toContainText(fault);
  }
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await amount.fill('2.5');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await expect(
    sheet.getByRole('heading', { name: 'Take 2.5 PRAC out of the stake' }),
  ).toBeVisible();
  await expect(sheet).toContainText('thaw: asks for a part of the stake back');
  await expect(sheet).toContainText(/RelayHub0x[0-9a-fA-F]{40}/);
  await expect(sheet).toContainText('Fee at most');
  await expect(sheet.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await photograph(app, page, '32-wallet-sheet');
  await expectClean(page);
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByText('On its way out of the stake')).toHaveCount(0);

  await look.click();
  await confirmSheet(page);
  await sheet.getByRole('button', { name: 'Copy the transaction' }).click();
  const copied = () => app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toMatch(/^0x[0-9a-f]{64}$/);
  await photograph(app, page, '33-wallet-done');
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(amount).toHaveValue('');
  await expect(amountOf(page, 'On its way out')).toHaveText('2.5 PRAC');
  await expect(amountOf(page, 'Staked')).toHaveText(
    `${(staked - 2.5).toLocaleString('en', { maximumFractionDigits: 6 })} PRAC`,
  );
  await expect(page.getByText(/can be withdrawn from \d/)).toBeVisible();
  await photograph(app, page, '34-wallet-thawing');
});

test('what was earned is withdrawn, and added to the stake', async ({ launch }) => {
  const { app, page } = await launch();
  await page.getByRole('button', { name: 'Earnings', exact: true }).click();
  await page.getByRole('button', { name: 'Try earning' }).click();
  await expect(page.getByText('10 of 10 questions asked', { exact: false })).toBeVisible({
    timeout: NETWORK_MS,
  });
  await page.getByRole('button', { name: /^Collect [\d.]/ }).click();
  await expect(page.getByText('Paid').first()).toBeVisible({ timeout: NETWORK_MS });

  await page.getByRole('button', { name: 'Wallet', exact: true }).click();
  await expect(amountOf(page, 'Credits')).toHaveText(/^0\.\d+ PRAC$/);
  const earned = await amountOf(page, 'Credits').textContent();
  const sheet = page.getByRole('dialog');
  await page.getByRole('button', { name: /^Withdraw credits:/ }).click();
  await expect(sheet).toContainText('withdrawCredit: pays out all that was collected');
  await confirmSheet(page);
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(amountOf(page, 'Credits')).toHaveText('0 PRAC');
  await expect(amountOf(page, 'In your account')).toHaveText(earned ?? '');

  await page
    .getByRole('form', { name: 'Add to stake' })
    .getByRole('button', { name: 'All' })
    .click();
  await page.getByRole('button', { name: /^Add to stake:/ }).click();
  await expect(sheet).toContainText(`Add ${earned ?? ''} to the stake`);
  await expect(sheet).toContainText('approve: lets RelayHub take as much as this, and no more');
  await expect(sheet).toContainText('2 of 2');
  await photograph(app, page, '38-wallet-deposit');
  await confirmSheet(page);
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(amountOf(page, 'In your account')).toHaveText('0 PRAC');
});

test('shows who one is, by checksum, picture and QR code, and hides it when asked to', async ({
  launch,
}) => {
  const { app, page } = await launch();
  await page.getByRole('button', { name: 'Wallet', exact: true }).click();
  await page.getByRole('button', { name: 'Show the balances' }).click();
  await page.getByRole('button', { name: 'Copy the address: Your account' }).click({
    timeout: NETWORK_MS,
  });
  const copied = () => app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toMatch(/^0x[0-9a-fA-F]{40}$/);
  const address = await copied();
  expect(address).not.toBe(address.toLowerCase());
  await page.getByRole('button', { name: 'Show as QR code: Your account' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('img', { name: `QR code of the address ${address}` })).toBeVisible();
  await photograph(app, page, '35-wallet-qr');
  await expectClean(page);
  await sheet.getByRole('button', { name: 'Close' }).click();

  const accounts = page.getByRole('heading', { name: 'Practice accounts' });
  await accounts.evaluate((heading) => {
    heading.scrollIntoView({ block: 'center' });
  });
  await photograph(app, page, '36-wallet-accounts');
  await page.evaluate(async () => {
    const { lull } = window as unknown as {
      readonly lull: { readonly command: Record<string, (input: unknown) => Promise<unknown>> };
    };
    await lull.command['settings.setDiscreet']?.({ on: true });
  });
  await expect(page.getByText('Hidden in discreet mode').first()).toBeVisible();
  await expect(page.getByText(address.slice(2, 6))).toHaveCount(0);
  await expect(amountOf(page, 'Staked')).not.toHaveText(/\d/);
  await photograph(app, page, '37-wallet-discreet');
});
