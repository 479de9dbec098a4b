/** What Lull costs while nobody does anything with it: processor time of all of its processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTimes, spentMs } from './app/processes.ts';
import { startApp, type RunningApp } from './app/start-app.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';

const FULL = { seconds: 300, rounds: 1 };
const QUICK = { seconds: 30, rounds: 1 };
/** Set-up, the first drawing and the looks that come a moment after the start are over by then. */
const SETTLE_MS = 20_000;
const TIMEOUT_MS = 120_000;

type Shares = ReadonlyMap<string, number>;

export const bench: Bench = {
  name: 'idle',
  about:
    'processor time of the running app, in percent of a core: window open and hidden, earning off and waiting',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'lull-bench-idle-'));
    try {
      return await measure(folder, options);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function measure(folder: string, { quick, log }: BenchOptions): Promise<BenchResult> {
  const { seconds, rounds } = quick ? QUICK : FULL;
  const samples: Record<string, { ours: number[]; peer: number[] }> = {};
  const add = (label: string, shares: Shares): void => {
    const all = [...shares.values()].reduce((sum, share) => sum + share, 0);
    (samples[label] ??= { ours: [], peer: [] }).ours.push(all);
    const parts = [...shares].map(([kind, share]) => `${kind} ${share.toFixed(3)}`);
    log(`${label}: ${all.toFixed(3)} % (${parts.join(', ')})`);
  };
  for (let round = 0; round < rounds; round += 1) {
    const running = await startApp(join(folder, String(round)));
    try {
      await running.page
        .getByRole('textbox', { name: 'Your question' })
        .waitFor({ timeout: TIMEOUT_MS });
      add('window open', await watch(running, seconds));
      await setHidden(running, true);
      add('window hidden', await watch(running, seconds));
      await setEarning(running);
      add('window hidden, earning on and waiting', await watch(running, seconds));
      await setHidden(running, false);
      add('window open, earning on and waiting', await watch(running, seconds));
    } finally {
      await running.app.close();
    }
  }
  return {
    name: 'idle',
    config: {
      ...{ seconds, rounds, presence: 'away', settleSeconds: SETTLE_MS / 1_000 },
      screen: 'Xvfb without a GPU',
      counted: 'main and every process below it, all threads',
    },
    samples,
    unit: '% of a core',
    warmUp: `${String(SETTLE_MS / 1_000)} s after each change`,
  };
}

async function watch({ page, pid }: RunningApp, seconds: number): Promise<Shares> {
  await page.waitForTimeout(SETTLE_MS);
  const before = processTimes(pid);
  const startMs = performance.now();
  await page.waitForTimeout(seconds * 1_000);
  const spent = spentMs(before, processTimes(pid));
  const elapsedMs = performance.now() - startMs;
  return new Map([...spent].map(([kind, ms]) => [kind, (ms / elapsedMs) * 100]));
}

async function setHidden({ app }: RunningApp, hidden: boolean): Promise<void> {
  await app.evaluate(({ BrowserWindow }, hide) => {
    for (const window of BrowserWindow.getAllWindows()) {
      if (hide) window.hide();
      else window.show();
    }
  }, hidden);
}

/** As the owner would, with the policy that Lull begins with: nothing is served while somebody is here. */
async function setEarning({ page }: RunningApp): Promise<void> {
  const result: unknown = await page.evaluate(() => {
    const { lull } = window as unknown as {
      lull: { command: Record<string, (input: unknown) => Promise<unknown>> };
    };
    return lull.command['earn.setOn']?.({ on: true });
  });
  if (JSON.stringify(result)?.includes('"ok":true') !== true) {
    throw new Error(`earning could not be turned on: ${JSON.stringify(result)}`);
  }
}
