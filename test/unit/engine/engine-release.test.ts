/** Giving the computer back: the share that is acknowledged, the process that is killed, its memory. */
import { describe, expect, test } from 'vitest';
import type { FreeMemory } from '../../../electron/engine/memory-back.ts';
import {
  collect,
  createSupervisedEngine as setUp,
  never,
  REQUEST,
  turn,
} from '../../fakes/supervised-engine.ts';

const RELAY = { ...REQUEST, relay: { duty: 1 } };

/** Whether a promise has come to its end. */
function watch(promise: Promise<unknown>) {
  const state = { isOver: false };
  void promise.then(() => (state.isOver = true));
  return state;
}

/** Memory that says what the test lets it. */
function setUpWithMemory() {
  const memory = { isGone: true, reading: null as FreeMemory | null };
  const world = setUp('answers', () => ({
    isGone: () => memory.isGone,
    free: () => memory.reading,
  }));
  return { ...world, memory };
}

describe('the share of relays', () => {
  test('is acknowledged once the engine has said that they keep to it', async () => {
    const { supervisor, state, children } = setUp();
    await supervisor.load();
    state.isDeafToPace = true;
    const pace = watch(supervisor.paceRelays(0));
    await turn();
    expect(pace.isOver).toBe(false);
    children.last.say({ type: 'paced', id: 99 });
    await turn();
    expect(pace.isOver).toBe(false);
    children.last.say({ type: 'paced', id: 1 });
    await turn();
    expect(pace.isOver).toBe(true);
  });

  test('is kept to at once where no process runs, and by one that is gone', async () => {
    const { supervisor, state } = setUp();
    await supervisor.paceRelays(0);
    await supervisor.load();
    state.isDeafToPace = true;
    const pace = supervisor.paceRelays(0);
    await supervisor.release();
    await pace;
  });
});

describe('a load', () => {
  test('that only relays wait for is given up when they are to stand still', async () => {
    const { supervisor, state, children } = setUp('never loads');
    const paid = collect(supervisor.generate(RELAY, never()));
    const end = expect(paid).rejects.toMatchObject({ code: 'owner-returned' });
    await turn();
    await supervisor.paceRelays(0);
    await end;
    await turn();
    expect(children.last.isAlive).toBe(false);
    expect(supervisor.summary()).toMatchObject({ state: 'asleep', failure: null });
    state.behaviour = 'answers';
    expect((await collect(supervisor.generate(REQUEST, never()))).at(-1)?.type).toBe('end');
  });

  test.each(['asks as well', 'asked first', 'loads it'] as const)(
    'goes on when the owner %s',
    async (how) => {
      const { supervisor, children, state } = setUp('never loads');
      state.isDeafToPace = true;
      const owner = () => {
        const asked: Promise<unknown> =
          how === 'loads it' ? supervisor.load() : collect(supervisor.generate(REQUEST, never()));
        asked.catch(() => undefined);
      };
      if (how === 'asked first') owner();
      const paid = collect(supervisor.generate(RELAY, never()));
      paid.catch(() => undefined);
      await turn();
      if (how !== 'asked first') owner();
      await turn();
      void supervisor.paceRelays(0);
      await turn();
      expect(children.last.isAlive).toBe(true);
      expect(supervisor.summary().state).toBe('loading');
      supervisor.dispose();
    },
  );
});

describe('a release', () => {
  test.each(['while it loads', 'in the middle of answers'])(
    'ends the process at once %s, and tells each why',
    async (when) => {
      const isLoading = when === 'while it loads';
      const { supervisor, children, state } = setUp(isLoading ? 'never loads' : 'answers');
      if (!isLoading) await supervisor.load();
      state.behaviour = isLoading ? 'never loads' : 'hangs';
      const answers = [RELAY, REQUEST].map((request) =>
        collect(supervisor.generate(request, never())),
      );
      const ends = Promise.allSettled(answers);
      await turn();
      await supervisor.release();
      expect(await ends).toMatchObject([
        { status: 'rejected', reason: { code: 'owner-returned' } },
        { status: 'rejected', reason: { code: 'engine-restarted' } },
      ]);
      expect(children.last.isAlive).toBe(false);
      expect(supervisor.summary()).toMatchObject({ state: 'asleep', failure: null });
      expect(supervisor.pid).toBeUndefined();
      state.behaviour = 'answers';
      expect((await collect(supervisor.generate(RELAY, never()))).at(-1)?.type).toBe('end');
      expect(children.all).toHaveLength(2);
    },
  );

  test('of nothing is over at once', async () => {
    const { supervisor, children } = setUp();
    await supervisor.release();
    expect(children.all).toHaveLength(0);
  });

  test('waits until the process holds nothing and two readings after that agree', async () => {
    const { supervisor, memory, clock } = setUpWithMemory();
    await supervisor.load();
    memory.isGone = false;
    memory.reading = { bytes: 1e9, atMs: 0 };
    const over = watch(supervisor.release());
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 20) {
        clock.advance(20);
        await turn();
      }
    };
    await pass(100);
    memory.isGone = true;
    // An old one, then one that is still growing, then the same twice.
    await pass(100);
    memory.reading = { bytes: 1e9, atMs: clock.monotonicMs() };
    await pass(100);
    memory.reading = { bytes: 9e9, atMs: clock.monotonicMs() };
    await pass(100);
    expect(over.isOver).toBe(false);
    memory.reading = { bytes: 9.1e9, atMs: clock.monotonicMs() };
    await pass(20);
    expect(over.isOver).toBe(true);
  });

  test('is over after two seconds, with a warning; nothing is loaded until the memory is back', async () => {
    const { supervisor, memory, clock, log, children } = setUpWithMemory();
    await supervisor.load();
    memory.isGone = false;
    const over = watch(supervisor.release());
    await turn();
    const answer = collect(supervisor.generate(REQUEST, never()));
    clock.advance(1999);
    await turn();
    expect(over.isOver).toBe(false);
    clock.advance(1);
    await turn();
    expect(over.isOver).toBe(true);
    expect(log.lines.join()).toContain('memory is not back yet');
    expect(children.all).toHaveLength(1);
    memory.isGone = true;
    clock.advance(20);
    expect((await answer).at(-1)?.type).toBe('end');
    expect(children.all).toHaveLength(2);
  });

  test('keeps nobody from loading for ever when the memory never settles', async () => {
    const { supervisor, memory, clock, log } = setUpWithMemory();
    await supervisor.load();
    memory.isGone = false;
    void supervisor.release();
    await turn();
    const answer = collect(supervisor.generate(REQUEST, never()));
    clock.advance(10_000);
    expect((await answer).at(-1)?.type).toBe('end');
    expect(log.lines.join()).toContain('did not come back in time');
  });

  test('during another one changes nothing', async () => {
    const { supervisor, children, state } = setUp();
    await supervisor.load();
    state.diesSlowly = true;
    const both = watch(Promise.all([supervisor.release(), supervisor.release()]));
    await turn();
    expect(both.isOver).toBe(false);
    children.last.exit(null);
    await turn();
    expect(both.isOver).toBe(true);
  });
});
