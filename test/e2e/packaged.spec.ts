/** The packaged app: locked by its fuses, holding only what belongs in it, and answering. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { listPackage } from '@electron/asar';
import { getCurrentFuseWire } from '@electron/fuses';
import { chromium, expect } from '@playwright/test';
import { z } from 'zod';
import { ask, environment, test } from './app.ts';

const WITHOUT_SCREEN = ['--ozone-platform=headless', '--disable-gpu'];
const run = promisify(execFile);

/** Fuses by their place on the wire: is each one on? */
const FUSES = {
  0: { name: 'RunAsNode', on: false },
  1: { name: 'CookieEncryption', on: true },
  2: { name: 'NodeOptionsEnvironmentVariable', on: false },
  3: { name: 'NodeCliInspectArguments', on: false },
  4: { name: 'EmbeddedAsarIntegrityValidation', on: true },
  5: { name: 'OnlyLoadAppFromAsar', on: true },
  6: { name: 'LoadBrowserProcessSpecificV8Snapshot', on: false },
  7: { name: 'GrantFileProtocolExtraPrivileges', on: false },
  8: { name: 'WasmTrapHandlers', on: true },
} as const;
const ON = '1';
const OFF = '0';

const readyLine = z.object({ endpoint: z.url(), tokenPath: z.string() });
const demoLine = z.object({
  answer: z.object({ text: z.string() }),
  price: z.object({ charged: z.string() }),
  balances: z.object({ after: z.object({ credit: z.string() }) }),
});

const completion = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
});

/** Made by the test runner: this account may not be the one that can. */
const folder = process.env['LULL_PACKAGE'] ?? '';
const program = join(folder, 'lull');

test.beforeAll(() => {
  expect(folder, 'LULL_PACKAGE is set by "npm test -- --only e2e"').not.toBe('');
});

test('19: every fuse is as stated', async () => {
  const wire: Readonly<Record<string, unknown>> = { ...(await getCurrentFuseWire(program)) };
  const places = Object.keys(wire).filter((key) => /^\d+$/.test(key));
  const found = places.map((place) => [place, String.fromCharCode(Number(wire[place]))]);
  const stated = Object.entries(FUSES).map(([place, fuse]) => [place, fuse.on ? ON : OFF]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(stated));
});

test('28: it holds the app and one system’s engine, and no sources, tests or CUDA', () => {
  const files = listPackage(join(folder, 'resources', 'app.asar'), { isPack: false });
  expect(files).toContain('/dist/electron/main.js');
  expect(files).toContain('/dist/electron/preload.cjs');
  expect(files).toContain('/dist/renderer/index.html');
  expect(files.some((file) => /linux-x64\/.*llama-addon\.node$/.test(file))).toBe(true);
  const foreign =
    /\.map$|\.tsx?$|\.env$|\/test\/|cuda.*\.(so|node)|(win|mac|arm64|armv7l).*\.node$|gitRelease\.bundle|^\/(electron|renderer|scripts)\//;
  expect(files.filter((file) => foreign.test(file))).toEqual([]);
  const icons = ['icons/lull.png', 'icons/tray/off-24.png', 'icons/tray/servingTemplate@2x.png'];
  for (const name of ['starter.gguf', 'LICENSE.txt', 'THIRD_PARTY_NOTICES.txt', ...icons]) {
    expect(existsSync(join(folder, 'resources', name)), name).toBe(true);
  }
  expect(existsSync(join(folder, 'resources', 'default_app.asar'))).toBe(false);
});

test('the notices name every package inside, and who wrote the engine', () => {
  const files = listPackage(join(folder, 'resources', 'app.asar'), { isPack: false });
  const notices = readFileSync(join(folder, 'resources', 'THIRD_PARTY_NOTICES.txt'), 'utf8');
  const manifest = /node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;
  const packages = files.flatMap((file) => manifest.exec(file)?.[1] ?? []);
  expect(packages).toContain('node-llama-cpp');
  expect(packages.filter((name) => !notices.includes(`\n${name} `))).toEqual([]);
  expect(notices).toMatch(/Copyright \(c\) 2023-\d{4} The ggml authors/);
});

test('19: it cannot be turned into a bare Node', async () => {
  const { stdout } = await run(program, ['--help', ...WITHOUT_SCREEN], {
    env: { ...environment(), ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--print=41+1' },
  });
  expect(stdout).toContain('lull chat');
  expect(stdout).not.toContain('--eval');
});

test('it answers a question without a window', async ({ folder: own }) => {
  const places = [`--data-dir=${join(own, 'data')}`, `--cache-dir=${join(own, 'cache')}`];
  const args = ['--headless', '--json', '--port=0', ...places, ...WITHOUT_SCREEN];
  const lull = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: environment() });
  try {
    const { endpoint, tokenPath } = readyLine.parse(JSON.parse(await firstLine(lull)));
    const response = await fetch(`${endpoint}/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readFileSync(tokenPath, 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model: 'lull-default',
        temperature: 0,
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
      }),
    });
    const answer = completion.parse(await response.json());
    expect(answer.choices[0].message.content).toBe('The capital of France is Paris.');
  } finally {
    const gone = once(lull, 'close');
    lull.kill('SIGTERM');
    await gone;
  }
  expect(lull.exitCode).toBe(0);
});

test('it runs the whole practice loop: chain, peers and contract are inside', async () => {
  const args = ['demo', '--json', ...WITHOUT_SCREEN];
  const lull = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: environment() });
  const gone = once(lull, 'close');
  const report = demoLine.parse(JSON.parse(await firstLine(lull)));
  expect(report.answer.text).toBe('The capital of France is Paris.');
  expect(report.balances.after.credit).toBe(report.price.charged);
  await gone;
  expect(lull.exitCode).toBe(0);
});

test('its window chats', async ({ folder: own }) => {
  const places = [`--data-dir=${join(own, 'data')}`, `--cache-dir=${join(own, 'cache')}`];
  // The fuses keep the usual driver out, so its page is reached as any Chromium's.
  const args = ['--disable-gpu', '--remote-debugging-port=0', '--port=0', ...places];
  const lull = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment() });
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(lull));
    const page = browser.contexts()[0]?.pages()[0];
    if (!page) throw new Error('no window');
    await page.getByRole('button', { name: 'Start chatting' }).click();
    await expect(page.getByText('What would you like to ask?')).toBeVisible({ timeout: 60_000 });
    await ask(page, 'What is the capital of France?');
    await expect(page.getByRole('article', { name: 'Answer' })).toContainText(
      'The capital of France is Paris.',
    );
  } finally {
    const gone = once(lull, 'close');
    lull.kill('SIGTERM');
    await gone;
  }
  expect(lull.exitCode).toBe(0);
});

async function debuggingAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('standard error is not piped');
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('it ended without saying where it can be reached');
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('standard output is not piped');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`it ended without a line, with code ${child.exitCode ?? child.signalCode}`);
}
