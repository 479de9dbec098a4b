import { describe, expect, test } from 'vitest';
import { createEngineSupervisor } from '../../../electron/engine/engine-supervisor.ts';
import type { EnginePlan } from '../../../electron/engine/engine-plan.ts';
import { toEngineSchema } from '../../../electron/engine/messages.ts';
import {
  DEFAULT_SAMPLING,
  type GenerateEvent,
  type GenerateRequest,
} from '../../../electron/engine/ports.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren, type ScriptedChild } from '../../fakes/scripted-child.ts';

const PLAN: EnginePlan = {
  modelPath: '/models/one.gguf',
  backend: 'vulkan',
  deviceIndex: 1,
  device: { name: 'Test Card', kind: 'discrete', memoryBytes: 8e9 },
  threads: 2,
  sequences: 4,
  contextTokens: null,
};
const REPORT = {
  layersOffloaded: 9,
  layersTotal: 9,
  contextTokens: 8192,
  sequences: 4,
  threads: 2,
  deviceNames: ['Test Card'],
  deviceMemoryBytes: 8e9,
};
const REQUEST: GenerateRequest = {
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
const LIMITS = { idleExitMs: 300_000, silenceMs: 5_000 };

type Behaviour = 'answers' | 'hangs' | 'never loads' | 'crashes while loading' | 'cannot load';

/** Behaves as the engine process would, to the extent that each test needs. */
function setUp(behaviour: Behaviour = 'answers') {
  const clock = createManualClock();
  const state = { behaviour };
  const children = createScriptedChildren((child, raw) => {
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
    if (message.type === 'pulse' && state.behaviour !== 'hangs') child.say({ type: 'alive' });
  });
  const load = (child: ScriptedChild) => {
    if (state.behaviour === 'never loads') return;
    queueMicrotask(() => {
      if (state.behaviour === 'crashes while loading') child.exit(null);
      else if (state.behaviour === 'cannot load') {
        child.say({ type: 'load-failed', code: 'model-too-large', details: 'It needs 9 GB.' });
      } else {
        child.say({ type: 'progress', value: 0.5 });
        child.say({ type: 'loaded', report: REPORT });
      }
    });
  };
  const log = createMemoryLog();
  const supervisor = createEngineSupervisor({ spawn: children.spawn, clock, log }, LIMITS);
  const states: string[] = [];
  supervisor.onChange((summary) => {
    if (states.at(-1) !== summary.state) states.push(summary.state);
  });
  supervisor.use(PLAN);
  return { supervisor, children, clock, log, state, states };
}

async function collect(events: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> {
  const all: GenerateEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Lets everything happen that was already on its way. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const never = () => new AbortController().signal;

describe('on demand', () => {
  test('the first request starts the process, with the device it may see, and later ones share it', async () => {
    const { supervisor, children, states } = setUp();
    expect(children.all).toHaveLength(0);
    const events = await collect(supervisor.generate(REQUEST, never()));
    expect(events.map((event) => event.type)).toEqual(['start', 'tokens', 'end']);
    await collect(supervisor.generate(REQUEST, never()));
    expect(children.all).toHaveLength(1);
    expect(children.last.options.env).toMatchObject({ GGML_VK_VISIBLE_DEVICES: '1' });
    expect(Number(children.last.options.env?.UV_THREADPOOL_SIZE)).toBeGreaterThan(4);
    const worked = ['working', 'ready'];
    expect(states).toEqual(['asleep', 'loading', 'ready', ...worked, ...worked]);
    expect(supervisor.summary()).toMatchObject({
      layersOffloaded: 9,
      contextTokens: 8192,
      device: PLAN.device,
      failure: null,
    });
  });

  test('it pulses twice a second', async () => {
    const { supervisor, children, clock } = setUp();
    await supervisor.load();
    clock.advance(2000);
    const pulses = children.last.received.filter(
      (raw) => toEngineSchema.parse(raw).type === 'pulse',
    );
    expect(pulses).toHaveLength(4);
  });

  test('without a model it says so', async () => {
    const { supervisor } = setUp();
    supervisor.use(null);
    await expect(collect(supervisor.generate(REQUEST, never()))).rejects.toMatchObject({
      code: 'no-model',
    });
  });
});

describe('idle', () => {
  test('the process ends, and the next request starts another', async () => {
    const { supervisor, children, clock } = setUp();
    await collect(supervisor.generate(REQUEST, never()));
    clock.advance(LIMITS.idleExitMs - 1);
    expect(supervisor.summary().state).toBe('ready');
    clock.advance(1);
    expect(supervisor.summary()).toMatchObject({ state: 'asleep', failure: null });
    await Promise.resolve();
    expect(children.last.isAlive).toBe(false);
    await collect(supervisor.generate(REQUEST, never()));
    expect(children.all).toHaveLength(2);
  });

  test('work keeps it awake', async () => {
    const { supervisor, clock, state } = setUp();
    await supervisor.load();
    state.behaviour = 'crashes while loading';
    const stop = new AbortController();
    const answer = collect(supervisor.generate(REQUEST, stop.signal));
    await turn();
    clock.advance(LIMITS.idleExitMs * 2);
    expect(supervisor.summary().state).toBe('working');
    stop.abort();
    expect(await answer).toMatchObject([{ type: 'end', reason: 'cancelled' }]);
  });
});

describe('a death', () => {
  test.each(['killed', 'silent'])(
    '(%s) fails what was under way; the next one works',
    async (how) => {
      const { supervisor, children, clock, state } = setUp();
      await supervisor.load();
      state.behaviour = 'hangs';
      const answers = [1, 2].map(() => collect(supervisor.generate(REQUEST, never())));
      const ends = Promise.allSettled(answers);
      await turn();
      if (how === 'killed') children.last.exit(null);
      else clock.advance(LIMITS.silenceMs + 1000);
      for (const end of await ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'engine-crashed' } });
      }
      expect(supervisor.summary()).toMatchObject({
        state: 'asleep',
        failure: { code: 'engine-crashed' },
      });
      state.behaviour = 'answers';
      await collect(supervisor.generate(REQUEST, never()));
      expect(supervisor.summary()).toMatchObject({ state: 'ready', failure: null });
      expect(children.all).toHaveLength(2);
    },
  );

  test('three times while loading is a loop: no further process until somebody insists', async () => {
    const { supervisor, children, state } = setUp('crashes while loading');
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await collect(supervisor.generate(REQUEST, never())).catch((error: unknown) => {
        codes.push(error instanceof Error && 'code' in error ? error.code : error);
      });
    }
    const [again, final] = ['engine-crashed', 'model-load-failed'];
    expect(codes).toEqual([again, again, final, final, final]);
    expect(children.all).toHaveLength(3);
    expect(supervisor.summary()).toMatchObject({ state: 'failed', failure: { code: final } });
    state.behaviour = 'answers';
    await supervisor.load();
    expect(supervisor.summary().state).toBe('ready');
  });

  test('three times within more than a minute is bad luck', async () => {
    const { supervisor, children, clock } = setUp('crashes while loading');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(collect(supervisor.generate(REQUEST, never()))).rejects.toMatchObject({
        code: 'engine-crashed',
      });
      clock.advance(31_000);
    }
    expect(children.all).toHaveLength(5);
  });
});

