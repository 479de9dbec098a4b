/** How fast Lull's engine writes, against the library below it used directly. */
import { z } from 'zod';
import { createEngineSupervisor } from '../../electron/engine/engine-supervisor.ts';
import { type Engine } from '../../electron/engine/ports.ts';
import type { Child } from '../../electron/platform/child.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { createForkedChildren } from '../fakes/fork-child.ts';
import { createMemoryLog } from '../fakes/memory-log.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { DEFAULT_SAMPLING } from '../../electron/protocol/generate.ts';

const ranSchema = z.object({ tokens: z.number(), ms: z.number() });

const STREAMS = [1, 2, 4];
const SEQUENCES = 4;
const THREADS = 1;
const CONTEXT_TOKENS = 1024;
const FULL = { rounds: 9, maxTokens: 160 };
const QUICK = { rounds: 2, maxTokens: 40 };
const SAMPLING = { ...DEFAULT_SAMPLING, temperature: 0.8 };

interface Prompt {
  readonly text: string;
  readonly seed: number;
}

/** Writes one answer to each prompt, all at once. @returns tokens per second, all together */
type Writer = (prompts: readonly Prompt[], maxTokens: number) => Promise<number>;

export const bench: Bench = {
  name: 'engine',
  about:
    'Tokens per second of all streams together, on one processor thread with the test model: ' +
    "Lull's engine process against bare node-llama-cpp with its default batching.",
  run,
};

async function run({ quick, log }: BenchOptions): Promise<BenchResult> {
  const { rounds, maxTokens } = quick ? QUICK : FULL;
  const children = createForkedChildren('engine');
  const peers = createForkedChildren('../test/bench');
  try {
    const ours = await ourWriter(children.spawn);
    const peer = await peerWriter(peers.spawn('bare-peer-process', { name: 'peer' }));
    const samples: Record<string, { ours: number[]; peer: number[] }> = {};
    // Round 0 warms both up and is thrown away.
    for (let round = 0; round <= rounds; round += 1) {
      for (const streams of STREAMS) {
        const prompts = promptsFor(round, streams);
        const label = `${String(streams)} ${streams === 1 ? 'stream' : 'streams'}`;
        const sides = [
          ['ours', ours],
          ['peer', peer],
        ] as const;
        // Whoever goes first changes, so that neither always follows the other.
        for (const [side, write] of round % 2 === 0 ? sides : sides.toReversed()) {
          const speed = await write(prompts, maxTokens);
          const pair = (samples[label] ??= { ours: [], peer: [] });
          if (round > 0) pair[side].push(speed);
          log(`round ${String(round)}, ${label}, ${side}: ${speed.toFixed(0)} tokens/s`);
        }
      }
    }
    const config = {
      ...{ model: 'starter', backend: 'cpu', threads: THREADS, sequences: SEQUENCES },
      ...{ contextTokens: CONTEXT_TOKENS, maxTokens, rounds, temperature: SAMPLING.temperature },
    };
    const warmUp = 'one whole round of every label on both sides';
    return { name: 'engine', config, samples, unit: 'tokens/s', warmUp };
  } finally {
    await children.dispose();
    await peers.dispose();
  }
}

/** Both sides get the same questions and seeds, new ones in every round. */
function promptsFor(round: number, streams: number): readonly Prompt[] {
  return Array.from({ length: streams }, (_, stream) => ({
    text: `Write a long story, number ${String(round)} of chapter ${String(stream)}.`,
    seed: round * 100 + stream,
  }));
}

async function ourWriter(
  spawn: Parameters<typeof createEngineSupervisor>[0]['spawn'],
): Promise<Writer> {
  const engine = createEngineSupervisor({ spawn, clock: systemClock, log: createMemoryLog() });
  engine.use({
    modelPath: STARTER_PATH,
    modelVersion: '1',
    backend: 'cpu',
    deviceIndex: null,
    device: null,
    isBackground: false,
    threads: THREADS,
    sequences: SEQUENCES,
    contextTokens: CONTEXT_TOKENS,
  });
  await engine.load();
  return async (prompts, maxTokens) => {
    const startMs = performance.now();
    const counts = await Promise.all(prompts.map((prompt) => write(engine, prompt, maxTokens)));
    return perSecond(sum(counts), performance.now() - startMs);
  };
}

async function write(engine: Engine, { text, seed }: Prompt, maxTokens: number): Promise<number> {
  const request = {
    turns: [{ role: 'user', text }] as const,
    sampling: { ...SAMPLING, seed },
    maxTokens,
    stop: [],
  };
  let count = 0;
  for await (const event of engine.generate(request, new AbortController().signal)) {
    if (event.type === 'tokens') count += event.tokenIds.length;
  }
  return count;
}

async function peerWriter(child: Child): Promise<Writer> {
  const ask = (task: object) =>
    new Promise<unknown>((resolve, reject) => {
      const stopExit = child.onExit((code) => {
        reject(new Error(`the peer ended with code ${String(code)}`));
      });
      const stopMessage = child.onMessage((message) => {
        stopExit();
        stopMessage();
        resolve(message);
      });
      child.post(task);
    });
  await ask({
    ...{ type: 'load', modelPath: STARTER_PATH, threads: THREADS },
    ...{ sequences: SEQUENCES, contextTokens: CONTEXT_TOKENS },
  });
  return async (prompts, maxTokens) => {
    const { temperature, topP, topK, minP } = SAMPLING;
    const task = { type: 'run', prompts, maxTokens, temperature, topP, topK, minP };
    const { tokens, ms } = ranSchema.parse(await ask(task));
    return perSecond(tokens, ms);
  };
}

function perSecond(tokens: number, ms: number): number {
  return (tokens / ms) * 1000;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
