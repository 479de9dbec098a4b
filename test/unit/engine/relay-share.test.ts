/** Relays beside their owner's own requests: paced, out of the way, and never with another text for it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { createNews } from '../../../electron/engine/news.ts';
import { createRelayPace } from '../../../electron/engine/relay-pace.ts';
import {
  createScheduler,
  type Scheduler,
  type Submitted,
} from '../../../electron/engine/scheduler.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../../../electron/protocol/generate.ts';
import { createByteModel, nextByte, type ByteModelOptions } from '../../fakes/byte-model.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { turn } from '../../fakes/supervised-engine.ts';

/** What each token costs on the clock of these tests. */
const TOKEN_MS = 10;

interface Asked extends Submitted {
  readonly events: readonly GenerateEvent[];
  readonly error: { current: unknown };
  words(): number;
  text(): string;
  end(): Extract<GenerateEvent, { type: 'end' }> | undefined;
}

function setUp(options: ByteModelOptions = {}, waiting = 20) {
  const clock = createManualClock();
  const { next = () => 97, ...rest } = options;
  const model = createByteModel({
    contextTokens: 5000,
    ...rest,
    next(written, seed) {
      clock.advance(TOKEN_MS);
      return next(written, seed);
    },
  });
  const broken: unknown[] = [];
  const scheduler = createScheduler(
    model,
    { clock, drawSeed: () => 42, onBroken: (error) => broken.push(error) },
    { prefillTokens: 16, waiting, together: true, stepMs: 60_000 },
  );
  return { clock, scheduler, broken };
}

function ask(scheduler: Scheduler, prompt: string, changes: Partial<EngineRequest> = {}): Asked {
  const events: GenerateEvent[] = [];
  const error = { current: null as unknown };
  const submitted = scheduler.submit(
    {
      turns: [{ role: 'user', text: prompt }],
      sampling: { ...DEFAULT_SAMPLING, seed: 1 },
      maxTokens: 4000,
      stop: [],
      ...changes,
    },
    {
      onEvent: (event) => events.push(event),
      onError: (failure) => (error.current = failure),
    },
  );
  const tokens = () => events.filter((event) => event.type === 'tokens');
  return {
    ...submitted,
    events,
    error,
    words: () => tokens().reduce((sum, { tokenIds }) => sum + tokenIds.length, 0),
    text: () =>
      tokens()
        .map(({ text }) => text)
        .join(''),
    end: () => events.find((event) => event.type === 'end'),
  };
}

const relay = (duty: number, changes: Partial<EngineRequest> = {}) => ({
  relay: { duty },
  ...changes,
});

/** Lets time pass to `untilMs`, a millisecond at a time while nothing computes. */
async function pass(clock: ManualClock, untilMs: number): Promise<void> {
  while (clock.monotonicMs() < untilMs) {
    await turn();
    clock.advance(1);
  }
}

describe('a share of the time', () => {
  test.each([
    [1, 1000],
    [0.5, 2000],
    [0.25, 4000],
    [0.1, 10_000],
  ])('duty %s takes %s ms for a hundred tokens of ten each', async (duty, expectedMs) => {
    const { clock, scheduler } = setUp({ sequences: 1 });
    const one = ask(scheduler, 'q', relay(duty, { maxTokens: 100 }));
    while (one.end() === undefined) await pass(clock, clock.monotonicMs() + 10);
    const { totalMs } = one.end()?.timings ?? { totalMs: 0 };
    // The last token is followed by no rest; the clock of the test is looked at once a millisecond.
    expect(totalMs).toBeGreaterThan(expectedMs * 0.95);
    expect(totalMs).toBeLessThan(expectedMs * 1.05);
    await scheduler.dispose();
  });

  test('several relays share the smallest duty among them', async () => {
    const { clock, scheduler } = setUp({ sequences: 3 });
    const all = [1, 0.5].map((duty) => ask(scheduler, 'q', relay(duty)));
    await pass(clock, 2000);
    // Each step takes both of them twenty milliseconds, and rests for as long.
    for (const each of all) {
      expect(each.words()).toBeGreaterThan(42);
      expect(each.words()).toBeLessThanOrEqual(51);
    }
    await scheduler.dispose();
  });

  test('the owner never rests', async () => {
    const { clock, scheduler } = setUp({ sequences: 2 });
    const own = ask(scheduler, 'q', { maxTokens: 100 });
    const paid = ask(scheduler, 'q', relay(0.1));
    await turn();
    // All in one go, without anybody moving the clock in between.
    expect(own.end()).toMatchObject({ reason: 'length' });
    expect(clock.monotonicMs()).toBeLessThanOrEqual(102 * TOKEN_MS);
    expect(paid.words()).toBeLessThanOrEqual(1);
    await scheduler.dispose();
  });
});

