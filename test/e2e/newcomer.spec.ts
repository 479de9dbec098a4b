/// <reference lib="dom" />
/** The newcomer's path: start on nothing, leave the welcome, see what is prepared, chat, come back. */
import { join } from 'node:path';
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { ask, test } from './app.ts';
import { photograph } from './screenshots.ts';

const PREPARED_MS = 120_000;

function clipboardText(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ clipboard }) => clipboard.readText());
}

/** The new answer takes the place of the old one for less time than it takes to look twice, so the page itself looks. */
async function watchForReplacing(page: Page): Promise<() => Promise<boolean>> {
  const seen = await page.evaluateHandle(() => {
    const list = { wasGone: false };
    new MutationObserver(() => {
      if (!document.querySelector('[aria-label="About this answer"]')) list.wasGone = true;
    }).observe(document.body, { childList: true, subtree: true });
    return list;
  });
  return () => seen.evaluate(({ wasGone }) => wasGone);
}

test('prepares itself in named steps, answers, and remembers', async ({ folder, launch }) => {
  const options = { cacheFolder: join(folder, 'cache'), begun: false };
  const first = await launch(options);
  const { app } = first;
  let { page } = first;
  await expect(page.getByText(/^Getting ready/)).toBeVisible();
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await expect(page.getByRole('heading', { name: 'Getting ready' })).toBeVisible();
  await expect(page.getByText('Prepare the test model')).toBeVisible();
  await photograph(app, page, '1-setup');

  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: 'Getting ready was stopped' })).toBeVisible();
  await photograph(app, page, '2-setup-cancelled');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'What would you like to ask?' })).toBeVisible({
    timeout: PREPARED_MS,
  });
  await expect(page.getByText('The test model talks nonsense', { exact: false })).toBeVisible();
  await photograph(app, page, '3-empty');

  await ask(page, 'What is the capital of France?');
  const answer = page.getByRole('article', { name: 'Answer' });
  await expect(answer).toContainText('The capital of France is Paris.', { timeout: PREPARED_MS });
  await expect(answer.last().getByRole('list', { name: 'About this answer' })).toContainText(
    'tok/s',
  );
  await photograph(app, page, '4-answer');

  await page.getByRole('button', { name: 'Copy answer' }).click();
  await expect.poll(() => clipboardText(app)).toBe('The capital of France is Paris.');
  const facts = page.getByRole('list', { name: 'About this answer' });
  const wasReplaced = await watchForReplacing(page);
  await page.getByRole('button', { name: 'Answer again' }).click();
  await expect.poll(wasReplaced).toBe(true);
  await expect(facts).toHaveCount(1);
  await expect(answer).toHaveCount(1);

  await page.getByRole('button', { name: 'New chat' }).click();
  await ask(page, 'Write a very long story about a river, with many chapters.');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();

  await page.getByRole('button', { name: /^Actions for Write a very long/ }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.keyboard.type('River story');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^River story/ })).toBeVisible();
  await page.getByRole('button', { name: 'Actions for River story' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: /^River story/ })).toHaveCount(0);

  await app.close();
  const again = await launch(options);
  page = again.page;
  await page.getByRole('button', { name: /^What is the capital of France/ }).click();
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText('Paris');
  await ask(page, 'Thank you.');
  await expect(page.getByRole('article', { name: 'Answer' })).toHaveCount(2);
  await expect(page.getByRole('list', { name: 'About this answer' })).toHaveCount(2);
});

test('Settings name engine, model and endpoint, and keep the theme', async ({ launch }) => {
  const { app, page } = await launch();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByText('MiniMind2 Small (test model)').first()).toBeVisible();
  await expect(page.getByText('Apache-2.0', { exact: false }).first()).toBeVisible();
  await expect(page.getByText(/http:\/\/127\.0\.0\.1:\d+\/v1/).first()).toBeVisible();
  await expect(page.getByRole('table')).toContainText('CPU', { timeout: PREPARED_MS });
  await photograph(app, page, '5-settings');
  await page.getByRole('heading', { name: 'Engine' }).scrollIntoViewIfNeeded();
  await page.getByRole('table').scrollIntoViewIfNeeded();
  await photograph(app, page, '5-settings-engine');
  await page.getByRole('heading', { name: 'About' }).scrollIntoViewIfNeeded();
  await photograph(app, page, '5-settings-end');
  await page.getByRole('button', { name: 'Copy token' }).click();
  await expect.poll(() => clipboardText(app)).toMatch(/^lull-[\w-]{43}$/);
  await page.getByText('Dark', { exact: true }).click();
  await page.locator('html[data-theme="dark"]').waitFor();
  await app.close();
  const again = await launch();
  await expect(again.page.locator('html[data-theme="dark"]')).toBeAttached();
});
