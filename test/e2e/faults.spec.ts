/** What goes wrong on real machines: a killed engine, a damaged file, a taken port, a second copy. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, type ElectronApplication } from '@playwright/test';
import { ask, SHARED_CACHE, test } from './app.ts';
import { photograph } from './screenshots.ts';
import { runLull } from './terminal.ts';

const LONG = 'Write a very long story about a river, with many chapters.';
const NETWORK_MS = 60_000;
/** How the test model, which answers greedily, begins that story of some three thousand tokens. */
const BEGUN = 'In the heart of the night';

/** The process ids of the utility processes with this name. */
function pidsOf(app: ElectronApplication, name: string): Promise<number[]> {
  return app.evaluate(
    ({ app: electron }, wanted) =>
      electron
        .getAppMetrics()
        .filter((metric) => metric.name === wanted || metric.serviceName === wanted)
        .map(({ pid }) => pid),
    name,
  );
}

for (const signal of ['SIGKILL', 'SIGABRT'] as const) {
  test(`survives ${signal} of the engine in the middle of an answer`, async ({ launch }) => {
    const { app, page } = await launch();
    await ask(page, LONG);
    const answer = page.getByRole('article', { name: 'Answer' });
    await expect(answer).toContainText(BEGUN);
    const [engine] = await pidsOf(app, 'Lull engine');
    if (engine === undefined) throw new Error('no engine process');
    process.kill(engine, signal);
    await expect(page.getByText('The engine stopped unexpectedly').first()).toBeVisible();
    await expect(answer).toContainText(BEGUN);
    if (signal === 'SIGKILL') await photograph(app, page, '8-engine-killed');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('[aria-busy="true"]')).toContainText(BEGUN);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByText('You stopped this answer.')).toBeVisible();
    expect(await pidsOf(app, 'Lull engine')).not.toContain(engine);
  });
}

for (const name of ['Lull edge', 'Lull engine'] as const) {
  test(`survives the end of the ${name} in the middle of a network answer`, async ({ launch }) => {
    const { app, page } = await launch();
    await page.getByRole('radio', { name: 'Network' }).check({ force: true });
    await ask(page, LONG);
    const answers = page.getByRole('article', { name: 'Answer' });
    await expect(answers).toContainText('In the heart', { timeout: NETWORK_MS });
    // The oldest edge is the one that all others found their way by; the only engine is the neighbour's.
    const [oldest] = (await pidsOf(app, name)).sort((one, other) => one - other);
    if (oldest === undefined) throw new Error(`no ${name}`);
    process.kill(oldest, 'SIGKILL');
    await expect(page.getByText('The Supplier could not be reached').first()).toBeVisible();
    await expect(answers).toContainText('In the heart');
    // The price is known again once there is somebody to ask.
    await page
      .getByRole('textbox', { name: 'Your question' })
      .fill('What is the capital of France?');
    await expect(page.getByText(/at most [\d.]+ PRAC/)).toBeVisible({ timeout: NETWORK_MS });
    await page.getByRole('button', { name: 'Send' }).click();
    const receipt = answers.last().getByRole('button', { name: 'Receipt' });
    await expect(receipt).toBeVisible({ timeout: NETWORK_MS });
  });
}

test('the page is loaded again after a crash', async ({ launch }) => {
  const { app, page } = await launch();
  await ask(page, 'Hello there');
  const pagePid = (): Promise<number | undefined> =>
    app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return contents?.isCrashed() === false ? contents.getOSProcessId() : undefined;
    });
  const before = await pagePid();
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
  });
  // The driver keeps a page that crashed from running again, so only its new process can be seen.
  await expect
    .poll(async () => {
      const now = await pagePid();
      return now !== undefined && now !== before;
    })
    .toBe(true);
});