describe('a limit for all relays', () => {
  test('holds beside each relay’s own, and until it is another', async () => {
    const { clock, scheduler } = setUp({ sequences: 1 });
    void scheduler.paceRelays(0.25);
    const paid = ask(scheduler, 'q', relay(0.5));
    await pass(clock, 2000);
    expect(paid.words()).toBeGreaterThanOrEqual(47);
    expect(paid.words()).toBeLessThanOrEqual(51);
    void scheduler.paceRelays(1);
    const before = paid.words();
    await pass(clock, clock.monotonicMs() + 2000);
    expect(paid.words() - before).toBeGreaterThanOrEqual(95);
    expect(paid.words() - before).toBeLessThanOrEqual(102);
    await scheduler.dispose();
  });

  test('that is zero takes hold before the next step, keeps their places, and the owner goes on', async () => {
    const { clock, scheduler } = setUp({ sequences: 3 });
    const paid = [ask(scheduler, 'a', relay(0.5)), ask(scheduler, 'b', relay(0.5))];
    await pass(clock, 200);
    void scheduler.paceRelays(0);
    const before = paid.map(({ words }) => words());
    const late = ask(scheduler, 'late', relay(0.5));
    await pass(clock, clock.monotonicMs() + 5000);
    expect(paid.map(({ words }) => words())).toEqual(before);
    const own = ask(scheduler, 'own', { maxTokens: 9 });
    await turn();
    expect(own.end()).toMatchObject({ reason: 'length' });
    expect(late.events).toEqual([]);
    void scheduler.paceRelays(0.5);
    await pass(clock, clock.monotonicMs() + 500);
    expect(paid[0]?.words()).toBeGreaterThan((before[0] ?? 0) + 5);
    expect(paid[1]?.words()).toBeGreaterThan((before[1] ?? 0) + 5);
    expect(paid.map(({ error }) => error.current)).toEqual([null, null]);
    await scheduler.dispose();
  });

  test('that was small holds nobody up once it is large', async () => {
    const { clock, scheduler } = setUp({ sequences: 1 });
    void scheduler.paceRelays(0.001);
    const paid = ask(scheduler, 'q', relay(1));
    await pass(clock, 100);
    expect(paid.words()).toBe(1);
    void scheduler.paceRelays(1);
    await pass(clock, clock.monotonicMs() + 100);
    expect(paid.words()).toBeGreaterThan(8);
    await scheduler.dispose();
  });

  test('lets a paused relay be cancelled, and leave its place', async () => {
    const { clock, scheduler } = setUp({ sequences: 1 });
    const paid = ask(scheduler, 'q', relay(0.5));
    await pass(clock, 50);
    void scheduler.paceRelays(0);
    await pass(clock, clock.monotonicMs() + 50);
    paid.cancel();
    await turn();
    expect(paid.end()).toMatchObject({ reason: 'cancelled' });
    expect(scheduler.load).toBe(0);
  });
});

