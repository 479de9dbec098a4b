/** Whose turn it is: owners before relays, who cannot wait before who can, and in the end everybody's. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { createScheduler, RELAY_PATIENCE_MS } from '../../../electron/engine/scheduler.ts';
import { OVERTAKES } from '../../../electron/engine/waiting-line.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { turn } from '../../fakes/supervised-engine.ts';

const TOKEN_MS = 10;
const SLOW_MS = 100;
const PREFILL = 16;

type Kind = 'owner' | 'owner can wait' | 'relay' | 'relay can wait';

function setUp(sequences: number, tokenMs = TOKEN_MS) {
  const clock = createManualClock();
  const model = createByteModel({
    sequences,
    contextTokens: 9000,
    next() {
      clock.advance(tokenMs);
      return 97;
    },
  });
  const scheduler = createScheduler(
    model,
    { clock, drawSeed: () => 1, onBroken: () => undefined },
    { prefillTokens: PREFILL, waiting: 50, together: true, stepMs: 1e9 },
  );
  const order: string[] = [];
  const ask = (
    name: string,
    kind: Kind,
    prompt = 'q',
    maxTokens = 5,
    onToken = () => undefined,
  ) => {
    const state = { started: false, words: 0, code: null as string | null, isOver: false };
    const request: EngineRequest = {
      turns: [{ role: 'user', text: prompt }],
      sampling: { ...DEFAULT_SAMPLING, seed: 1 },
      maxTokens,
      stop: [],
      priority: kind.endsWith('can wait') ? 'can-wait' : 'interactive',
      ...(kind.startsWith('relay') && { relay: { duty: 1 } }),
    };
    const { cancel } = scheduler.submit(request, {
      onEvent(event) {
        if (event.type === 'start') {
          state.started = true;
          order.push(name);
        }
        if (event.type === 'tokens') {
          state.words += 1;
          onToken();
        }
        if (event.type === 'end') state.isOver = true;
      },
      onError(error) {
        state.code = error.code;
        state.isOver = true;
      },
    });
    return { state, cancel };
  };
  return { clock, scheduler, order, ask };
}

describe('who comes in', () => {
  test('owners before relays, and of either who cannot wait first', async () => {
    const { order, ask, scheduler } = setUp(1);
    ask('first', 'owner');
    await Promise.resolve();
    const kinds: Kind[] = ['relay can wait', 'relay', 'owner can wait', 'owner'];
    for (const kind of kinds) ask(kind, kind);
    await turn();
    expect(order).toEqual(['first', 'owner', 'owner can wait', 'relay', 'relay can wait']);
    await scheduler.dispose();
  });

  test('nobody who can wait waits for more than four who came later', async () => {
    const { order, ask } = setUp(1);
    ask('first', 'owner');
    await Promise.resolve();
    ask('patient', 'owner can wait');
    for (let count = 0; count < 10; count += 1) ask(String(count), 'owner');
    await turn();
    expect(order.indexOf('patient')).toBe(1 + OVERTAKES);
  });

  test('one place stays free of those who can wait', async () => {
    const { ask, order, scheduler } = setUp(3);
    const patient = [1, 2, 3].map((name) => ask(String(name), 'owner can wait', 'q', 50));
    let started: boolean[] = [];
    let urgent: ReturnType<typeof ask> | null = null;
    ask('watch', 'owner', 'q', 2, () => {
      started = patient.map(({ state }) => state.started);
      urgent ??= ask('urgent', 'owner');
      return undefined;
    });
    await turn();
    expect(started).toEqual([true, false, false]);
    expect(order.indexOf('urgent')).toBeLessThan(order.indexOf('2'));
    expect(patient.map(({ state }) => state.isOver)).toEqual([true, true, true]);
    await scheduler.dispose();
  });
});

describe('prompts', () => {
  test('a short one is read while a long one is, which goes on as well', async () => {
    const { ask, scheduler } = setUp(2);
    const long = ask('long', 'owner', 'x'.repeat(PREFILL * 100), 1);
    await Promise.resolve();
    let longAt = -1;
    const short = ask('short', 'owner', 'y'.repeat(PREFILL * 3), 1, () => {
      longAt = long.state.words;
      return undefined;
    });
    await turn();
    expect([short.state.isOver, long.state.isOver]).toEqual([true, true]);
    expect(longAt).toBe(0);
    await scheduler.dispose();
  });

  test('a long one comes to its end however many short ones come', async () => {
    const { ask, scheduler } = setUp(2);
    const long = ask('long', 'owner', 'x'.repeat(PREFILL * 20), 1);
    let count = 0;
    const more = (): undefined => {
      count += 1;
      if (long.state.isOver || count > 500) return undefined;
      ask('short', 'owner', `${String(count)}${'y'.repeat(PREFILL * 2)}`, 1, more);
      return undefined;
    };
    more();
    await turn();
    expect(long.state.isOver).toBe(true);
    expect(count).toBeLessThan(60);
    await scheduler.dispose();
  });
});

describe('relays whose owner never stops asking', () => {
  test('are told after a minute, those that wait and those that were being answered', async () => {
    const { ask, clock, scheduler } = setUp(2);
    const answered = ask('answered', 'relay', 'q', 2000);
    for (let step = 0; step < 5; step += 1) await Promise.resolve();
    const waiting = ask('waiting', 'relay');
    const beganMs = clock.monotonicMs();
    ask('own', 'owner', 'q', 8000);
    await turn();
    expect(answered.state.code).toBe('owner-returned');
    expect(waiting.state.code).toBe('owner-returned');
    expect(clock.monotonicMs() - beganMs).toBeGreaterThanOrEqual(RELAY_PATIENCE_MS);
    await scheduler.dispose();
  });
});

describe('whatever comes', () => {
  const arrivals = fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>('owner', 'owner can wait', 'relay', 'relay can wait'),
      promptTokens: fc.integer({ min: 1, max: 80 }),
      maxTokens: fc.integer({ min: 1, max: 20 }),
      afterMs: fc.nat(400),
    }),
    { minLength: 1, maxLength: 12 },
  );

  test('every request ends, within the time of those before it and of four that overtake', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 4 }), async (all, sequences) => {
        const { ask, clock, scheduler } = setUp(sequences, SLOW_MS);
        const asked: { readonly isOver: boolean; readonly code: string | null }[] = [];
        // Somebody in a hurry comes again and again, from the first moment to the last.
        const flood = { isOn: true, count: 0 };
        const again = (): undefined => {
          flood.count += 1;
          if (flood.isOn) ask('flood', 'owner', `${String(flood.count)} again`, 1, again);
          return undefined;
        };
        again();
        for (const { kind, promptTokens, maxTokens, afterMs } of all) {
          clock.after(afterMs, () => {
            asked.push(ask(kind, kind, 'z'.repeat(promptTokens), maxTokens).state);
          });
        }
        const steps = all.reduce((sum, each) => sum + each.promptTokens + each.maxTokens + 2, 0);
        const limit = 400 + RELAY_PATIENCE_MS + (steps + all.length * OVERTAKES) * SLOW_MS;
        clock.after(limit, () => {
          flood.isOn = false;
        });
        const overAt = { isEverybody: false };
        clock.after(limit - 1, () => {
          overAt.isEverybody = asked.length === all.length && asked.every(({ isOver }) => isOver);
        });
        for (let ms = 0; ms <= limit; ms += 500) {
          await turn();
          if (scheduler.load === 0) clock.advance(1);
        }
        while (clock.monotonicMs() < limit) clock.advance(1000);
        expect(overAt.isEverybody).toBe(true);
        for (const { code } of asked) expect([null, 'owner-returned']).toContain(code);
        expect(flood.count).toBeGreaterThan(100);
        await scheduler.dispose();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
