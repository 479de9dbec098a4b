import { describe, expect, test } from 'vitest';
import {
  collect,
  createSupervisedEngine as setUp,
  never,
  PLAN,
  REQUEST,
  turn,
} from '../../fakes/supervised-engine.ts';

describe('a process that was ended but is not gone', () => {
  /** The model is loaded, its process was told to end and takes its time. */
  async function setUpDying() {
    const context = setUp();
    await context.supervisor.load();
    context.state.diesSlowly = true;
    const unloaded = context.supervisor.unload();
    return { ...context, unloaded, old: context.children.last };
  }

  test('is waited for before the next one starts, by everybody who asks', async () => {
    const { supervisor, children, old } = await setUpDying();
    const answers = Promise.all([1, 2].map(() => collect(supervisor.generate(REQUEST, never()))));
    await turn();
    expect(children.all).toHaveLength(1);
    old.exit(null);
    expect((await answers).map((events) => events.at(-1)?.type)).toEqual(['end', 'end']);
    expect(children.all).toHaveLength(2);
  });

  test('holds up nobody who no longer wants to wait', async () => {
    const { supervisor, children, old } = await setUpDying();
    const stop = new AbortController();
    const asked = collect(supervisor.generate(REQUEST, stop.signal));
    const loaded = supervisor.load(stop.signal);
    await turn();
    stop.abort();
    expect(await asked).toMatchObject([{ type: 'end', reason: 'cancelled' }]);
    await expect(loaded).rejects.toMatchObject({ code: 'cancelled' });
    old.exit(null);
    await turn();
    expect(children.all).toHaveLength(1);
    expect(supervisor.summary().state).toBe('asleep');
  });

  test('is followed by the plan of that moment, not of the moment of the request', async () => {
    const { supervisor, children, old } = await setUpDying();
    const answer = collect(supervisor.generate(REQUEST, never()));
    await turn();
    supervisor.use({ ...PLAN, modelPath: '/models/two.gguf' });
    old.exit(null);
    await answer;
    expect(children.last.received[0]).toMatchObject({ options: { modelPath: '/models/two.gguf' } });
  });

  test('lets unloading finish only when it is gone', async () => {
    const { unloaded, old } = await setUpDying();
    let isUnloaded = false;
    const waiting = unloaded.then(() => (isUnloaded = true));
    await turn();
    expect(isUnloaded).toBe(false);
    old.exit(null);
    await waiting;
  });

  test('that stays for ever is a failure in plain words, not a wait without an end', async () => {
    const { supervisor, children, clock, unloaded } = await setUpDying();
    const gaveUp = expect(unloaded).rejects.toMatchObject({ code: 'engine-crashed' });
    const answer = collect(supervisor.generate(REQUEST, never()));
    const end = expect(answer).rejects.toMatchObject({
      code: 'engine-crashed',
      details: 'the engine process before it does not end',
    });
    await turn();
    clock.advance(30_000);
    await end;
    await gaveUp;
    expect(children.all).toHaveLength(1);
  });
});
