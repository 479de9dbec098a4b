/** What a relay costs beyond the engine: two nodes over real sockets, against the same engine asked directly. */
import { existsSync } from 'node:fs';
import type { Asking } from '../../electron/app/practice-ask.ts';
import { createEngineSupervisor } from '../../electron/engine/engine-supervisor.ts';
import type { Engine } from '../../electron/engine/ports.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../electron/protocol/generate.ts';
import type { Offer } from '../../electron/relay/application.ts';
import { isGoodReceipt } from '../../electron/protocol/verify-receipt.ts';
import { cpuMsOf, ownCpuMs } from '../fakes/cpu-time.ts';
import { createForkedChildren } from '../fakes/fork-child.ts';
import { createMemoryLog } from '../fakes/memory-log.ts';
import { servedModel, startRelayNet, type RelayNet } from '../fakes/relay-net.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { collectSamples, type Reading } from './relay/samples.ts';

const STREAMS = [1, 4];
const LENGTHS = { short: 64, long: 256 };
const SEQUENCES = 4;
const CONTEXT_TOKENS = 2_048;
/** Requests of each kind in a round, divisible by the streams; before, all of them are asked so many times. */
const FULL = { rounds: 7, requests: 8, warmUps: 10 };
const QUICK = { rounds: 1, requests: 4, warmUps: 1 };
const WARM_UP_ROUNDS = 1;
const MAX_TRIES = 200;

/** Asks once. @returns when the first token came and how many there were */
type Ask = (
  request: GenerateRequest,
) => Promise<{ readonly firstMs: number; readonly tokens: number }>;

export const bench: Bench = {
  name: 'relay',
  about:
    'processor time and first token of a relay between two nodes on a warm session, against the same engine process ' +
    'asked directly by the same main process',
  run,
};

async function run(options: BenchOptions): Promise<BenchResult> {
  if (!existsSync('/proc/self/schedstat')) throw new Error('this bench reads /proc: Linux only');
  const engines = createForkedChildren('engine');
  const engine = createEngineSupervisor({
    spawn: engines.spawn,
    clock: systemClock,
    log: createMemoryLog(),
  });
  let net: RelayNet | null = null;
  try {
    await load(engine);
    net = await startRelayNet(
      { generate: ({ ggufSha256: _file, ...request }, signal) => engine.generate(request, signal) },
      servedModel({ contextTokens: CONTEXT_TOKENS }),
    );
    return await compare(net, engine, options);
  } finally {
    await net?.dispose();
    engine.dispose();
    await engines.dispose();
  }
}

async function compare(
  net: RelayNet,
  engine: Engine,
  { quick, log }: BenchOptions,
): Promise<BenchResult> {
  const { rounds, requests, warmUps } = quick ? QUICK : FULL;
  // A session lasts for an epoch: the card and the quote behind it are no part of a relay.
  const offer = await net.asking.offer();
  const sides = { ours: overRelay(net.asking, offer), peer: direct(engine) };
  const questions = await findQuestions(sides.peer, requests, LENGTHS.long);
  for (let count = 0; count < warmUps; count += 1) {
    await measure(net, sides.ours, shortened(questions, LENGTHS.short), SEQUENCES);
  }
  const samples = await collectSamples(
    { streams: STREAMS, ...LENGTHS, rounds, warmUpRounds: WARM_UP_ROUNDS },
    (side, streams, maxTokens) =>
      measure(net, sides[side], shortened(questions, maxTokens), streams),
    log,
  );
  return {
    name: 'relay',
    config: {
      ...{ model: 'starter', backend: 'cpu', threads: 1, sequences: SEQUENCES },
      ...{ rounds, requests, temperature: 0, contextTokens: CONTEXT_TOKENS },
      counted:
        'main, both edge processes and both signers; the chain is asked once a minute and left out',
    },
    samples,
    unit: 'ms',
    warmUp: `${String(warmUps * requests)} relays, and a whole round on both sides`,
  };
}

async function load(engine: ReturnType<typeof createEngineSupervisor>): Promise<void> {
  engine.use({
    modelPath: STARTER_PATH,
    modelVersion: '1',
    backend: 'cpu',
    deviceIndex: null,
    device: null,
    isBackground: false,
    threads: 1,
    sequences: SEQUENCES,
    contextTokens: CONTEXT_TOKENS,
  });
  await engine.load();
}

/** Greedy, so that both sides write the same; only stories that the model does not end by itself. */
async function findQuestions(
  ask: Ask,
  count: number,
  maxTokens: number,
): Promise<readonly GenerateRequest[]> {
  const found: GenerateRequest[] = [];
  for (let number = 1; found.length < count; number += 1) {
    const text = `Write a long story, number ${String(number)}.`;
    const sampling = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };
    const request: GenerateRequest = {
      turns: [{ role: 'user', text }],
      sampling,
      maxTokens,
      stop: [],
    };
    if ((await ask(request)).tokens === maxTokens) found.push(request);
    if (number > MAX_TRIES) throw new Error('the model ends its stories too early');
  }
  return found;
}

function shortened(
  questions: readonly GenerateRequest[],
  maxTokens: number,
): readonly GenerateRequest[] {
  return questions.map((question) => ({ ...question, maxTokens }));
}

function overRelay(asking: Asking, offer: Offer): Ask {
  return async (request) => {
    const startMs = performance.now();
    let firstMs = 0;
    let tokens = 0;
    for await (const event of asking.ask(offer, request, new AbortController().signal)) {
      if (event.type === 'tokens') {
        if (tokens === 0) firstMs = performance.now() - startMs;
        tokens += event.tokenIds.length;
      } else if (event.type === 'end' && !isGoodReceipt(event.checks)) {
        throw new Error('a receipt does not hold');
      }
    }
    return { firstMs, tokens };
  };
}

function direct(engine: Engine): Ask {
  return async (request) => {
    const startMs = performance.now();
    let firstMs = 0;
    let tokens = 0;
    for await (const event of engine.generate(request, new AbortController().signal)) {
      if (event.type !== 'tokens') continue;
      if (tokens === 0) firstMs = performance.now() - startMs;
      tokens += event.tokenIds.length;
    }
    return { firstMs, tokens };
  };
}

async function measure(
  { server, asker }: RelayNet,
  ask: Ask,
  requests: readonly GenerateRequest[],
  streams: number,
): Promise<Reading> {
  const pids = [server, asker].flatMap(({ process, signer }) => [process().pid, signer().pid]);
  const cpuMs = (): number => {
    const others = pids.map((pid) => (pid === undefined ? 0 : cpuMsOf(pid)));
    return others.reduce((sum, ms) => sum + ms, ownCpuMs());
  };
  const before = cpuMs();
  const firstMs: number[] = [];
  for (let at = 0; at < requests.length; at += streams) {
    const answers = await Promise.all(requests.slice(at, at + streams).map(ask));
    for (const [index, answer] of answers.entries()) {
      const wanted = requests[at + index]?.maxTokens;
      if (answer.tokens !== wanted)
        throw new Error(`an answer had ${String(answer.tokens)} tokens`);
      firstMs.push(answer.firstMs);
    }
  }
  const cpuMsPerRequest = (cpuMs() - before) / requests.length;
  return { cpuMsPerRequest, firstMs };
}
