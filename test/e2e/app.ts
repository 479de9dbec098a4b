/** Starts the real app for a test, each time on folders of its own. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { DEFAULT_SETTINGS, type Settings } from '../../electron/app/settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A folder that holds the built test model already; the newcomer's test uses an empty one instead. */
export const SHARED_CACHE = fromEnvironment('LULL_TEST_CACHE');
export const ELECTRON = fromEnvironment('LULL_ELECTRON');

export interface LaunchOptions {
  readonly dataFolder?: string;
  readonly cacheFolder?: string;
  /** False shows the welcome, as on the very first start; else it was left before, unless a file says otherwise. */
  readonly begun?: boolean;
  readonly args?: readonly string[];
  /** Added to what is passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Lull {
  readonly app: ElectronApplication;
  readonly page: Page;
}

interface Fixtures {
  /** A fresh, empty folder. */
  readonly folder: string;
  /** Starts a copy of Lull; all copies are closed when the test ends. */
  readonly launch: (options?: LaunchOptions) => Promise<Lull>;
}

export const test = base.extend<Fixtures>({
  // Playwright wants a pattern here, so it names one fixture that costs nothing.
  folder: async ({ browserName }, use) => {
    const folder = mkdtempSync(join(tmpdir(), `lull-e2e-${browserName}-`));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  launch: async ({ folder }, use) => {
    const apps: ElectronApplication[] = [];
    await use(async (options = {}) => {
      if (options.begun !== false) leaveWelcome(dataFolderOf(folder, options));
      const app = await _electron.launch({
        executablePath: ELECTRON,
        args: [ROOT, ...argumentsFor(folder, options)],
        env: { ...environment(), ...options.env },
        chromiumSandbox: true,
      });
      apps.push(app);
      return { app, page: await app.firstWindow() };
    });
    for (const app of apps) await closeAtOnce(app).catch(() => undefined);
  },
});

/** Quits in the middle of whatever it does: of every question that could come, the second answer is to quit. */
export async function closeAtOnce(app: ElectronApplication): Promise<void> {
  await app
    .evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
    })
    .catch(() => undefined);
  await app.close();
}

/** Writes a question and sends it as soon as Lull takes it. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
}

export function argumentsFor(folder: string, options: LaunchOptions): string[] {
  const data = dataFolderOf(folder, options);
  const cache = options.cacheFolder ?? SHARED_CACHE;
  return [
    '--disable-gpu',
    `--data-dir=${data}`,
    `--cache-dir=${cache}`,
    '--port=0',
    ...(options.args ?? []),
  ];
}

function dataFolderOf(folder: string, { dataFolder }: LaunchOptions): string {
  return dataFolder ?? join(folder, 'data');
}

/** As if the owner had pressed *Start chatting* in an earlier run; a data folder in use is left alone. */
export function leaveWelcome(dataFolder: string): void {
  const path = join(dataFolder, 'settings.json');
  if (existsSync(path)) return;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const settings: Settings = { ...DEFAULT_SETTINGS, hasBegun: true };
  writeFileSync(path, JSON.stringify(settings));
}

export function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
  );
  return Object.fromEntries(kept);
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests with "npm test -- --only e2e"`);
  return value;
}
