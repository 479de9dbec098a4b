/** When the engine says that relays stand still: after the step that they compute, and not after an owner's. */
import { expect, test } from 'vitest';
import { createScheduler } from '../../../electron/engine/scheduler.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { turn } from '../../fakes/supervised-engine.ts';

function setUp() {
  const model = createByteModel({ contextTokens: 5000, sequences: 2, next: () => 97 });
  const scheduler = createScheduler(
    model,
    { clock: createManualClock(), drawSeed: () => 1, onBroken: () => undefined },
    { prefillTokens: 16, waiting: 4, together: true, stepMs: 60_000 },
  );
  const ask = (isRelay: boolean) =>
    scheduler.submit(
      {
        turns: [{ role: 'user', text: 'q' }],
        sampling: { ...DEFAULT_SAMPLING, seed: 1 },
        maxTokens: 4000,
        stop: [],
        ...(isRelay && { relay: { duty: 1 } }),
      },
      { onEvent: () => undefined, onError: () => undefined },
    );
  return { model, scheduler, ask };
}

/** Whether a promise has come to its end. */
function watch(promise: Promise<unknown>) {
  const state = { isOver: false };
  void promise.then(() => (state.isOver = true));
  return state;
}

test.each([0, 0.5])('after the step under way, with a share of %s', async (share) => {
  const { model, scheduler, ask } = setUp();
  const letGo = model.hold();
  ask(true);
  await turn();
  const still = watch(scheduler.paceRelays(share));
  await turn();
  expect(still.isOver).toBe(false);
  letGo();
  await turn();
  expect(still.isOver).toBe(true);
  await scheduler.dispose();
});

test('at once while the owner’s own step runs, and while nothing does', async () => {
  const { model, scheduler, ask } = setUp();
  await scheduler.paceRelays(0);
  const letGo = model.hold();
  ask(false);
  await turn();
  await scheduler.paceRelays(0);
  letGo();
  await scheduler.dispose();
});

test('also when that step fails', async () => {
  const { model, scheduler, ask } = setUp();
  const letGo = model.hold();
  ask(true);
  await turn();
  const still = watch(scheduler.paceRelays(0));
  model.break();
  letGo();
  await turn();
  expect(still.isOver).toBe(true);
});
