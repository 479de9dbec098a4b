/** The governor in the window: its settings last, its day is told without a gap, its sensors answer, all by the keys. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { SHARED_CACHE, test } from './app.ts';
import { expectClean } from './clean.ts';
import { photograph } from './screenshots.ts';

const NETWORK_MS = 60_000;

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('button', { name, exact: true }).press('Enter');

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Fills a field as one would who has no mouse, and sends the form. */
async function type(field: Locator, text: string): Promise<void> {
  await field.focus();
  await field.press('Control+a');
  await field.pressSequentially(text);
  await field.press('Enter');
}

test('settings are saved once they are right, and are still there after a restart', async ({
  launch,
  folder,
}) => {
  const first = await launch();
  const { app, page } = first;
  await goTo(page, 'Settings');
  const back = section(page, 'Giving this computer back');

  await back.getByRole('radio', { name: '5 min' }).press('ArrowRight');
  await expect(back.getByRole('radio', { name: '10 min' })).toBeChecked();
  await expect(section(page, 'Earning')).toContainText('After 10 minutes without mouse');

  const games = back.getByRole('textbox', { name: 'Programs to give way to' });
  await type(games, 'blender');
  await expect(back.getByRole('listitem')).toHaveText('blender');
  await type(games, 'Blender');
  await expect(back.getByRole('alert')).toHaveText('It is on the list already.');

  const hours = back.getByRole('form', { name: 'Hours' });
  await back.getByRole('radio', { name: 'Any time' }).press('ArrowRight');
  await type(hours.getByRole('textbox', { name: 'From' }), '25:00');
  await expect(hours.getByRole('alert')).toHaveText('Write a time of day, for example 22:00.');
  await expect(hours.getByRole('textbox', { name: 'From' })).toBeFocused();
  await expect(hours.getByRole('button', { name: 'Saved' })).toHaveCount(0);
  await type(hours.getByRole('textbox', { name: 'From' }), '21:30');
  await expect(hours.getByRole('button', { name: 'Saved' })).toBeVisible();

  const electricity = section(page, 'Electricity');
  const price = electricity.getByRole('form', { name: 'Price of electricity' });
  await electricity.getByRole('radio', { name: 'Not known' }).press('ArrowRight');
  await type(price.getByRole('textbox', { name: 'Price' }), '0,315');
  await expect(price.getByRole('alert')).toHaveText('Write three letters, for example EUR.');
  await type(price.getByRole('textbox', { name: 'Currency' }), 'eur');
  await expect(price.getByRole('button', { name: 'Saved' })).toBeVisible();

  await section(page, 'Heat and power').getByText('More', { exact: true }).press('Enter');
  await expect(page.getByText('dust blocks the air')).toBeVisible();
  await expectClean(page);
  for (const [name, part] of [
    ['50-governor-giving-back', back],
    ['51-governor-heat', section(page, 'Heat and power')],
    ['52-governor-electricity', electricity],
  ] as const) {
    await photograph(app, page, name, () =>
      part.evaluate((card) => {
        card.scrollIntoView();
      }),
    );
  }
  await app.close();

  const saved: unknown = JSON.parse(readFileSync(join(folder, 'data', 'settings.json'), 'utf8'));
  expect(saved).toMatchObject({
    governor: {
      startAfterSeconds: 600,
      games: ['blender'],
      hours: { fromMinute: 1290, toMinute: 420 },
      tariff: { currency: 'EUR', microsPerKwh: 315_000, cheap: null },
    },
  });
  const again = await launch();
  await goTo(again.page, 'Settings');
  const kept = section(again.page, 'Giving this computer back');
  await expect(kept.getByRole('radio', { name: '10 min' })).toBeChecked();
  await expect(kept.getByRole('listitem')).toHaveText('blender');
  await expect(kept.getByRole('textbox', { name: 'From' })).toHaveValue('21:30');
  await kept.getByRole('button', { name: 'Remove blender' }).press('Enter');
  await expect(kept.getByRole('listitem')).toHaveCount(0);
  await expect(kept.getByRole('textbox', { name: 'Programs to give way to' })).toBeFocused();
});

