/** What Lull costs while nobody does anything with it: processor time of all of its processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTimes, spentMs } from './app/processes.ts';
import { isSetUp, startQuietApp, waitUntil, type QuietApp } from './app/quiet-app.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { connectOwner } from './giveback/x11-owner-adapter.ts';

const SECONDS = { full: 300, quick: 30 } as const;
/** What an owner sets off is over by then: set-up, the looks after a start, and a keyring that nobody needs. */
const SETTLE_MS = { full: 90_000, quick: 30_000 } as const;

/** Somebody is at the computer: within the five minutes after which they count as away. */
const MOVES_MS = 60_000;

interface Condition {
  readonly isHidden: boolean;
  /** Null for off. */
  readonly earns: 'away' | 'always' | null;
}

const CONDITIONS: Readonly<Record<string, Condition>> = {
  'window open': { isHidden: false, earns: null },
  'window hidden': { isHidden: true, earns: null },
  'window open, earning on, owner there': { isHidden: false, earns: 'away' },
  'window hidden, earning on, owner there': { isHidden: true, earns: 'away' },
  'window hidden, ready for questions': { isHidden: true, earns: 'always' },
};

type Shares = ReadonlyMap<string, number>;

export const bench: Bench = {
  name: 'idle',
  about:
    'processor time of the running app, in percent of a core: window open and hidden, earning off, waiting and ready',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'lull-bench-idle-'));
    const owner = await connectOwner(process.env['DISPLAY'] ?? ':0');
    const moving = setInterval(owner.move, MOVES_MS);
    try {
      return await measure(folder, options);
    } finally {
      clearInterval(moving);
      owner.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

/** A copy of Lull for each condition, all at once: none of them does enough to be in the others' way. */
async function measure(folder: string, { quick, log }: BenchOptions): Promise<BenchResult> {
  const length = quick ? 'quick' : 'full';
  const plan = { seconds: SECONDS[length], settleMs: SETTLE_MS[length] };
  const all = await Promise.all(
    Object.entries(CONDITIONS).map(async ([label, condition], index) => {
      const shares = await idle(join(folder, String(index)), condition, plan);
      const sum = [...shares.values()].reduce((total, share) => total + share, 0);
      const parts = [...shares].map(([kind, share]) => `${kind} ${share.toFixed(3)}`);
      log(`${label}: ${sum.toFixed(3)} % (${parts.join(', ')})`);
      return [label, { ours: [sum], peer: [] }] as const;
    }),
  );
  return {
    name: 'idle',
    config: {
      ...{ seconds: plan.seconds, mouse: 'moves once a minute' },
      screen: 'Xvfb without a GPU',
      copies: 'one for each condition, side by side',
      counted: 'main and every process below it, all threads',
    },
    samples: Object.fromEntries(all),
    unit: '% of a core',
    warmUp: `${String(plan.settleMs / 1_000)} s after set-up`,
  };
}

interface Plan {
  readonly seconds: number;
  readonly settleMs: number;
}

async function idle(folder: string, condition: Condition, plan: Plan): Promise<Shares> {
  const app = await startQuietApp(folder);
  try {
    await waitUntil(() => isSetUp(app));
    if (condition.earns !== null) await setEarning(app, condition.earns);
    if (condition.isHidden) await hide(app);
    await sleep(plan.settleMs);
    return await watch(app, plan.seconds);
  } finally {
    await app.stop();
  }
}

async function watch({ pid }: QuietApp, seconds: number): Promise<Shares> {
  const before = processTimes(pid);
  const startMs = performance.now();
  await sleep(seconds * 1_000);
  const spent = spentMs(before, processTimes(pid));
  const elapsedMs = performance.now() - startMs;
  return new Map([...spent].map(([kind, ms]) => [kind, (ms / elapsedMs) * 100]));
}

async function hide(app: QuietApp): Promise<void> {
  await app.inMain('electron.BrowserWindow.getAllWindows().forEach((each) => each.hide())');
}

async function setEarning(app: QuietApp, presence: 'away' | 'always'): Promise<void> {
  const run = (name: string, input: string): Promise<unknown> =>
    app.inPage(`lull.command['${name}'](${input}).then(({ ok }) => ok)`);
  const isSet = await run('earn.setPresence', `{ presence: '${presence}' }`);
  const isOn = await run('earn.setOn', '{ on: true }');
  if (isSet !== true || isOn !== true) throw new Error('earning could not be turned on');
}
