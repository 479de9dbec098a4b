/** What Lull costs while nobody does anything with it: processor time of all of its processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTimes, spentMs } from './app/processes.ts';
import { isSetUp, startQuietApp, waitUntil, type QuietApp } from './app/quiet-app.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';

const FULL = { seconds: 300, rounds: 1 };
const QUICK = { seconds: 30, rounds: 1 };
/** Set-up, the first drawing and the looks that come a moment after the start are over by then. */
const SETTLE_MS = 30_000;

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
    const app = await startQuietApp(join(folder, String(round)));
    try {
      await waitUntil(() => isSetUp(app));
      add('window open', await watch(app, seconds));
      await setHidden(app, true);
      add('window hidden', await watch(app, seconds));
      await setEarning(app);
      add('window hidden, earning on and waiting', await watch(app, seconds));
      await setHidden(app, false);
      add('window open, earning on and waiting', await watch(app, seconds));
    } finally {
      await app.stop();
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

async function watch({ pid }: QuietApp, seconds: number): Promise<Shares> {
  await sleep(SETTLE_MS);
  const before = processTimes(pid);
  const startMs = performance.now();
  await sleep(seconds * 1_000);
  const spent = spentMs(before, processTimes(pid));
  const elapsedMs = performance.now() - startMs;
  return new Map([...spent].map(([kind, ms]) => [kind, (ms / elapsedMs) * 100]));
}

async function setHidden(app: QuietApp, hidden: boolean): Promise<void> {
  const windows = 'electron.BrowserWindow.getAllWindows()';
  await app.inMain(`${windows}.forEach((each) => each.${hidden ? 'hide' : 'show'}())`);
}

/** As the owner would, with the policy that Lull begins with: nothing is served while somebody is here. */
async function setEarning(app: QuietApp): Promise<void> {
  const ok = await app.inPage(`lull.command['earn.setOn']({ on: true }).then(({ ok }) => ok)`);
  if (ok !== true) throw new Error('earning could not be turned on');
}