test('the day is told: off, ready without work, serving; the keys walk along it', async ({
  launch,
}) => {
  const { app, page } = await launch();
  await goTo(page, 'Settings');
  const earning = section(page, 'Earning');
  await earning.getByRole('radio', { name: /^Serve now, even while I work/ }).press('Space');
  await earning.getByRole('switch', { name: 'Earn with this computer' }).press('Space');
  await goTo(page, 'Home');
  const today = section(page, 'Today');
  const strip = today.getByRole('group', { name: 'The last 24 hours' });
  await expect(
    strip.getByRole('img', { name: /Ready, but the network ha[sd] no work$/ }).last(),
  ).toBeAttached({ timeout: NETWORK_MS });
  await expect(section(page, 'While it serves')).toBeVisible();
  await expect(section(page, 'State')).toContainText('Your computer is ready. Nobody');

  await goTo(page, 'Earnings');
  await expect(section(page, 'After electricity')).toContainText('Not known');
  await page.getByRole('button', { name: 'Try earning' }).press('Enter');
  await expect(page.getByText('10 of 10 questions asked', { exact: false })).toBeVisible({
    timeout: NETWORK_MS,
  });
  await expectClean(page);
  await photograph(app, page, '53-governor-net', () =>
    section(page, 'After electricity').evaluate((card) => {
      card.scrollIntoView();
    }),
  );

  await goTo(page, 'Home');
  await expect(strip.getByRole('img', { name: /Serv(ed|ing) relays$/ }).first()).toBeAttached({
    timeout: NETWORK_MS,
  });
  await expect(today.getByRole('list', { name: /newest first/ })).toContainText(
    /Serv(ed|ing) relays/,
  );
  const count = await strip.getByRole('img').count();
  await strip.locator('[data-bar][tabindex="0"]').focus();
  await page.keyboard.press('Home');
  await expect(strip.locator('[data-bar="0"]')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(strip.locator('[data-bar="1"]')).toBeFocused();
  await page.keyboard.press('End');
  expect(await strip.getByRole('img').count()).toBeGreaterThanOrEqual(count);
  await expectClean(page);
  await photograph(app, page, '54-governor-day', () =>
    today.evaluate((card) => {
      card.scrollIntoView();
    }),
  );

  const menu = page.getByRole('button', { name: 'Pause for longer' });
  await menu.press('Enter');
  await page.getByRole('menuitem', { name: 'Pause until I resume' }).press('Enter');
  await expect(section(page, 'State').getByRole('heading')).toHaveText('Paused until you resume');
  await expect(strip.getByRole('img', { name: /Paused until you resume$/ })).toBeAttached();
  await section(page, 'State').getByRole('button', { name: 'Resume' }).press('Enter');
  await expect(section(page, 'State').getByRole('heading')).toHaveText(/^Serving now/);
});

test('every sensor says what it reads, from where, and how old that is', async ({ launch }) => {
  const { app, page } = await launch();
  await goTo(page, 'Settings');
  const sensors = section(page, 'Sensors and self-test');
  await sensors.getByRole('button', { name: 'Check all sensors' }).press('Enter');
  const rows = sensors.getByRole('table').getByRole('row');
  await expect(rows.first()).toHaveText('SensorReadingFromAge');
  // What cannot be read stands there as well, and says why.
  await expect(rows.nth(4)).toBeAttached();
  await sensors.getByRole('button', { name: /^Run/ }).press('Enter');
  await expect(sensors.getByText(/^Passed\./)).toBeVisible({ timeout: NETWORK_MS });
  await expectClean(page);
  await photograph(app, page, '55-governor-sensors', () =>
    sensors.evaluate((card) => {
      card.scrollIntoView();
    }),
  );
});

test('a model of one’s own is really asked before it may serve', async ({ launch, folder }) => {
  const bytes = readFileSync(join(SHARED_CACHE, 'starter.gguf'));
  const name = 'MiniMind2 Small (test model)';
  bytes.write('A model of my own'.padEnd(name.length), bytes.indexOf(name));
  const own = join(folder, 'own.gguf');
  writeFileSync(own, bytes);
  const { page } = await launch({ args: [`--model=${own}`, '--presence=always'] });
  await goTo(page, 'Settings');
  await expect(section(page, 'Sensors and self-test')).toContainText('answered sensibly', {
    timeout: NETWORK_MS,
  });
});
