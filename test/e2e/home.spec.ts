/** The first minutes in the real app, against the clock; then Home, where earning is switched and explained. */
import { expect, type Page } from '@playwright/test';
import { ask, test } from './app.ts';
import { expectClean } from './clean.ts';
import { photograph } from './screenshots.ts';

/** What issue 4 allows: from an empty data folder to the first answer, and to the first practice earning. */
const FIRST_ANSWER_MS = 60_000;
const FIRST_EARNING_MS = 90_000;

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('button', { name, exact: true }).click();

test('an empty folder, a first answer, a restart, a first earning: in time, and nothing is lost', async ({
  launch,
}) => {
  const startMs = Date.now();
  const first = await launch({ begun: false });
  await first.page.getByRole('button', { name: 'Start chatting' }).click();
  const box = first.page.getByRole('textbox', { name: 'Your question' });
  await expect(box).toBeFocused();
  await expect(first.page.getByText('What would you like to ask?')).toBeVisible({
    timeout: FIRST_ANSWER_MS,
  });
  await ask(first.page, 'What is the capital of France?');
  await expect(first.page.getByRole('article', { name: 'Answer' })).toContainText('Paris', {
    timeout: FIRST_ANSWER_MS,
  });
  const answeredMs = Date.now() - startMs;
  const next = first.page.getByRole('region', { name: 'Next' });
  await expect(next.getByRole('button', { name: 'Get a real model', exact: true })).toBeVisible();
  await next.getByRole('button', { name: 'Skip: Get a real model' }).press('Enter');
  // The button is gone: the keyboard goes on from the card, not from the top of the page.
  await expect(next).toBeFocused();
  await expect(next.getByRole('button')).toHaveCount(2);
  await first.app.close();

  const { page } = await launch({ begun: false });
  await page.getByRole('button', { name: /^What is the capital of France/ }).click();
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText('Paris');
  await goTo(page, 'Home');
  const steps = page.getByRole('region', { name: 'Next' });
  await expect(steps).toContainText('Skipped');
  await steps.getByRole('button', { name: 'Try earning', exact: true }).click();
  await expect(page.getByRole('button', { name: /Served/ }).first()).toBeVisible({
    timeout: FIRST_EARNING_MS,
  });
  const earnedMs = Date.now() - startMs;
  expect(answeredMs).toBeLessThan(FIRST_ANSWER_MS);
  expect(earnedMs).toBeLessThan(FIRST_EARNING_MS);
  console.log(`first answer after ${answeredMs} ms, first practice earning after ${earnedMs} ms`);
  await goTo(page, 'Home');
  await expect(page.locator('.state-today')).toContainText(/\+0\.0\d+ PRAC/);
});

test('the welcome is one sentence and one button, and the keyboard is enough', async ({
  launch,
}) => {
  const { app, page } = await launch({ begun: false });
  await expect(page.getByRole('button', { name: 'Start chatting' })).toBeFocused();
  await expect(page.getByRole('button')).toHaveCount(1);
  await expectClean(page);
  await photograph(app, page, '30-welcome');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeFocused();
  await expect(page.getByText('What would you like to ask?')).toBeVisible();
  await expectClean(page);
  await photograph(app, page, '31-next');
});

test('Home turns earning on, serves even while one works, stops, and checks everything', async ({
  launch,
}) => {
  const { app, page } = await launch();
  await page.getByRole('button', { name: /^Status/ }).click();
  const state = page.getByRole('region', { name: 'State' });
  const sentence = state.getByRole('heading');
  await expect(sentence).toHaveText('Not earning');
  await expect(state).toContainText('Your computer offers nothing just now.');
  const checks = page.getByRole('region', { name: 'Checks' });
  await expect(checks.getByRole('listitem').first()).toContainText('In order');
  await expectClean(page);
  await photograph(app, page, '32-home-off');

  await state.getByRole('button', { name: 'Turn on earning' }).click();
  await expect(sentence).toHaveText(/^(Waiting|Not serving): .* after 5 minutes away/, {
    timeout: FIRST_EARNING_MS,
  });
  await photograph(app, page, '33-home-waiting');

  await state.getByRole('button', { name: 'When to serve…' }).click();
  const earning = page.getByRole('region', { name: 'Earning' });
  await expect(earning).toBeFocused();
  await expect(earning.getByRole('switch', { name: 'Earn with this computer' })).toBeChecked();
  const always = earning.getByRole('radio', { name: /^Serve now, even while I work/ });
  await always.click();
  await expect(always).toBeChecked();
  await expectClean(page);
  await photograph(app, page, '34-settings-earning');

  await goTo(page, 'Home');
  await expect(sentence).toContainText('even while you work');
  await expectClean(page);
  await photograph(app, page, '35-home-on');

  const before = await checks.getByText(/^Checked at/).textContent();
  await checks.getByRole('button', { name: 'Check again' }).click();
  await expect(checks.getByRole('listitem')).not.toHaveCount(0);
  expect(before).toMatch(/^Checked at \d\d:\d\d$/);

  await goTo(page, 'Settings');
  // A switch shows what main has saved, so it moves a moment after the click.
  const isOn = earning.getByRole('switch', { name: 'Earn with this computer' });
  await isOn.click();
  await expect(isOn).not.toBeChecked();
  const discreet = page.getByRole('switch', { name: 'Discreet mode' });
  await discreet.click();
  await expect(discreet).toBeChecked();
  await goTo(page, 'Home');
  await expect(sentence).toHaveText('Not earning');
  await expect(page.locator('.state-today')).toContainText('•••••');

  await app.close();
  const again = await launch();
  await again.page.getByRole('button', { name: /^Status/ }).click();
  await expect(again.page.locator('.state-today')).toContainText('•••••');
  await expect(again.page.getByRole('region', { name: 'State' })).toContainText('Not earning');
});
