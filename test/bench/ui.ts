/** How heavy the window is on its own thread: a long chat is opened, and an answer streams into it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startApp, type RunningApp } from './app/start-app.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { codeOf, markdownOf, writeLongChat } from './ui/long-chat.ts';
import { quantile } from './ui/quantile.ts';
import { answerFrom } from './ui/scripted-answer.ts';
import { readTrace, TRACE_CATEGORIES, type PageTrace } from './ui/trace.ts';

const CHAT_TOKENS = 100_000;
const CHAT_MESSAGES = 120;
const TOKENS_PER_SECOND = 100;
const FULL = { rounds: 5, seconds: 30 };
const QUICK = { rounds: 1, seconds: 8 };
const MARK = 'piece';
/** Fewer mean that the trace was not that of the answer. */
const LEAST_PIECES = 100;
const TIMEOUT_MS = 120_000;
/** What the window may still do about the last step before the next is measured. */
const SETTLE_MS = 1_500;

type Row = Readonly<Record<string, number>>;

export const bench: Bench = {
  name: 'ui',
  about:
    'the page’s main thread while a chat of 100,000 tokens opens and an answer streams into it',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'lull-bench-ui-'));
    try {
      return await measure(folder, options);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function measure(folder: string, { quick, log }: BenchOptions): Promise<BenchResult> {
  const { rounds, seconds } = quick ? QUICK : FULL;
  const rows: Row[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const data = join(folder, String(round));
    mkdirSync(data);
    const title = writeLongChat(join(data, 'chats.sqlite'), CHAT_TOKENS, CHAT_MESSAGES);
    const running = await startApp(data);
    try {
      const opened = await openChat(running, folder, title);
      await markPieces(running.page);
      const tokens = seconds * TOKENS_PER_SECOND;
      const prose = await stream(running, folder, { what: 'mixed', text: markdownOf(tokens, 1) });
      const code = await stream(running, folder, { what: 'one code block', text: codeOf(tokens) });
      rows.push({ ...opened, ...prose, ...code });
    } finally {
      await running.app.close();
    }
    log(`round ${String(round)} of ${String(rounds)}: ${JSON.stringify(rows.at(-1))}`);
  }
  const labels = Object.keys(rows[0] ?? {});
  return {
    name: 'ui',
    config: {
      ...{ rounds, seconds, chatTokens: CHAT_TOKENS, chatMessages: CHAT_MESSAGES },
      tokensPerSecond: TOKENS_PER_SECOND,
      screen: 'Xvfb without a GPU',
      answer: 'main sends what its batcher would, so that no engine takes part of the processor',
    },
    samples: Object.fromEntries(
      labels.map((label) => [label, { ours: rows.map((row) => row[label] ?? NaN), peer: [] }]),
    ),
    unit: 'ms',
    warmUp: 'none: each round starts the app anew',
  };
}

async function openChat({ app, page }: RunningApp, folder: string, title: string): Promise<Row> {
  const entry = page.getByRole('list', { name: 'Conversations' }).getByText(title);
  await entry.waitFor({ timeout: TIMEOUT_MS });
  await page.waitForTimeout(SETTLE_MS);
  const trace = await traced({ app, page }, folder, async () => {
    await entry.click();
    await page.getByRole('article', { name: 'Answer' }).last().waitFor();
    await page.waitForTimeout(SETTLE_MS);
  });
  return {
    'opening: longest task': longest(trace, 'wallMs'),
    'opening: longest task, on the thread’s own clock': longest(trace, 'cpuMs'),
  };
}

/** Each piece leaves a mark in the trace. */
async function markPieces(page: Page): Promise<void> {
  await page.evaluate((mark) => {
    const { lull } = window as unknown as {
      lull: { on: Record<string, (listener: () => void) => void> };
    };
    lull.on['chat.delta']?.(() => performance.mark(mark));
  }, MARK);
}

interface Streamed {
  readonly what: string;
  readonly text: string;
}

async function stream(running: RunningApp, folder: string, { what, text }: Streamed): Promise<Row> {
  const { app, page } = running;
  await app.evaluate(answerFrom, { text, tokensPerSecond: TOKENS_PER_SECOND });
  await page.getByRole('textbox', { name: 'Your question' }).fill('Write a long report.');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('[aria-busy="true"]').waitFor();
  const trace = await traced(running, folder, () =>
    page.locator('[aria-busy="true"]').waitFor({ state: 'detached', timeout: TIMEOUT_MS }),
  );
  const chunks = trace.chunks();
  if (chunks.length < LEAST_PIECES) throw new Error(`only ${String(chunks.length)} were seen`);
  const wall = chunks.map(({ wallMs }) => wallMs);
  const cpu = chunks.map(({ cpuMs }) => cpuMs);
  return {
    [`${what}: longest task`]: longest(trace, 'wallMs'),
    [`${what}: longest task, on the thread’s own clock`]: longest(trace, 'cpuMs'),
    [`${what}: script and layout of a piece, median`]: quantile(wall, 0.5),
    [`${what}: script and layout of a piece, p99`]: quantile(wall, 0.99),
    [`${what}: script and layout of a piece, highest`]: quantile(wall, 1),
    [`${what}: script and layout of a piece, p99, on the thread’s own clock`]: quantile(cpu, 0.99),
  };
}

function longest({ tasks }: PageTrace, clock: 'wallMs' | 'cpuMs'): number {
  return Math.max(0, ...tasks.map((task) => task[clock]));
}

async function traced(
  { app }: Pick<RunningApp, 'app' | 'page'>,
  folder: string,
  work: () => Promise<void>,
): Promise<PageTrace> {
  const pid = await app.evaluate(async ({ contentTracing, BrowserWindow }, categories) => {
    await contentTracing.startRecording({ included_categories: [...categories] });
    return BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0;
  }, TRACE_CATEGORIES);
  await work();
  const path = join(folder, 'trace.json');
  await app.evaluate(({ contentTracing }, file) => contentTracing.stopRecording(file), path);
  return readTrace(readFileSync(path, 'utf8'), pid, MARK);
}
