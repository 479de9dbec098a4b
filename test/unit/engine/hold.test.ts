/** An answer whose reader is behind: it waits with its place kept, and costs nobody else anything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler, type Scheduler } from '../../../electron/engine/scheduler.ts';
import { answerFrom, HOLD_AT_TOKENS } from '../../../electron/engine/session-answer.ts';
import type { EngineSession } from '../../../electron/engine/engine-session.ts';
import type { GenerationSink } from '../../../electron/engine/generation.ts';
import { createByteModel, type ByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { never, turn } from '../../fakes/supervised-engine.ts';
import {
  DEFAULT_SAMPLING,
  type GenerateEvent,
  type GenerateRequest,
} from '../../../electron/protocol/generate.ts';

const ALWAYS_A = { next: () => 97 };

function schedulerOf(model: ByteModel): Scheduler {
  return createScheduler(
    model,
    {
      clock: createManualClock(),
      drawSeed: () => 42,
      onBroken: (error) => {
        throw error;
      },
    },
    { prefillTokens: 16, waiting: 10, together: true, stepMs: 60_000 },
  );
}

function request(prompt: string, maxTokens = 60): GenerateRequest {
  return {
    turns: [{ role: 'user', text: prompt }],
    sampling: { ...DEFAULT_SAMPLING, seed: 1 },
    maxTokens,
    stop: [],
  };
}

/** Runs one request; `onTokens` hears how many token events there were and may hold it. */
function ask(
  scheduler: Scheduler,
  asked: GenerateRequest,
  onTokens: (events: number, hold: (isHeld: boolean) => void) => void = () => undefined,
) {
  const events: GenerateEvent[] = [];
  const ended = Promise.withResolvers<Extract<GenerateEvent, { type: 'end' }>>();
  const sink: GenerationSink = {
    onEvent(event) {
      events.push(event);
      if (event.type === 'tokens') onTokens(events.length - 1, submitted.hold);
      if (event.type === 'end') ended.resolve(event);
    },
    onError: ended.reject,
  };
  const submitted = scheduler.submit(asked, sink);
  const text = () => events.map((event) => (event.type === 'tokens' ? event.text : '')).join('');
  return { ...submitted, events, ended: ended.promise, text };
}

describe('a held answer', () => {
  test('writes nothing while others go on, keeps its place, and ends as it would have', async () => {
    const model = createByteModel({ sequences: 2, ...ALWAYS_A });
    const scheduler = schedulerOf(model);
    const held = ask(scheduler, request('first'), (events, hold) => {
      if (events === 5) hold(true);
    });
    const other = await ask(scheduler, request('other')).ended;
    expect(other.counts.output).toBe(60);
    expect(held.text()).toHaveLength(5);
    expect(scheduler.load).toBe(1);
    held.hold(false);
    expect((await held.ended).counts).toMatchObject({ output: 60 });
  });

  test('leaves the model at rest when nobody else is there', async () => {
    const model = createByteModel({ sequences: 1, ...ALWAYS_A });
    const scheduler = schedulerOf(model);
    const held = ask(scheduler, request('first'), (events, hold) => {
      if (events === 5) hold(true);
    });
    await turn();
    const { evaluated } = model.trace;
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(model.trace.evaluated).toBe(evaluated);
    held.cancel();
    expect((await held.ended).reason).toBe('cancelled');
    expect((await ask(scheduler, request('next')).ended).counts.output).toBe(60);
  });

  test('lets a free place be taken by who comes, and its own by who waits once it is cancelled', async () => {
    const scheduler = schedulerOf(createByteModel({ sequences: 2, ...ALWAYS_A }));
    const holdAt5 = (events: number, hold: (isHeld: boolean) => void) => {
      if (events === 5) hold(true);
    };
    const first = ask(scheduler, request('a'), holdAt5);
    await turn();
    const second = ask(scheduler, request('b'), holdAt5);
    await turn();
    expect([first.text().length, second.text().length]).toEqual([5, 5]);
    const waiting = ask(scheduler, request('c'));
    await turn();
    expect(waiting.events).toEqual([]);
    first.cancel();
    expect((await waiting.ended).counts.output).toBe(60);
    await scheduler.dispose();
    expect((await second.ended).reason).toBe('cancelled');
  });

  test('never hangs and never changes a text, whoever is held and let go whenever', async () => {
    const moves = fc.array(
      fc.record({ who: fc.nat(3), isHeld: fc.boolean(), turns: fc.nat(2), cancel: fc.nat(12) }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(moves, fc.integer({ min: 1, max: 3 }), async (all, sequences) => {
        const prompts = ['a', 'bb', 'ab', 'ba'];
        const scheduler = schedulerOf(createByteModel({ sequences }));
        const alone = schedulerOf(createByteModel({ sequences: 1 }));
        const runs = prompts.map((prompt) => ask(scheduler, request(prompt)));
        for (const { who, isHeld, turns, cancel } of all) {
          if (cancel === 0) runs[who]?.cancel();
          else runs[who]?.hold(isHeld);
          for (let count = 0; count < turns; count += 1) await Promise.resolve();
        }
        for (const run of runs) run.hold(false);
        for (const [index, run] of runs.entries()) {
          const { reason } = await run.ended;
          const expected = ask(alone, request(prompts[index] ?? ''));
          await expected.ended;
          if (reason === 'cancelled') expect(expected.text().startsWith(run.text())).toBe(true);
          else expect(run.text()).toBe(expected.text());
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a reader in main that does not pull', () => {
  /** A session that says when it is held; the test is its engine. */
  function played() {
    const holds: boolean[] = [];
    let sink: GenerationSink | null = null;
    const session: Pick<EngineSession, 'generate'> = {
      generate(_request, theirs) {
        sink = theirs;
        return { cancel: () => undefined, hold: (isHeld) => holds.push(isHeld) };
      },
    };
    const write = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        sink?.onEvent({ type: 'tokens', text: 'x', tokenIds: [index] });
      }
    };
    return { session, holds, write };
  }

  test('holds the engine at a bounded number of tokens, and lets it go on in time', async () => {
    const { session, holds, write } = played();
    const answer = answerFrom(session, request('q'), never(), () => undefined);
    const first = answer.next();
    write(HOLD_AT_TOKENS - 1);
    await first;
    write(1);
    expect(holds).toEqual([]);
    write(1);
    expect(holds).toEqual([true]);
    write(10);
    for (let count = 0; count < 30; count += 1) await answer.next();
    expect(holds).toEqual([true]);
    for (let count = 0; count < 30; count += 1) await answer.next();
    expect(holds).toEqual([true, false]);
  });

  test('one that keeps up is never held', async () => {
    const { session, holds, write } = played();
    const answer = answerFrom(session, request('q'), never(), () => undefined);
    for (let count = 0; count < 500; count += 1) {
      const next = answer.next();
      write(1);
      await next;
    }
    expect(holds).toEqual([]);
  });
});
