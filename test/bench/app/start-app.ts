/** Starts the real app for a bench, through Playwright, on folders that the bench names. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { DEFAULT_SETTINGS } from '../../../electron/app/settings.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const TIMEOUT_MS = 120_000;

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly pid: number;
  /** On the monotonic clock, in milliseconds, just before the process was started. */
  readonly startedAt: number;
}

/** @param args besides the data folder: the shared test model and any free port are given already. */
export async function startApp(
  dataFolder: string,
  args: readonly string[] = [],
): Promise<RunningApp> {
  const command = appCommand(dataFolder);
  const startedAt = performance.now();
  const app = await _electron.launch({
    executablePath: command.program,
    args: [...command.args, ...args],
    chromiumSandbox: true,
    env: command.env,
    timeout: TIMEOUT_MS,
  });
  const page = await app.firstWindow();
  const { pid } = app.process();
  if (pid === undefined) throw new Error('the app has no process');
  return { app, page, pid, startedAt };
}

export interface AppCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

export function appCommand(dataFolder: string): AppCommand {
  leaveWelcome(dataFolder);
  const cache = fromEnvironment('LULL_TEST_CACHE');
  const places = [`--data-dir=${dataFolder}`, `--cache-dir=${cache}`, '--port=0'];
  return {
    program: fromEnvironment('LULL_ELECTRON'),
    args: [ROOT, '--disable-gpu', ...places],
    env: environment(),
  };
}

/** As after the very first start: what is measured is what an owner sees every day. */
function leaveWelcome(dataFolder: string): void {
  const file = join(dataFolder, 'settings.json');
  if (existsSync(file)) return;
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(file, JSON.stringify({ ...DEFAULT_SETTINGS, hasBegun: true }));
}

/** Ours, less what would turn Electron into a bare Node. */
export function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
  );
  return Object.fromEntries(kept);
}

export function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this with "npm run bench -- NAME"`);
  return value;
}
