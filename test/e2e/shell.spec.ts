/** Around the window: closing it, the tray, starting hidden, a second start, and quitting in the middle of something. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { _electron, expect, type ElectronApplication, type Page } from '@playwright/test';
import { argumentsFor, ask, ELECTRON, environment, test as base } from './app.ts';
import { runLull } from './terminal.ts';
import { canMakePanel, startTrayPanel, type TrayPanel } from './tray-panel.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LONG = 'Write a very long story about a river, with many chapters.';
const BEGUN = 'In the heart of the night';

const test = base.extend<{ readonly panel: TrayPanel }>({
  panel: async ({ folder }, use, { skip }) => {
    skip(!canMakePanel(), 'there is no session bus to put a panel on');
    const panel = await startTrayPanel(folder);
    await use(panel);
    panel.dispose();
  },
});

/** The environment of a desktop whose panel shows tray icons; elsewhere than on Linux every desktop does. */
function withTray(folder: string): Record<string, string> {
  if (process.platform !== 'linux') return {};
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'gdbus'), '#!/bin/sh\necho "(<true>,)"\n');
  chmodSync(join(programs, 'gdbus'), 0o755);
  return {
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'no-bus')}`,
  };
}

/** From now on answers every question with the button of this name. */
async function answerWith(app: ElectronApplication, button: string): Promise<void> {
  await app.evaluate(({ dialog }, wanted) => {
    const asked: string[] = [];
    Object.assign(globalThis, { lullAsked: asked });
    dialog.showMessageBox = (...args: unknown[]) => {
      const options = args.at(-1) as Electron.MessageBoxOptions;
      asked.push(`${options.message} | ${options.detail ?? ''}`);
      const response = (options.buttons ?? []).indexOf(wanted);
      return Promise.resolve({ response, checkboxChecked: false });
    };
  }, button);
}

/** What has been asked since `answerWith`. */
function askedOf(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => (globalThis as { lullAsked?: string[] }).lullAsked ?? []);
}

async function closeWindow(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
}

function isVisible(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some((window) => window.isVisible()),
  );
}

/** Asks Lull to quit, as its menu does. */
async function quit(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ app: electron }) => {
    setTimeout(() => {
      electron.quit();
    }, 0);
  });
}

/** Resolves with the exit code once the process has gone. */
function ended(app: ElectronApplication): Promise<number | null> {
  const child = app.process();
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((gone) => {
    child.once('exit', gone);
  });
}

async function earn(page: Page, on: boolean): Promise<void> {
  const state = await page.evaluate(async (isOn) => {
    const { lull } = window as unknown as {
      lull: { command: Record<string, (input: unknown) => Promise<{ ok: boolean }>> };
    };
    return lull.command['earn.setOn']?.({ on: isOn });
  }, on);
  expect(state).toMatchObject({ ok: true });
}

test('closing the window while earning is on goes on in the tray, and says so once', async ({
  folder,
  launch,
}) => {
  const { app, page } = await launch({ env: withTray(folder) });
  await answerWith(app, 'Keep running');
  await earn(page, true);
  await closeWindow(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  await expect.poll(() => askedOf(app)).toHaveLength(1);
  expect((await askedOf(app))[0]).toContain('Lull keeps serving in the tray');
  // A second start brings it back, with the page as it was.
  const { code } = await runLull(folder, []).ended;
  expect(code).toBe(0);
  await expect.poll(() => isVisible(app)).toBe(true);
  await closeWindow(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  expect(await askedOf(app)).toHaveLength(1);
  const settings = JSON.parse(readFileSync(join(folder, 'data', 'settings.json'), 'utf8')) as {
    toldClosing: boolean;
  };
  expect(settings.toldClosing).toBe(true);
  await earn(page, false);
});

test('the tray says the state, turns earning on, pauses, and brings the window back', async ({
  launch,
  panel,
}) => {
  const { app } = await launch({ env: { DBUS_SESSION_BUS_ADDRESS: panel.address } });
  await answerWith(app, 'Keep running');
  const icon = await panel.icon;
  await expect
    .poll(icon.menu)
    .toEqual(['Not earning', '', 'Open Lull', 'Turn earning on', '', 'Quit Lull']);
  icon.click('Turn earning on');
  await expect.poll(icon.menu).toContain('Pause 1 hour');
  expect(icon.menu()[0]).not.toBe('Not earning');
  icon.click('Pause 1 hour');
  await expect.poll(icon.menu).toContain('Resume');
  expect(icon.menu()[0]).toMatch(/^Paused until \d\d:\d\d/);
  await closeWindow(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  icon.click('Open Lull');
  await expect.poll(() => isVisible(app)).toBe(true);
  icon.click('Resume');
  await expect.poll(icon.menu).toContain('Pause 1 hour');
  icon.click('Turn earning off');
  await expect.poll(() => icon.menu()[0]).toBe('Not earning');
  const gone = ended(app);
  // The network that earning started may still be at its first transactions.
  await answerWith(app, 'Quit now');
  icon.click('Quit Lull');
  expect(await gone).toBe(0);
});

test('closing the window of an idle Lull quits', async ({ folder, launch }) => {
  const { app } = await launch({ env: withTray(folder) });
  const gone = ended(app);
  await answerWith(app, 'Cancel');
  await closeWindow(app);
  expect(await gone).toBe(0);
});

test('without a tray Lull does not hide: closing the window quits though earning is on', async ({
  launch,
}) => {
  test.skip(process.platform !== 'linux', 'every other desktop has a tray');
  const { app, page } = await launch({
    env: { DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '' },
  });
  await earn(page, true);
  const gone = ended(app);
  await answerWith(app, 'Quit now');
  await closeWindow(app);
  expect(await gone).toBe(0);
});

test('starts hidden when the system starts it, and shows its window when it is started again', async ({
  folder,
}) => {
  const app = await _electron.launch({
    executablePath: ELECTRON,
    args: [ROOT, ...argumentsFor(folder, { args: ['--hidden'] })],
    env: { ...environment(), ...withTray(folder) },
    chromiumSandbox: true,
  });
  const waiting = app.waitForEvent('window');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  const { code } = await runLull(folder, []).ended;
  expect(code).toBe(0);
  const page = await waiting;
  await expect(page).toHaveTitle('Lull');
  await expect.poll(() => isVisible(app)).toBe(true);
  await app.close();
});

test('asks before quitting breaks off an answer, and stays when told to', async ({ launch }) => {
  const { app, page } = await launch();
  await ask(page, LONG);
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText(BEGUN);
  await answerWith(app, 'Cancel');
  await quit(app);
  await expect.poll(() => askedOf(app)).toHaveLength(1);
  expect((await askedOf(app))[0]).toContain('1 answer is being written.');
  expect(await isVisible(app)).toBe(true);
  const gone = ended(app);
  await answerWith(app, 'Quit now');
  await quit(app);
  expect(await gone).toBe(0);
});

test('finishes an answer first when told to, and quits by itself', async ({ launch }) => {
  const { app, page } = await launch();
  await ask(page, LONG);
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText(BEGUN);
  const gone = ended(app);
  await answerWith(app, 'Finish first');
  await quit(app);
  expect(await gone).toBe(0);
  const again = await launch();
  await again.page.getByRole('button', { name: /^Write a very long story/ }).click();
  await expect(again.page.getByRole('list', { name: 'About this answer' })).toBeVisible();
});

test('asks nobody when the system ends it', async ({ launch }) => {
  test.skip(process.platform === 'win32', 'there are no signals');
  const { app, page } = await launch();
  await ask(page, LONG);
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText(BEGUN);
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => new Promise(() => undefined);
  });
  const gone = ended(app);
  app.process().kill('SIGTERM');
  expect(await gone).toBe(0);
});