describe('an owner’s request', () => {
  test('ends the relays’ rest, has the model for itself, and gives it back', async () => {
    const { clock, scheduler } = setUp({ sequences: 2 });
    const paid = ask(scheduler, 'paid', relay(0.01));
    await turn();
    const before = paid.words();
    expect(before).toBe(1);
    // The relay rests for most of a second; nobody moves the clock.
    const own = ask(scheduler, 'own', { maxTokens: 50 });
    await turn();
    expect(own.end()).toMatchObject({ reason: 'length', counts: { output: 50 } });
    expect(own.end()?.timings.queuedMs).toBe(0);
    // It rested while the owner's request ran: it owes nothing more.
    expect(paid.words()).toBe(before + 1);
    expect(paid.error.current).toBeNull();
    await pass(clock, clock.monotonicMs() + 1000);
    expect(paid.words()).toBe(before + 2);
    await scheduler.dispose();
  });

  test('goes before relays that came earlier', async () => {
    const { scheduler, clock } = setUp({ sequences: 2 });
    const order: string[] = [];
    const first = ask(scheduler, 'first', relay(1, { maxTokens: 40 }));
    const second = ask(scheduler, 'second', relay(1, { maxTokens: 5 }));
    await Promise.resolve();
    const own = ask(scheduler, 'own', { maxTokens: 5 });
    while (second.end() === undefined) {
      await turn();
      for (const [name, each] of Object.entries({ first, own, second })) {
        if (each.end() && !order.includes(name)) order.push(name);
      }
      clock.advance(1);
    }
    expect(own.end()?.timings.totalMs).toBeLessThanOrEqual(second.end()?.timings.queuedMs ?? 0);
    await scheduler.dispose();
  });

  test('finds a place that relays have left free, and costs none of them theirs', async () => {
    const { scheduler, clock } = setUp({ sequences: 3 });
    const paid = ['a', 'b', 'c'].map((each) => ask(scheduler, each, relay(0.5)));
    await pass(clock, 200);
    expect(paid.map(({ words }) => words() > 0)).toEqual([true, true, false]);
    const own = ask(scheduler, 'own', { maxTokens: 9 });
    await turn();
    expect(own.end()).toMatchObject({ counts: { output: 9 } });
    expect(paid.map(({ error }) => error.current)).toEqual([null, null, null]);
    paid[0]?.cancel();
    await pass(clock, clock.monotonicMs() + 200);
    expect(paid[2]?.words()).toBeGreaterThan(0);
    await scheduler.dispose();
  });

  test('takes the place of the last relay to come when there is no other', async () => {
    const { scheduler, clock } = setUp({ sequences: 3 });
    const paid = ['a', 'b'].map((each) => ask(scheduler, each, relay(0.5)));
    await pass(clock, 100);
    const own = ['x', 'y', 'z'].map((each) => ask(scheduler, each, { maxTokens: 20 }));
    await turn();
    expect(own.map((each) => each.end()?.reason)).toEqual(['length', 'length', 'length']);
    const owners = expect.objectContaining({ code: 'owner-returned' }) as unknown;
    expect(paid.map(({ error }) => error.current)).toEqual([owners, owners]);
    expect(scheduler.load).toBe(0);
  });

  test('with a single sequence as well', async () => {
    const { scheduler, clock } = setUp({ sequences: 1 });
    const paid = ask(scheduler, 'paid', relay(0.5));
    await pass(clock, 100);
    expect(paid.words()).toBeGreaterThan(2);
    const own = ask(scheduler, 'own', { maxTokens: 5 });
    await turn();
    expect(own.end()).toMatchObject({ reason: 'length' });
    expect(paid.error.current).toMatchObject({ code: 'owner-returned' });
  });

  test('is not refused because relays fill the queue', async () => {
    const { scheduler } = setUp({ sequences: 2 }, 2);
    for (let count = 0; count < 3; count += 1) ask(scheduler, 'q', relay(1));
    expect(() => ask(scheduler, 'q', relay(1))).toThrow(
      expect.objectContaining({ code: 'engine-busy' }),
    );
    const own = ask(scheduler, 'own', { maxTokens: 3 });
    await turn();
    expect(own.end()).toBeDefined();
    await scheduler.dispose();
  });

  test('whose reader is behind keeps no relay waiting, and goes on at once', async () => {
    const { scheduler, clock } = setUp({ sequences: 2 });
    const own = ask(scheduler, 'own', { maxTokens: 2000 });
    own.hold(true);
    const paid = ask(scheduler, 'paid', relay(0.5));
    await pass(clock, 200);
    expect(own.words()).toBe(0);
    const written = paid.words();
    expect(written).toBeGreaterThan(5);
    own.hold(false);
    await turn();
    expect(own.end()).toBeDefined();
    expect(paid.words()).toBeLessThanOrEqual(written + 1);
    await scheduler.dispose();
  });
});