describe('loading', () => {
  test('that the engine refuses fails with its reason', async () => {
    const { supervisor } = setUp('cannot load');
    await expect(supervisor.load()).rejects.toMatchObject({
      code: 'model-too-large',
      details: 'It needs 9 GB.',
    });
    expect(supervisor.summary()).toMatchObject({ state: 'failed' });
  });

  test('can be given up, by whoever loads and by whoever asks', async () => {
    const { supervisor, children } = setUp('never loads');
    const stop = new AbortController();
    const asked = collect(supervisor.generate(REQUEST, stop.signal));
    const loaded = supervisor.load(stop.signal);
    stop.abort();
    await expect(loaded).rejects.toMatchObject({ code: 'cancelled' });
    expect(await asked).toMatchObject([{ type: 'end', reason: 'cancelled' }]);
    await turn();
    expect(children.last.isAlive).toBe(false);
    expect(supervisor.summary().state).toBe('asleep');
  });
});

describe('another plan', () => {
  test('ends the process of the first one and what it was doing', async () => {
    const { supervisor, children, state } = setUp();
    await supervisor.load();
    state.behaviour = 'hangs';
    const answer = collect(supervisor.generate(REQUEST, never()));
    const end = expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await turn();
    supervisor.use({ ...PLAN, modelPath: '/models/two.gguf' });
    await end;
    state.behaviour = 'answers';
    await collect(supervisor.generate(REQUEST, never()));
    expect(children.all.map((child) => child.isAlive)).toEqual([false, true]);
  });

  test('that is the same one changes nothing', async () => {
    const { supervisor, children } = setUp();
    await supervisor.load();
    supervisor.use({ ...PLAN });
    expect(children.last.isAlive).toBe(true);
  });
});

test('messages that nobody knows are logged and otherwise ignored', async () => {
  const { supervisor, children, log } = setUp();
  await supervisor.load();
  children.last.say({ type: 'what is this' });
  expect(supervisor.summary().state).toBe('ready');
  expect(log.lines.join()).toContain('does not know');
});

test('disposing ends everything for good', async () => {
  const { supervisor, children } = setUp();
  await supervisor.load();
  supervisor.dispose();
  await Promise.resolve();
  expect(children.last.isAlive).toBe(false);
  await expect(supervisor.load()).rejects.toMatchObject({ code: 'cancelled' });
});