test('restarting the engine in the middle of an answer says so and keeps its text', async ({
  launch,
}) => {
  const { page } = await launch();
  await ask(page, LONG);
  const answer = page.getByRole('article', { name: 'Answer' });
  await expect(answer).toContainText(BEGUN);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Restart engine' }).click();
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await expect(page.getByText('The engine was restarted').first()).toBeVisible();
  await expect(answer).toContainText(BEGUN);
});

test('a new test of the backends can be stopped, and takes nothing away', async ({ launch }) => {
  const { page } = await launch();
  await ask(page, 'Hello there');
  const facts = page.getByRole('list', { name: 'About this answer' });
  await expect(facts).toHaveCount(1);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Test again' }).click();
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await ask(page, 'Hello there');
  await expect(facts).toHaveCount(2);
});

test('a model chosen while the first one loads is the one that answers', async ({
  folder,
  launch,
}) => {
  const { app, page } = await launch({ cacheFolder: join(folder, 'cache') });
  const own = join(folder, 'own.gguf');
  copyFileSync(join(SHARED_CACHE, 'starter.gguf'), own);
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, own);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const open = page.getByRole('button', { name: /Open a model file/ });
  // Again and again, so that one of them meets the load of the first model.
  for (let count = 0; count < 5; count++) await open.click();
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await ask(page, 'Hello there');
  await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
});

test('the engine goes when the app is killed', async ({ launch }) => {
  const { app, page } = await launch();
  await ask(page, 'Hello');
  await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
  const [engine] = await pidsOf(app, 'Lull engine');
  if (engine === undefined) throw new Error('no engine process');
  app.process().kill('SIGKILL');
  await expect.poll(() => isAlive(engine), { timeout: 5_000 }).toBe(false);
});

test('keeps an answer that was being written when the app was killed', async ({ launch }) => {
  const { app, page } = await launch();
  await ask(page, LONG);
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText(
    /In the heart(\W+\w+){40}/,
  );
  app.process().kill('SIGKILL');
  const again = await launch();
  await again.page.getByRole('button', { name: /^Write a very long story/ }).click();
  await expect(
    again.page.getByText('Lull was closed before this answer was finished.'),
  ).toBeVisible();
});

test('sets damaged conversations aside and says so', async ({ folder, launch }) => {
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'chats.sqlite'), 'not a database '.repeat(500));
  writeFileSync(join(data, 'settings.json'), '{"theme":');
  const { app, page } = await launch();
  await expect(page.getByText('The file with your conversations is damaged')).toBeVisible();
  await expect(page.getByText('Your settings were damaged')).toBeVisible();
  await photograph(app, page, '9-damaged');
  expect(readdirSync(data).some((name) => name.startsWith('chats.sqlite.damaged-'))).toBe(true);
  expect(readdirSync(data)).toContain('settings.json.damaged');
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  await dismiss.first().click();
  await expect(dismiss).toHaveCount(1);
  await dismiss.click();
  await expect(page.getByText('is damaged')).toHaveCount(0);
});

test('chats on when the port is taken, and says so', async ({ launch }) => {
  const squatter = createServer();
  await new Promise<void>((listening) => squatter.listen(0, '127.0.0.1', listening));
  const address = squatter.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { page } = await launch({ args: [`--port=${address.port}`] });
  await expect(page.getByText('Another program already uses the endpoint’s port.')).toBeVisible();
  await ask(page, 'What is the capital of France?');
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText(/\w+/);
  squatter.close();
});

test('a second copy on the same folder shows the first and goes', async ({ folder, launch }) => {
  const { app } = await launch();
  const { code, err } = await runLull(folder, []).ended;
  expect(code).toBe(0);
  expect(err).toContain('already runs');
  expect(app.windows()).toHaveLength(1);
});

test('a data folder that cannot be written is named', async ({ folder }) => {
  const data = join(folder, 'locked');
  mkdirSync(data);
  chmodSync(data, 0o500);
  const { code, err } = await runLull(folder, ['--headless'], { dataFolder: data }).ended;
  expect(code).toBe(1);
  expect(err).toContain('Lull cannot read or write its data folder.');
  expect(err).toContain(data);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