describe('nothing is lost by it', () => {
  const moves = fc.array(
    fc.record({
      isRelay: fc.boolean(),
      duty: fc.constantFrom(0.1, 0.5, 1),
      prompt: fc.stringMatching(/^[ab]{1,30}$/),
      seed: fc.nat(3),
      afterMs: fc.nat(300),
      hold: fc.option(fc.nat(200)),
      cancelMs: fc.option(fc.nat(2000), { freq: 5 }),
    }),
    { minLength: 1, maxLength: 7 },
  );

  test('everybody who is not sent away or cancelled gets the text that it would get alone', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.integer({ min: 1, max: 3 }), async (all, sequences) => {
        const next = {
          next: (written: readonly number[], seed: number) => nextByte(written, seed),
        };
        const { clock, scheduler, broken } = setUp({ sequences, ...next });
        const asked = [];
        for (const { isRelay, duty, prompt, seed, afterMs, hold, cancelMs } of all) {
          await pass(clock, clock.monotonicMs() + afterMs);
          const changes = { maxTokens: 60, sampling: { ...DEFAULT_SAMPLING, seed } };
          const one = ask(scheduler, prompt, isRelay ? relay(duty, changes) : changes);
          if (hold !== null) {
            one.hold(true);
            clock.after(hold, () => {
              one.hold(false);
            });
          }
          if (cancelMs !== null) clock.after(cancelMs, one.cancel);
          asked.push({ one, prompt, changes, isRelay, isCancelled: cancelMs !== null });
        }
        for (let ms = 0; scheduler.load > 0 && ms < 60_000; ms += 100) {
          await pass(clock, clock.monotonicMs() + 100);
        }
        expect(scheduler.load).toBe(0);
        expect(broken).toEqual([]);
        for (const { one, prompt, changes, isRelay, isCancelled } of asked) {
          if (isRelay && one.error.current !== null) {
            expect(one.error.current).toMatchObject({ code: 'owner-returned' });
            continue;
          }
          expect(one.error.current).toBeNull();
          if (isCancelled && one.end()?.reason === 'cancelled') continue;
          const alone = setUp({ sequences: 1, ...next });
          const expected = ask(alone.scheduler, prompt, changes);
          await turn();
          expect(one.text()).toBe(expected.text());
          expect(one.end()?.reason).toBe(expected.end()?.reason);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('cancelled or closed in the middle of a rest, it ends at once', async () => {
    const { scheduler } = setUp({ sequences: 1 });
    const paid = ask(scheduler, 'paid', relay(0.01));
    await turn();
    paid.cancel();
    expect(paid.end()).toMatchObject({ reason: 'cancelled' });
    const waiting = ask(scheduler, 'next', relay(0.01));
    await scheduler.dispose();
    expect(waiting.end()).toMatchObject({ reason: 'cancelled' });
  });
});

test('a rest that is let off is no credit for work without one', async () => {
  const clock = createManualClock();
  const pace = createRelayPace(clock, createNews(clock));
  const rest = async () => {
    let isOver = false;
    void pace.rest(() => false).then(() => (isOver = true));
    await turn();
    return () => isOver;
  };
  void pace.limit(0.01);
  pace.worked(100, 1);
  const first = await rest();
  clock.advance(5_000);
  void pace.limit(0.5);
  await turn();
  expect(first()).toBe(true);
  pace.worked(100, 1);
  const second = await rest();
  expect(second()).toBe(false);
  clock.advance(100);
  await turn();
  expect(second()).toBe(true);
});
