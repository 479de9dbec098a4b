/// <reference lib="dom" />
/** The models screen in the real app: what there is and how it would run, a download from a server here, and its use. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { HUB_REVISION, startFakeHub } from '../fakes/fake-hub.ts';
import { ask, SHARED_CACHE, test } from './app.ts';
import { expectClean } from './clean.ts';
import { photograph } from './screenshots.ts';

const STARTER = join(SHARED_CACHE, 'starter.gguf');
const STARTER_NAME = 'MiniMind2 Small (test model)';
const FETCHED_NAME = 'A fetched model';
const REPOSITORY = 'somebody/Fetched-GGUF';
const DOWNLOAD_MS = 60_000;
const MEASURE_MS = 120_000;

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('button', { name, exact: true }).click();

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** The same weights under another name of the same length. */
function otherModel(): Buffer {
  const bytes = readFileSync(STARTER);
  bytes.write(FETCHED_NAME.padEnd(STARTER_NAME.length), bytes.indexOf(STARTER_NAME));
  return bytes;
}

/** As if its owner had found it on a hub on this computer, and had not fetched it yet. */
function writeFound(dataFolder: string, hubUrl: string, content: Buffer): void {
  const file = {
    place: { repository: REPOSITORY, revision: HUB_REVISION, path: 'fetched.gguf' },
    fileName: 'fetched.gguf',
    url: `${hubUrl}${REPOSITORY}/resolve/${HUB_REVISION}/fetched.gguf`,
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    quantisation: 'Q8_0',
    licence: 'apache-2.0',
    downloads: 5,
    parameterCount: null,
    contextTokens: null,
  };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const saved = JSON.stringify([{ file, fileName: 'fetched.gguf' }]);
  writeFileSync(join(dataFolder, 'found-models.json'), saved);
}

test('says how each model would run here, passes axe in both themes, and needs no mouse', async ({
  launch,
}) => {
  const { app, page } = await launch();
  await expect(page.getByText('What would you like to ask?')).toBeVisible();
  await page.keyboard.press('Control+l');
  await expect(page.getByRole('heading', { name: 'Models', exact: true })).toBeVisible();
  const recommended = card(page, 'Recommended for this computer');
  await expect(recommended.getByRole('button', { name: /^Download .*: / })).toBeVisible();
  await expect(card(page, 'On this computer')).toContainText(/In use\s*Test model/);
  const catalogue = card(page, 'Catalogue');
  const rows = catalogue.locator('li');
  expect(await rows.count()).toBeGreaterThanOrEqual(5);
  for (const row of await rows.all()) {
    await expect(row).toContainText(/(Fits|Tight fit|Partly on the processor|Too large)/);
  }
  await expectClean(page);
  await photograph(app, page, '40-models');
  await catalogue.scrollIntoViewIfNeeded();
  await catalogue.evaluate((element) => {
    element.scrollIntoView();
  });
  await photograph(app, page, '41-models-catalogue');

  const field = page.getByRole('searchbox', { name: 'Name of a model' });
  await field.focus();
  await page.keyboard.type('q');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Write at least two letters.')).toBeVisible();
  await page.getByRole('radio', { name: 'No limit' }).focus();
  await page.keyboard.press('ArrowRight');
  const limit = page.getByRole('textbox', { name: 'Megabytes per second' });
  await expect(limit).toHaveValue('5');
  await expect(page.getByRole('radio', { name: 'At most' })).toBeFocused();
  await limit.fill('fast');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Write a number, for example 2.5.')).toBeVisible();
  await limit.fill('2,5');
  await page.keyboard.press('Enter');
  await expect(limit).toHaveValue('2.5');
  await expect(limit).toBeFocused();
  await page.getByRole('radio', { name: /^Exact/ }).focus();
  await page.keyboard.press('ArrowDown');
  const compact = page.getByRole('radio', { name: /^Compact/ });
  await expect(compact).toBeChecked();
  // A choice shows what main has saved.
  await goTo(page, 'Settings');
  await goTo(page, 'Models');
  await expect(compact).toBeChecked();
  await expect(limit).toHaveValue('2.5');
  await page.getByRole('region', { name: 'Find more' }).evaluate((element) => {
    element.scrollIntoView();
  });
  await expectClean(page);
  await photograph(app, page, '42-models-below');
});

