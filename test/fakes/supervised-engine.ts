/** A real supervisor over engine processes that exist only in the test. */
import { createEngineSupervisor } from '../../electron/engine/engine-supervisor.ts';
import type { EnginePlan } from '../../electron/engine/engine-plan.ts';
import type { ProcessMemory } from '../../electron/engine/memory-back.ts';
import { toEngineSchema } from '../../electron/engine/messages.ts';
import type { Clock } from '../../electron/platform/clock.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryLog } from './memory-log.ts';
import { createScriptedChildren, type ScriptedChild } from './scripted-child.ts';
import {
  DEFAULT_SAMPLING,
  type GenerateEvent,
  type GenerateRequest,
} from '../../electron/protocol/generate.ts';

export const PLAN: EnginePlan = {
  modelPath: '/models/one.gguf',
  modelVersion: '1',
  backend: 'vulkan',
  deviceIndex: 1,
  device: { name: 'Test Card', kind: 'discrete', memoryBytes: 8e9 },
  threads: 2,
  isBackground: false,
  sequences: 4,
  contextTokens: null,
};
export const REPORT = {
  layersOffloaded: 9,
  layersTotal: 9,
  contextTokens: 8192,
  sequences: 4,
  threads: 3,
  deviceNames: ['Test Card'],
  deviceMemoryBytes: 8e9,
};
export const REQUEST: GenerateRequest = {
  turns: [{ role: 'user', text: 'hello' }],
  sampling: DEFAULT_SAMPLING,
  maxTokens: 4,
  stop: [],
};
const COUNTS = { prompt: 3, cached: 0, output: 1 };
const END = {
  type: 'end',
  reason: 'stop',
  counts: COUNTS,
  timings: { queuedMs: 0, prefillMs: 1, firstTokenMs: 1, totalMs: 2 },
} as const;
export const LIMITS = { idleExitMs: 300_000, silenceMs: 5_000 };

type Behaviour = 'answers' | 'hangs' | 'never loads' | 'crashes while loading' | 'cannot load';

/** Behaves as the engine process would, to the extent that each test needs. */
export function createSupervisedEngine(
  behaviour: Behaviour = 'answers',
  makeMemory: (clock: Clock) => ProcessMemory | undefined = () => undefined,
) {
  const clock = createManualClock();
  const state = { behaviour, diesSlowly: false, isDeafToPace: false, report: REPORT };
  const hear = (child: ScriptedChild, raw: unknown) => {
    const message = toEngineSchema.parse(raw);
    if (message.type === 'load') load(child);
    if (message.type === 'generate' && state.behaviour === 'answers') {
      const say = (event: GenerateEvent) => {
        child.say({ type: 'events', events: [{ id: message.id, event }] });
      };
      queueMicrotask(() => {
        say({ type: 'start', seed: 7, counts: COUNTS });
        say({ type: 'tokens', text: 'hi', tokenIds: [1] });
        say(END);
      });
    }
    if (message.type === 'cancel') {
      const event = { ...END, reason: 'cancelled' };
      child.say({ type: 'events', events: [{ id: message.id, event }] });
    }
    if (message.type === 'pace' && !state.isDeafToPace)
      child.say({ type: 'paced', id: message.id });
    if (message.type === 'pulse' && state.behaviour !== 'hangs') child.say({ type: 'alive' });
  };
  const children = createScriptedChildren(hear, (child) => {
    if (!state.diesSlowly) child.exit(null);
  });
  const load = (child: ScriptedChild) => {
    if (state.behaviour === 'never loads') return;
    queueMicrotask(() => {
      if (state.behaviour === 'crashes while loading') child.exit(null);
      else if (state.behaviour === 'cannot load') {
        child.say({ type: 'load-failed', code: 'model-too-large', details: 'It needs 9 GB.' });
      } else {
        child.say({ type: 'progress', value: 0.5 });
        child.say({ type: 'loaded', report: state.report });
      }
    });
  };
  const log = createMemoryLog();
  const ports = { spawn: children.spawn, clock, log, memory: makeMemory(clock) };
  const supervisor = createEngineSupervisor(ports, LIMITS);
  const states: string[] = [];
  supervisor.onChange((summary) => {
    if (states.at(-1) !== summary.state) states.push(summary.state);
  });
  supervisor.use(PLAN);
  return { supervisor, children, clock, log, state, states };
}

/** Everything that is told about one answer. */
export async function collect(events: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> {
  const all: GenerateEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Lets everything happen that was already on its way. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Nobody ever cancels. */
export const never = () => new AbortController().signal;
