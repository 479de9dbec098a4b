/** How long a person waits: from starting the process to a chat that takes text, and to the first token. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { closeAtOnce } from '../e2e/app.ts';
import { environment, fromEnvironment, startApp } from './app/start-app.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';

const ROUNDS = 15;
const QUICK_ROUNDS = 2;
const QUESTION = 'What is the capital of France?';
const TIMEOUT_MS = 120_000;

export const bench: Bench = {
  name: 'start',
  about: 'process start to a chat that takes text, against a bare Electron window on an empty page',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'lull-bench-start-'));
    try {
      return await measure(folder, options);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function measure(folder: string, options: BenchOptions): Promise<BenchResult> {
  const rounds = options.quick ? QUICK_ROUNDS : ROUNDS;
  const peerFolder = writePeer(folder);
  const chat: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  const firstToken: number[] = [];

  options.log('warm-up: a first conversation, and one start of the peer');
  await startAndAsk(folder, false);
  await startPeer(peerFolder);
  for (let round = 1; round <= rounds; round++) {
    const ours = await startAndAsk(folder, true);
    const peer = await startPeer(peerFolder);
    chat.ours.push(ours.chatMs);
    chat.peer.push(peer);
    firstToken.push(ours.firstTokenMs);
    options.log(
      `round ${round} of ${rounds}: ${ours.chatMs.toFixed(0)} ms, peer ${peer.toFixed(0)} ms`,
    );
  }
  return {
    name: 'start',
    config: { rounds, model: 'starter', screen: 'Xvfb without a GPU', driver: 'Playwright' },
    samples: {
      'chat input takes text, history shown': chat,
      'first token of the first answer': { ours: firstToken, peer: [] },
    },
    unit: 'ms after process start',
    warmUp: 'one start of each, thrown away; ours also wrote the history that is shown',
  };
}

async function startAndAsk(
  folder: string,
  hasHistory: boolean,
): Promise<{ readonly chatMs: number; readonly firstTokenMs: number }> {
  const { app, page, startedAt } = await startApp(join(folder, 'data'));
  try {
    const input = page.getByRole('textbox', { name: 'Your question' });
    await input.fill(QUESTION, { timeout: TIMEOUT_MS });
    if (hasHistory) {
      const history = page.getByRole('list', { name: 'Conversations' });
      await history.getByRole('listitem').first().waitFor();
    }
    const chatMs = performance.now() - startedAt;
    // Waits until the button is enabled: on the very first start that is after set-up.
    await page.getByRole('button', { name: 'Send' }).click({ timeout: TIMEOUT_MS });
    const answer = page.getByRole('article', { name: 'Answer' }).last();
    await answer.filter({ hasText: /[a-z]{2}/i }).waitFor({ timeout: TIMEOUT_MS });
    return { chatMs, firstTokenMs: performance.now() - startedAt };
  } finally {
    // The answer is still being written, and quitting would ask.
    await closeAtOnce(app);
  }
}

async function startPeer(folder: string): Promise<number> {
  const startedAt = performance.now();
  const app = await _electron.launch({
    executablePath: fromEnvironment('LULL_ELECTRON'),
    args: [folder, '--disable-gpu'],
    chromiumSandbox: true,
    env: environment(),
    timeout: TIMEOUT_MS,
  });
  try {
    const page = await app.firstWindow();
    await page.locator('body').waitFor({ state: 'attached' });
    return performance.now() - startedAt;
  } finally {
    await app.close();
  }
}

/** The least that Electron can do: a window on an empty page. */
function writePeer(folder: string): string {
  const peer = mkdtempSync(join(folder, 'peer-'));
  writeFileSync(join(peer, 'package.json'), '{ "name": "peer", "main": "main.cjs" }');
  const code = [
    "const { app, BrowserWindow } = require('electron');",
    `app.setPath('userData', ${JSON.stringify(join(peer, 'data'))});`,
    'app.enableSandbox();',
    "app.whenReady().then(() => new BrowserWindow().loadURL('about:blank'));",
  ];
  writeFileSync(join(peer, 'main.cjs'), code.join('\n'));
  return peer;
}
