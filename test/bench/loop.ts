/** How long main is held up while relays stream: one Lull serves, another asks it four questions at a time. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSetUp, startQuietApp, waitUntil, type QuietApp } from './app/quiet-app.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';

const STREAMS = 4;
const FULL = { rounds: 5, seconds: 30 };
const QUICK = { rounds: 1, seconds: 10 };
/** Node's sampler fires so often; how much later than that it fires is the delay. */
const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;
const QUESTION = 'Write a very long story about a river, with many chapters.';

interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export const bench: Bench = {
  name: 'loop',
  about:
    'delay of main’s event loop, of the one that serves and the one that asks, while four relays stream',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'lull-bench-loop-'));
    try {
      return await measure(folder, options);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function measure(folder: string, { quick, log }: BenchOptions): Promise<BenchResult> {
  const { rounds, seconds } = quick ? QUICK : FULL;
  const hostFolder = join(folder, 'host');
  const host = await startQuietApp(hostFolder, ['--presence=always']);
  const apps = [host];
  try {
    const info = join(hostFolder, 'practice.json');
    await waitUntil(() => Promise.resolve(existsSync(info)));
    const guest = await startQuietApp(join(folder, 'guest'), [`--join=${info}`]);
    apps.push(guest);
    await waitUntil(() => isSetUp(guest));
    const samples: Record<string, { ours: number[]; peer: [] }> = {};
    const add = (label: string, value: number): void => {
      (samples[label] ??= { ours: [], peer: [] }).ours.push(value);
    };
    await inPairs(apps, 'idle', seconds, add);
    await keepAsking(guest);
    await waitUntil(async () => (await streaming(host)) >= STREAMS);
    for (let round = 1; round <= rounds; round += 1) {
      const least = await inPairs(apps, `${String(STREAMS)} relays`, seconds, add);
      log(`round ${String(round)} of ${String(rounds)}: ${least}`);
      add('relays under way at the end of the round', await streaming(host));
    }
    return {
      name: 'loop',
      config: {
        ...{ rounds, seconds, streams: STREAMS, resolutionMs: RESOLUTION_MS, model: 'starter' },
        windows: 'both open, on Xvfb without a GPU',
        counted: 'what Node’s monitorEventLoopDelay reads beyond its own interval',
      },
      samples,
      unit: 'ms',
      warmUp: 'until four relays stream',
    };
  } finally {
    for (const app of apps.reverse()) await app.stop();
  }
}

/** Both mains are watched at once. @returns a line for a person */
async function inPairs(
  apps: readonly QuietApp[],
  what: string,
  seconds: number,
  add: (label: string, value: number) => void,
): Promise<string> {
  const delays = await Promise.all(apps.map((app) => watch(app, seconds)));
  const lines = delays.map(({ p50, p99, max }, index) => {
    const who = index === 0 ? 'serving' : 'asking';
    add(`${what}, ${who}: p50`, p50);
    add(`${what}, ${who}: p99`, p99);
    add(`${what}, ${who}: highest`, max);
    return `${who} p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, highest ${max.toFixed(1)} ms`;
  });
  return lines.join('; ');
}

async function watch(app: QuietApp, seconds: number): Promise<Delay> {
  const hooks = `process.getBuiltinModule('node:perf_hooks')`;
  await app.inMain(
    `(globalThis.loopDelay = ${hooks}.monitorEventLoopDelay({ resolution: ${String(RESOLUTION_MS)} })).enable()`,
  );
  await sleep(seconds * 1_000);
  const found = await app.inMain(
    `(globalThis.loopDelay.disable(), [50, 99, 100].map((part) => globalThis.loopDelay.percentile(part)))`,
  );
  const [p50 = NaN, p99 = NaN, max = NaN] = (Array.isArray(found) ? found : []).map((ns) =>
    Math.max(0, Number(ns) / NS_PER_MS - RESOLUTION_MS),
  );
  return { p50, p99, max };
}

/** The page asks in so many chats of its own; whenever an answer ends, it is asked for again. */
async function keepAsking(guest: QuietApp): Promise<void> {
  await guest.inPage(`{
    const ask = () => lull.command['chat.send']({
      conversationId: null, text: ${JSON.stringify(QUESTION)}, via: 'network',
    });
    lull.on['chat.end'](ask);
    for (let count = 0; count < ${String(STREAMS)}; count += 1) void ask();
  }`);
}

async function streaming(host: QuietApp): Promise<number> {
  const found = await host.inPage(
    `lull.command['app.snapshot']().then(({ value }) => value.status.relaysInFlight)`,
  );
  return Number(found);
}