test('fetches a model, pauses, goes on, uses it, and removes it with its file', async ({
  folder,
  launch,
}) => {
  const content = otherModel();
  const hub = await startFakeHub(new Map([[`${REPOSITORY}/fetched.gguf`, content]]));
  const dataFolder = join(folder, 'data');
  writeFound(dataFolder, hub.url, content);
  try {
    const { app, page } = await launch();
    await goTo(page, 'Models');
    const here = card(page, 'On this computer');
    // Slow enough to be seen, and a test of the limit as well.
    // Not `check`: what is chosen shows once main has it.
    await page.getByRole('radio', { name: 'At most' }).click();
    const limit = page.getByRole('textbox', { name: 'Megabytes per second' });
    await limit.fill('2');
    await limit.press('Enter');
    const set = page.getByRole('button', { name: 'Set', exact: true });
    await expect(set).toHaveAttribute('aria-disabled', 'true');
    const download = here.getByRole('button', { name: /^Download: fetched/ });
    await download.focus();
    await page.keyboard.press('Enter');
    const bar = page.getByRole('progressbar', { name: 'Download of fetched' });
    await expect(bar).toHaveAttribute('aria-valuenow', /[1-9]/, { timeout: DOWNLOAD_MS });
    await expect(here).toContainText(/MB\/s/);
    // The button is gone: the keyboard goes on from the card, not from the top of the page.
    await expect(here).toBeFocused();
    await photograph(app, page, '43-models-download');
    await here.getByRole('button', { name: 'Pause: fetched' }).click();
    await expect(here).toContainText('Paused');
    await expectClean(page);
    await page.getByRole('radio', { name: 'No limit' }).click();
    await expect(limit).toHaveCount(0);
    await here.getByRole('button', { name: 'Resume: fetched' }).click();
    // The test model gives way by itself.
    const row = here.locator('li').filter({ hasText: FETCHED_NAME });
    await expect(row).toContainText('In use', { timeout: DOWNLOAD_MS });
    await expect(page.getByText(/^fetched is here and in use/)).toBeVisible();
    await here.getByRole('button', { name: `Use ${STARTER_NAME}` }).click();
    await here.getByRole('button', { name: `Use ${FETCHED_NAME}` }).click();
    await expect(row).toContainText('In use');
    await expect(card(page, 'Recommended for this computer')).toHaveCount(0);
    await expectClean(page);
    await photograph(app, page, '44-models-own');

    await page.getByRole('button', { name: 'New chat' }).click();
    await ask(page, 'Hello there');
    await expect(page.getByRole('list', { name: 'About this answer' })).toContainText(FETCHED_NAME);

    await goTo(page, 'Models');
    await here.getByRole('button', { name: `Remove ${FETCHED_NAME}` }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Only its place on the list');
    await expectClean(page);
    await photograph(app, page, '45-models-remove');
    const file = join(dataFolder, 'models', 'fetched.gguf');
    expect(existsSync(file)).toBe(true);
    await dialog.getByRole('button', { name: 'Delete the file' }).click();
    await expect(here).not.toContainText(FETCHED_NAME);
    await expect.poll(() => existsSync(file)).toBe(false);
    await expect(here).toBeFocused();
  } finally {
    await hub.dispose();
  }
});

test('measures this computer, and can be stopped', async ({ folder, launch }) => {
  // What is measured is remembered there, and the other tests are not to know it.
  const cacheFolder = join(folder, 'cache');
  mkdirSync(cacheFolder);
  for (const name of ['starter.gguf', 'probe.json'].filter((each) =>
    existsSync(join(SHARED_CACHE, each)),
  )) {
    copyFileSync(join(SHARED_CACHE, name), join(cacheFolder, name));
  }
  const { app, page } = await launch({ cacheFolder });
  await goTo(page, 'Models');
  const speed = card(page, 'Speed of this computer');
  await speed.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(speed.getByRole('progressbar')).toBeVisible();
  await speed.getByRole('button', { name: 'Stop' }).click();
  await expect(speed.getByRole('progressbar')).toHaveCount(0);
  await speed.getByRole('button', { name: /^Measure/ }).click();
  const rates = speed.getByRole('list', { name: 'Measured speed' }).getByText(/^[\d.]+ tok\/s$/);
  await expect(rates).toHaveCount(3, { timeout: MEASURE_MS });
  await expect(card(page, 'On this computer')).toContainText(/tok\/s, measured here/);
  await speed.evaluate((element) => {
    element.scrollIntoView();
  });
  await expectClean(page);
  await photograph(app, page, '46-models-speed');
});

test('is where Home, the chat and Settings lead', async ({ launch }) => {
  const { page } = await launch();
  const heading = page.getByRole('heading', { name: 'Models', exact: true });
  await page.getByRole('button', { name: 'Get a real model', exact: true }).click();
  await expect(heading).toBeVisible();
  await goTo(page, 'Home');
  await page.getByRole('button', { name: 'Get a real model', exact: true }).click();
  await expect(heading).toBeVisible();
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'All models' }).click();
  await expect(heading).toBeVisible();
});
