/** Every screen passes axe in both themes, and the keyboard alone is enough. */
import { expect } from '@playwright/test';
import { ask, test } from './app.ts';
import { expectClean } from './clean.ts';

const NETWORK_MS = 60_000;

test('chat and settings pass axe in both themes', async ({ launch }) => {
  const { page } = await launch();
  await expect(page.getByText('What would you like to ask?')).toBeVisible();
  await expectClean(page);
  await ask(page, 'Tell me a joke.');
  await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
  await expectClean(page);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Engine' })).toBeVisible();
  await expectClean(page);
});

test('a chat needs no mouse', async ({ launch }) => {
  const { page } = await launch();
  await expect(page.getByText('What would you like to ask?')).toBeVisible();
  await page.keyboard.press('Control+n');
  await page.keyboard.type('First line');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('second line');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'Question' })).toContainText('First line');
  await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { name: 'Engine' })).toBeVisible();
  await page.keyboard.press('Control+n');
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeFocused();
  await page.keyboard.type('Write a very long story about the sea, with many chapters.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
});

test('network, receipt and earnings pass axe in both themes, and need no mouse', async ({
  launch,
}) => {
  const { page } = await launch();
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeFocused();
  await page.getByRole('radio', { name: 'This computer' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Network' })).toBeChecked();
  await page.getByRole('textbox', { name: 'Your question' }).focus();
  await page.keyboard.type('What is the capital of France?');
  await expect(page.getByText(/at most [\d.]+ PRAC/)).toBeVisible({ timeout: NETWORK_MS });
  await expectClean(page);
  await page.keyboard.press('Enter');
  const receipt = page.getByRole('button', { name: 'Receipt' });
  await expect(receipt).toBeVisible({ timeout: NETWORK_MS });
  await expectClean(page);

  await receipt.focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('button', { name: 'Verify' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(sheet.getByRole('heading', { name: 'Everything holds.' })).toBeVisible();
  await expectClean(page);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(receipt).toBeFocused();

  await page.getByRole('button', { name: 'Earnings', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expectClean(page);
  await page.getByRole('button', { name: 'Try earning' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('10 of 10 questions asked', { exact: false })).toBeVisible({
    timeout: NETWORK_MS,
  });
  await expectClean(page);
});
