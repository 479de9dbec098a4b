/** The practice network in the window: ask the neighbour, look at the receipt, earn, and collect. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { ask, test } from './app.ts';
import { photograph } from './screenshots.ts';
import { isLoopback, socketsOf } from './sockets.ts';
import { runLull } from './terminal.ts';

const NETWORK_MS = 60_000;

async function askNetwork(page: Page, question: string): Promise<void> {
  await page.getByRole('radio', { name: 'Network' }).check({ force: true });
  await ask(page, question);
}

test('asks the neighbour, shows price and receipt, earns, collects, and remembers', async ({
  launch,
}) => {
  const first = await launch();
  const { app } = first;
  let { page } = first;
  const box = page.getByRole('textbox', { name: 'Your question' });
  await expect(box).toBeEditable();
  await page.getByRole('radio', { name: 'Network' }).check({ force: true });
  await box.fill('What is the capital of France?');
  await expect(page.getByText(/at most [\d.]+ PRAC/)).toBeVisible({ timeout: NETWORK_MS });
  await photograph(app, page, '20-price');

  await page.getByRole('button', { name: 'Send' }).click();
  const answer = page.getByRole('article', { name: 'Answer' });
  await expect(answer).toContainText('The capital of France is Paris.', { timeout: NETWORK_MS });
  await expect(page.getByText(/0x[0-9a-f]{4}…[0-9a-f]{4}/).first()).toBeVisible();
  await photograph(app, page, '21-network-answer');

  await page.getByRole('button', { name: 'Receipt' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('answered 10 tokens for');
  await sheet.getByRole('button', { name: 'Verify' }).click();
  await expect(sheet.getByRole('heading', { name: 'Everything holds.' })).toBeVisible();
  await photograph(app, page, '22-receipt');
  await sheet.getByRole('button', { name: 'Copy as JSON' }).click();
  const copied = () => app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toContain('"primaryType": "Receipt"');
  await sheet.getByRole('button', { name: 'Close' }).click();

  // Everything that runs now, the neighbour and the chain too, is on loopback.
  const held = socketsOf(app.process().pid ?? 0);
  expect(held.filter((socket) => !isLoopback(socket))).toEqual([]);

  await page.getByRole('button', { name: 'Earnings', exact: true }).click();
  await photograph(app, page, '23-earnings-empty');
  await page.getByRole('button', { name: 'Try earning' }).click();
  await expect(page.getByText('10 of 10 questions asked', { exact: false })).toBeVisible({
    timeout: NETWORK_MS,
  });
  const collect = page.getByRole('button', { name: /^Collect/ });
  await collect.click();
  await expect(page.getByText('Paid').first()).toBeVisible({ timeout: NETWORK_MS });
  await expect(page.getByText('Not collected')).toHaveCount(0);
  await photograph(app, page, '24-earnings');
  await page
    .getByRole('button', { name: /Served/ })
    .first()
    .click();
  await expect(page.getByRole('dialog')).toContainText(/0x[0-9a-f]+/);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Practice network' })).toBeVisible();
  await photograph(app, page, '25-settings-network');

  await app.close();
  const again = await launch();
  page = again.page;
  await page.getByRole('button', { name: 'Earnings', exact: true }).click();
  await expect(page.getByRole('button', { name: /Served/ })).toHaveCount(10);
  await expect(page.getByText('Paid').first()).toBeVisible();
});

test('an answer over the network can be stopped, and is still paid for what came', async ({
  launch,
}) => {
  const { page } = await launch();
  await askNetwork(page, 'Write a very long story about a river, with many chapters.');
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText('In the heart', {
    timeout: NETWORK_MS,
  });
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  await page.getByRole('button', { name: 'Receipt' }).click();
  await expect(page.getByRole('dialog')).toContainText('PRAC');
});

test('two copies of Lull side by side: one serves, the other pays', async ({ folder, launch }) => {
  const hostFolder = join(folder, 'host');
  const host = await launch({ dataFolder: hostFolder, args: ['--presence=always'] });
  const info = join(hostFolder, 'practice.json');
  await expect.poll(() => existsSync(info), { timeout: NETWORK_MS }).toBe(true);
  const guest = await launch({ dataFolder: join(folder, 'guest'), args: [`--join=${info}`] });
  await askNetwork(guest.page, 'What is the capital of France?');
  await expect(guest.page.getByRole('article', { name: 'Answer' })).toContainText('Paris', {
    timeout: NETWORK_MS,
  });
  await host.page.getByRole('button', { name: 'Earnings', exact: true }).click();
  await expect(host.page.getByRole('button', { name: /Served/ })).toHaveCount(1);
  await host.page.getByRole('button', { name: /^Collect/ }).click();
  await expect(host.page.getByText('Paid').first()).toBeVisible({ timeout: NETWORK_MS });
});

test('the demo runs the whole loop and leaves its chain up', async ({ folder }) => {
  const lull = runLull(folder, [
    'demo',
    '--json',
    '--ask',
    'What is the capital of France?',
    '--hold=20',
  ]);
  const report = JSON.parse(await lull.firstLine) as {
    readonly answer: { readonly text: string; readonly tokenIds: readonly number[] };
    readonly chain: { readonly url: string; readonly id: string };
    readonly price: { readonly charged: string; readonly most: string };
    readonly balances: Record<
      'before' | 'after',
      { readonly stake: string; readonly credit: string }
    >;
    readonly redemption: { readonly transaction: string };
  };
  expect(report.answer.text).toBe('The capital of France is Paris.');
  expect(report.answer.tokenIds).toHaveLength(10);
  const charged = BigInt(report.price.charged);
  expect(charged).toBeGreaterThan(0n);
  expect(BigInt(report.balances.before.stake) - BigInt(report.balances.after.stake)).toBe(charged);
  expect(BigInt(report.balances.after.credit)).toBe(charged);
  // Anybody can ask the chain itself.
  const response = await fetch(report.chain.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_getTransactionReceipt',
      params: [report.redemption.transaction],
    }),
  });
  expect(await response.json()).toMatchObject({ result: { status: '0x1' } });
  // All of it held, whoever ends it now.
  lull.child.kill('SIGTERM');
  expect((await lull.ended).code).toBe(0);
});

test('a demo that is stopped half way does not claim that it held', async ({ folder }) => {
  const lull = runLull(folder, ['demo', '--json']);
  await lull.told('Preparing');
  lull.child.kill('SIGTERM');
  const { code, out } = await lull.ended;
  expect(code).not.toBe(0);
  expect(out).toBe('');
});
