/** Tries of the whole way back: a real key or mouse move, the governor that sees it, the engine that stands still. */
import { createGovernor } from '../../../electron/governor/governor.ts';
import type { Governor } from '../../../electron/governor/ports.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createDeferred } from '../../../electron/platform/deferred.ts';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../../electron/protocol/generate.ts';
import { createFakeActuators, READY_NODE } from '../../fakes/fake-actuators.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createChooser } from '../../fakes/step-queue.ts';
import type { BusyCores } from '../engine/busy-cores.ts';
import { sharedMs } from '../gate/shared-clock.ts';
import type { BenchEngine } from './bench-engine.ts';
import { createX11Sensors } from './x11-idle.ts';
import type { X11Owner } from './x11-owner-adapter.ts';

export type Phase = 'prefill' | 'decode';

export interface TryOptions {
  readonly phase: Phase;
  readonly tries: number;
  readonly promptWords: number;
  /** What else computes from well before the input on; before, it only makes a try take ten times as long. */
  readonly busy: BusyCores | null;
}

export interface GiveBacks {
  /** From the input until the last evaluation ended, in milliseconds. */
  readonly freeMs: readonly number[];
  /** From the input until the governor had told the engine. */
  readonly decidedMs: readonly number[];
  /** Engines that were killed because they did not stand still in time. */
  readonly killed: number;
}

/** Longer than the governor's look, so that a try comes at any moment of it. */
const WITHIN_MS = 400;
/** Longer than a step takes when others have the cores, so that the step a try comes into began beside them. */
const BUSY_BEFORE_MS = 1_500;
const SEED = 20_261_120;

export async function giveBacks(
  bench: BenchEngine,
  owner: X11Owner,
  { phase, tries, promptWords, busy }: TryOptions,
): Promise<GiveBacks> {
  const draw = createChooser(SEED);
  const freeMs: number[] = [];
  const decidedMs: number[] = [];
  let killed = 0;
  for (let round = 0; freeMs.length < tries; round += 1) {
    busy?.rest();
    const way = watchedGovernor(bench, owner);
    try {
      const relay = follow(bench, way.governor, request(phase, round, promptWords));
      await relay.reached(phase === 'prefill' ? 'start' : 'tokens');
      busy?.resume();
      await wait((busy === null ? 0 : BUSY_BEFORE_MS) + draw(WITHIN_MS));
      if (relay.isPast(phase)) {
        relay.cancel();
        await relay.over;
        continue;
      }
      const actedMs = sharedMs();
      owner.act();
      // An answer that is complete before anybody looked gives nothing back.
      if (!(await relay.over)) continue;
      const { toldMs, stillMs, wasKilled } = await way.stillness;
      freeMs.push(Math.max(0, stillMs - actedMs));
      decidedMs.push(toldMs - actedMs);
      if (wasKilled) killed += 1;
    } finally {
      way.governor.dispose();
    }
  }
  busy?.resume();
  return { freeMs, decidedMs, killed };
}

/** @returns milliseconds from the release in the middle of an answer until the process is gone and its memory back */
export async function releases(
  bench: BenchEngine,
  tries: number,
  promptWords: number,
): Promise<number[]> {
  const { engine } = bench;
  const samples: number[] = [];
  while (samples.length < tries) {
    await engine.paceRelays(1);
    const asked = { ...request('decode', samples.length, promptWords), relay: { duty: 1 } };
    const begun = createDeferred<undefined>();
    const read = async (): Promise<void> => {
      try {
        for await (const { type } of engine.generate(asked, new AbortController().signal)) {
          if (type === 'tokens') begun.resolve(undefined);
        }
      } catch (error) {
        begun.resolve(undefined);
        if (!isOwnersReturn(error)) throw error;
      }
    };
    const over = read();
    await begun.promise;
    // As the governor does it: first the engine stands still.
    await engine.paceRelays(0);
    const beganMs = sharedMs();
    await engine.release();
    samples.push(sharedMs() - beganMs);
    await over;
  }
  return samples;
}

interface Stillness {
  readonly toldMs: number;
  readonly stillMs: number;
  readonly wasKilled: boolean;
}

/** A governor that has just begun to serve, before an owner who has been away for an hour. */
function watchedGovernor(bench: BenchEngine, owner: X11Owner) {
  const { engine } = bench;
  const stillness = createDeferred<Stillness>();
  stillness.promise.catch(() => undefined);
  const pace = async (share: number): Promise<void> => {
    const toldMs = sharedMs();
    await engine.paceRelays(share);
    if (share > 0) return;
    const stood = bench.takeStood();
    if (stood !== null && (stood.inFlight > 0 || stood.begunSince > 0)) {
      stillness.reject(new Error('the engine computed after it had said that it stands still'));
    }
    stillness.resolve({ toldMs, stillMs: stood?.atMs ?? sharedMs(), wasKilled: stood === null });
  };
  const log = createMemoryLog();
  const governor = createGovernor(
    {
      sensors: createX11Sensors(owner, systemClock.monotonicMs()),
      actuators: { ...createFakeActuators(), pace, release: engine.release },
      ...{ clock: systemClock, log },
      nodeFacts: () => ({ ...READY_NODE, holdsMemory: engine.pid !== undefined }),
      minuteOfWeek: () => 0,
      onStatus: () => undefined,
      onDecision: () => undefined,
      onGiveBack: () => undefined,
    },
    { isOn: true, policy: 'away', chosenBy: 'owner', settings: DEFAULT_GOVERNOR_SETTINGS },
  );
  return { governor, stillness: stillness.promise };
}

function request(phase: Phase, round: number, promptWords: number): GenerateRequest {
  // Every prompt begins in another way, so that nothing of it is known.
  const long = `${String(round)} ${'The ship went on. '.repeat(promptWords / 4)}`;
  const text = phase === 'prefill' ? long : 'Write a very long story about the sea.';
  return {
    turns: [{ role: 'user', text }],
    sampling: { ...DEFAULT_SAMPLING, temperature: 1.2, seed: round },
    maxTokens: null,
    stop: [],
  };
}

function follow({ engine }: BenchEngine, governor: Governor, asked: GenerateRequest) {
  const stop = new AbortController();
  const seen = new Set<string>();
  const starts = { start: createDeferred<undefined>(), tokens: createDeferred<undefined>() };
  /** @returns whether the owner's return ended it */
  const read = async (): Promise<boolean> => {
    try {
      for await (const { type } of governor.gate(engine).generate(asked, stop.signal)) {
        seen.add(type);
        if (type !== 'end') starts[type].resolve(undefined);
      }
      return false;
    } catch (error) {
      if (!isOwnersReturn(error)) throw error;
      return true;
    } finally {
      seen.add('end');
      for (const each of Object.values(starts)) each.resolve(undefined);
    }
  };
  const over = read();
  // Whoever waits for it hears of a failure, and not before the screen and the engine have been put away.
  over.catch(() => undefined);
  return {
    over,
    reached: (type: 'start' | 'tokens') => starts[type].promise,
    isPast: (phase: Phase) => seen.has('end') || (phase === 'prefill' && seen.has('tokens')),
    cancel() {
      stop.abort();
    },
  };
}

function isOwnersReturn(error: unknown): boolean {
  return error instanceof AppError && error.code === 'owner-returned';
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
