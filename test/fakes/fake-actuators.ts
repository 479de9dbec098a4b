/** Actuators that do what the test lets them, and facts of a node that is ready to serve. */
import type { Actuators, NodeFacts } from '../../electron/governor/ports.ts';

export interface FakeActuators extends Actuators {
  /** Everything that was asked for, in order: `pace 0.5`, `release`, `keepAwake true`, `limitPower 200`. */
  readonly calls: readonly string[];
  /** Whether the engine answers at once; otherwise `answer` does. */
  isPrompt: boolean;
  /** The same for the end of its process. */
  isMemoryPrompt: boolean;
  /** What fails while it is in here. */
  readonly broken: Set<'pace' | 'release' | 'keepAwake' | 'limitPower'>;
  pids: readonly number[];
  /** The engine has reached whatever was asked for last. */
  answer(): void;
  /** The memory is back. */
  free(): void;
}

export function createFakeActuators(): FakeActuators {
  const calls: string[] = [];
  let answers: (() => void)[] = [];
  let frees: (() => void)[] = [];
  const breakIf = (what: 'pace' | 'release' | 'keepAwake' | 'limitPower'): void => {
    if (fake.broken.has(what)) throw new Error(`${what} is broken`);
  };
  const fake: FakeActuators = {
    calls,
    isPrompt: true,
    isMemoryPrompt: true,
    broken: new Set(),
    pids: [],
    async pace(share) {
      calls.push(`pace ${String(share)}`);
      breakIf('pace');
      if (!fake.isPrompt) await new Promise<void>((resolve) => answers.push(resolve));
    },
    async release() {
      calls.push('release');
      breakIf('release');
      if (!fake.isMemoryPrompt) await new Promise<void>((resolve) => frees.push(resolve));
    },
    ownPids: () => fake.pids,
    keepAwake(on) {
      calls.push(`keepAwake ${String(on)}`);
      breakIf('keepAwake');
    },
    limitPower(watts) {
      calls.push(`limitPower ${String(watts)}`);
      breakIf('limitPower');
    },
    answer() {
      for (const resolve of answers) resolve();
      answers = [];
    },
    free() {
      for (const resolve of frees) resolve();
      frees = [];
    },
  };
  return fake;
}

/** A node that could serve at once, on the processor, with an engine that nobody has started yet. */
export const READY_NODE: NodeFacts = {
  model: 'ready',
  engine: 'ready',
  network: 'ready',
  selfTest: 'passed',
  device: { kind: 'cpu', name: null },
  holdsMemory: false,
  isPausable: true,
  isAnswering: false,
  isOwners: false,
  rate: null,
};
