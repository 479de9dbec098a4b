import { describe, expect, test } from 'vitest';
import { toEngineSchema, type ToEngine } from '../../../electron/engine/messages.ts';
import {
  collect,
  createSupervisedEngine as setUp,
  LIMITS,
  never,
  PLAN,
  REPORT,
  REQUEST,
  turn,
} from '../../fakes/supervised-engine.ts';

function isLoad(message: ToEngine): message is Extract<ToEngine, { type: 'load' }> {
  return message.type === 'load';
}

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

  test('does not make it measure its threads again, but another model does', async () => {
    const { supervisor, children, clock } = setUp();
    const tuning = () =>
      children.all.map(({ received }) => {
        const load = received.map((raw) => toEngineSchema.parse(raw)).find(isLoad);
        return [load?.options.threads, load?.options.tuneThreads];
      });
    await supervisor.load();
    clock.advance(LIMITS.idleExitMs);
    await supervisor.load();
    supervisor.use({ ...PLAN, modelVersion: '2' });
    await supervisor.load();
    expect(tuning()).toEqual([
      [PLAN.threads, true],
      [REPORT.threads, false],
      [PLAN.threads, true],
    ]);
  });

  test('lets another server, which has no threads of its own, be asked again', async () => {
    const { supervisor, clock, state } = setUp();
    state.report = { ...REPORT, threads: 0 };
    await supervisor.load();
    clock.advance(LIMITS.idleExitMs);
    const events = await collect(supervisor.generate(REQUEST, never()));
    expect(events.at(-1)).toMatchObject({ type: 'end' });
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

  test('while loading fails whoever waits, and says how; the next one loads again', async () => {
    const { supervisor, children, state } = setUp('never loads');
    const waiting = [1, 2].map(() => collect(supervisor.generate(REQUEST, never())));
    const ends = Promise.allSettled(waiting);
    await turn();
    children.last.exit(9);
    const reason = { code: 'engine-crashed', details: 'it was killed' };
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason });
    state.behaviour = 'answers';
    expect((await collect(supervisor.generate(REQUEST, never()))).at(-1)?.type).toBe('end');
    expect(children.all).toHaveLength(2);
  });

  test('a loop is over by itself when the last minute was quiet', async () => {
    const { supervisor, clock, state } = setUp('crashes while loading');
    const ask = () => collect(supervisor.generate(REQUEST, never()));
    for (let attempt = 0; attempt < 3; attempt += 1) await ask().catch(() => undefined);
    await expect(ask()).rejects.toMatchObject({ code: 'model-load-failed' });
    clock.advance(60_000);
    state.behaviour = 'answers';
    expect((await ask()).at(-1)?.type).toBe('end');
    expect(supervisor.summary()).toMatchObject({ state: 'ready', failure: null });
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
    // As the owner asks for who is told to restart the engine.
    await supervisor.unload();
    expect(supervisor.summary()).toMatchObject({ state: 'asleep', failure: null });
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
    const end = expect(answer).rejects.toMatchObject({ code: 'engine-restarted' });
    await turn();
    supervisor.use({ ...PLAN, modelPath: '/models/two.gguf' });
    await end;
    expect(supervisor.summary()).toMatchObject({ state: 'asleep', failure: null });
    state.behaviour = 'answers';
    await collect(supervisor.generate(REQUEST, never()));
    expect(children.all.map((child) => child.isAlive)).toEqual([false, true]);
  });

  test('is one with another file at the same path', async () => {
    const { supervisor, children } = setUp();
    await supervisor.load();
    supervisor.use({ ...PLAN, modelVersion: '2' });
    await supervisor.load();
    expect(children.all.map((child) => child.isAlive)).toEqual([false, true]);
  });

  test('that is the same one changes nothing', async () => {
    const { supervisor, children } = setUp();
    await supervisor.load();
    supervisor.use({ ...PLAN });
    expect(children.last.isAlive).toBe(true);
  });

  test('with another small model to guess beside it counts from the next load on', async () => {
    const { supervisor, children } = setUp();
    await supervisor.load();
    supervisor.use({ ...PLAN, draftPath: '/models/small.gguf' });
    expect(children.last.isAlive).toBe(true);
    await supervisor.unload();
    await supervisor.load();
    expect(JSON.stringify(children.last.received)).toContain('/models/small.gguf');
  });
});

describe('the share of relays', () => {
  const paces = (child: { readonly received: readonly unknown[] }) =>
    child.received.flatMap((raw) => {
      const message = toEngineSchema.parse(raw);
      return message.type === 'pace' ? [message.relays] : [];
    });

  test('is told to the engine that runs and to every one after it', async () => {
    const { supervisor, children } = setUp();
    await supervisor.load();
    void supervisor.paceRelays(0.25);
    void supervisor.paceRelays(0);
    expect(paces(children.last)).toEqual([0.25, 0]);
    await supervisor.unload();
    await supervisor.load();
    expect(paces(children.last)).toEqual([0]);
    void supervisor.paceRelays(1);
    expect(paces(children.last)).toEqual([0, 1]);
  });

  test('needs no engine to be set', async () => {
    const { supervisor, children } = setUp();
    void supervisor.paceRelays(0.5);
    expect(children.all).toHaveLength(0);
    await supervisor.load();
    expect(paces(children.last)).toEqual([0.5]);
  });
});

test('unloading in the middle of an answer ends it, and the next one works', async () => {
  const { supervisor, children, state } = setUp();
  await supervisor.load();
  state.behaviour = 'hangs';
  const answer = collect(supervisor.generate(REQUEST, never()));
  const end = expect(answer).rejects.toMatchObject({ code: 'engine-restarted' });
  await turn();
  await supervisor.unload();
  await end;
  expect(supervisor.summary()).toMatchObject({ state: 'asleep', failure: null });
  state.behaviour = 'answers';
  await collect(supervisor.generate(REQUEST, never()));
  expect(children.all).toHaveLength(2);
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
