import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler, type Scheduler } from '../../../electron/engine/scheduler.ts';
import type { AppError } from '../../../electron/platform/app-error.ts';
import { createByteModel, nextByte, type ByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import {
  DEFAULT_SAMPLING,
  type GenerateEvent,
  type GenerateRequest,
} from '../../../electron/protocol/generate.ts';

const PREFILL = 16;

function setUp(model: ByteModel, waiting = 100, together = true) {
  const clock = createManualClock();
  const broken: unknown[] = [];
  const scheduler = createScheduler(
    model,
    { clock, drawSeed: () => 42, onBroken: (error) => broken.push(error) },
    { prefillTokens: PREFILL, waiting, together, stepMs: 60_000 },
  );
  return { scheduler, clock, broken };
}

interface Run {
  readonly text: string;
  readonly ids: readonly number[];
  readonly start: Extract<GenerateEvent, { type: 'start' }> | undefined;
  readonly end: Extract<GenerateEvent, { type: 'end' }> | undefined;
  readonly error: AppError | undefined;
}

function request(prompt: string, changes: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    turns: [{ role: 'user', text: prompt }],
    sampling: { ...DEFAULT_SAMPLING, seed: 1 },
    maxTokens: 60,
    stop: [],
    ...changes,
  };
}

/** @param onTokens called with the count of token events so far, and what cancels */
function run(
  scheduler: Scheduler,
  asked: GenerateRequest,
  onTokens: (events: number, cancel: () => void) => void = () => undefined,
): Promise<Run> {
  return new Promise((resolve) => {
    const events: GenerateEvent[] = [];
    const finish = (error?: AppError) => {
      const tokens = events.filter((event) => event.type === 'tokens');
      resolve({
        text: tokens.map((event) => event.text).join(''),
        ids: tokens.flatMap((event) => event.tokenIds),
        start: events.find((event) => event.type === 'start'),
        end: events.find((event) => event.type === 'end'),
        error,
      });
    };
    const { cancel } = scheduler.submit(asked, {
      onEvent(event) {
        if (events.some((past) => past.type === 'end')) throw new Error('something after the end');
        events.push(event);
        if (event.type === 'tokens') onTokens(events.length - 1, cancel);
        if (event.type === 'end') finish();
      },
      onError: finish,
    });
  });
}

/** The answer as one would write it down by hand: byte after byte, then a search in the whole text. */
function byHand(asked: GenerateRequest, contextTokens: number) {
  const prompt = [...Buffer.from(asked.turns.map((turn) => turn.text).join(''))];
  const limit = Math.min(asked.maxTokens ?? Infinity, contextTokens - prompt.length);
  const written: number[] = [];
  const text = () =>
    Buffer.from(written)
      .toString('utf8')
      .replace(/\uFFFD$/, '');
  for (;;) {
    const byte = nextByte([...prompt, ...written], asked.sampling.seed ?? 42);
    if (byte === null) return { text: text(), output: written.length, reason: 'stop' };
    const before = text();
    written.push(byte);
    const [stop] = asked.stop.filter((each) => text().includes(each));
    if (stop !== undefined) {
      const cut = Math.min(
        ...asked.stop.map((each) => text().indexOf(each)).filter((at) => at >= 0),
      );
      const counts = cut > before.length ? written.length : written.length - 1;
      return { text: text().slice(0, cut), output: counts, reason: 'stop' };
    }
    if (written.length === limit) return { text: text(), output: limit, reason: 'length' };
  }
}

const requests = fc.array(
  fc
    .record({
      prompt: fc.stringMatching(/^[ab]{1,40}$/),
      seed: fc.nat(5),
      maxTokens: fc.option(fc.integer({ min: 1, max: 90 })),
      stop: fc.array(fc.constantFrom('ab', 'c', 'd\n', '😀'), { maxLength: 2 }),
    })
    .map(({ prompt, seed, ...rest }) =>
      request(prompt, { ...rest, sampling: { ...DEFAULT_SAMPLING, seed } }),
    ),
  { minLength: 1, maxLength: 9 },
);

describe('in company', () => {
  test('every answer is the one it would be alone, with exact counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        requests,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (all, sequences, together) => {
          const model = createByteModel({ sequences });
          const { scheduler } = setUp(model, 100, together);
          const runs = await Promise.all(all.map((each) => run(scheduler, each)));
          for (const [index, { text, ids, start, end }] of runs.entries()) {
            const asked = all[index] ?? request('');
            const expected = byHand(asked, model.contextTokens);
            expect({ text, output: end?.counts.output, reason: end?.reason }).toEqual(expected);
            expect(ids).toHaveLength(expected.output);
            expect(end?.counts.prompt).toBe(asked.turns[0]?.text.length);
            expect(end?.counts.cached).toBe(start?.counts.cached);
          }
          expect(scheduler.load).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('the work done is what the counts say: prompts without their cached part, and the answers', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (all) => {
        const model = createByteModel({ next: (written, seed) => nextByte(written, seed) ?? 97 });
        const { scheduler } = setUp(model);
        const asked = all.map((each) => ({ ...each, stop: [] }));
        const runs = await Promise.all(asked.map((each) => run(scheduler, each)));
        const said = runs.reduce((sum, { end }) => {
          const { prompt = 0, cached = 0, output = 0 } = end?.counts ?? {};
          // The last token of an answer is never evaluated: nothing is asked after it.
          return sum + prompt - cached + output - 1;
        }, 0);
        expect(model.trace.evaluated).toBe(said);
      }),
      { numRuns: 200 },
    );
  });

  test('all sequences step together, and prompts share one budget', async () => {
    const model = createByteModel({ sequences: 4, next: () => 97 });
    const { scheduler } = setUp(model);
    await Promise.all(['p', 'q', 'r', 's'].map((each) => run(scheduler, request(each.repeat(50)))));
    expect(model.trace.mostTogether).toBe(4);
    expect(model.trace.mostPrefill).toBe(PREFILL);
  });

  test('a request is served at whatever moment it comes, also when the last one is just leaving', async () => {
    for (let delay = 0; delay < 40; delay += 1) {
      const { scheduler } = setUp(createByteModel({ sequences: 1 }));
      await run(scheduler, request('first'));
      for (let turn = 0; turn < delay; turn += 1) await Promise.resolve();
      expect((await run(scheduler, request('second'))).end).toBeDefined();
    }
  });

  test('each sequence has a batch of its own where that is asked for', async () => {
    const model = createByteModel({ sequences: 4, next: () => 97 });
    const { scheduler } = setUp(model, 100, false);
    await Promise.all(['p', 'q', 'r', 's'].map((each) => run(scheduler, request(each.repeat(50)))));
    expect(model.trace.mostTogether).toBe(1);
  });

  test('answers start in the order in which they were asked for', async () => {
    const { scheduler } = setUp(createByteModel({ sequences: 1 }));
    const order: string[] = [];
    const ask = async (name: string) => {
      await run(scheduler, request(name));
      order.push(name);
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(ask));
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a conversation that goes on', () => {
  test('evaluates only what is new', async () => {
    const { scheduler } = setUp(createByteModel({ sequences: 2 }));
    const first = await run(scheduler, request('hello there', { maxTokens: 5 }));
    const longer = `hello there${first.text}, and then`;
    const second = await run(scheduler, request(longer));
    // The last byte of the first answer was sampled, but nobody evaluated it.
    expect(second.end?.counts.cached).toBe('hello there'.length + 4);
  });
});

describe('a cancelled request', () => {
  test('stops within one step, while others go on unharmed', async () => {
    const model = createByteModel({ next: (written, seed) => nextByte(written, seed) ?? 97 });
    const { scheduler } = setUp(model);
    const other = run(scheduler, request('other'));
    const { end, ids } = await run(scheduler, request('first'), (events, cancel) => {
      if (events === 3) cancel();
    });
    expect(end?.reason).toBe('cancelled');
    expect(end?.counts.output).toBe(ids.length);
    expect((await other).text).toBe((await run(scheduler, request('other'))).text);
  });

  test('ends at once while it waits in the queue, and its place is given to the next', async () => {
    const model = createByteModel({ sequences: 1 });
    const { scheduler } = setUp(model, 1);
    const running = run(scheduler, request('running'));
    const seen: GenerateEvent[] = [];
    const { cancel } = scheduler.submit(request('waiting'), {
      onEvent: (event) => seen.push(event),
      onError: () => undefined,
    });
    cancel();
    expect(seen.map((event) => event.type)).toEqual(['end']);
    expect(seen[0]).toMatchObject({ reason: 'cancelled', counts: { prompt: 7, output: 0 } });
    await Promise.all([running, run(scheduler, request('next'))]);
  });

  test('hears nothing of the token that was on its way', async () => {
    const model = createByteModel({ sequences: 1, next: () => 97 });
    const { scheduler } = setUp(model);
    const seen: string[] = [];
    let release: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      const { cancel } = scheduler.submit(request('q'), {
        onEvent(event) {
          seen.push(event.type);
          if (event.type === 'end') resolve();
          if (event.type !== 'tokens') return;
          release = model.hold();
          // By then the next step is waiting for its token.
          setImmediate(cancel);
        },
        onError: () => undefined,
      });
    });
    release();
    await scheduler.dispose();
    expect(seen).toEqual(['start', 'tokens', 'end']);
  });

  test('leaves its prompt unread when it is cancelled in the middle of it', async () => {
    const model = createByteModel({ sequences: 1 });
    const { scheduler } = setUp(model);
    const release = model.hold();
    const ended = new Promise<GenerateEvent>((resolve) => {
      const { cancel } = scheduler.submit(request('x'.repeat(100)), {
        onEvent(event) {
          if (event.type === 'start') queueMicrotask(cancel);
          if (event.type === 'end') resolve(event);
        },
        onError: () => undefined,
      });
    });
    expect(await ended).toMatchObject({ reason: 'cancelled', counts: { prompt: 100, output: 0 } });
    release();
    await scheduler.dispose();
    expect(model.trace.evaluated).toBeLessThanOrEqual(PREFILL);
  });
});

describe('what cannot be done is refused before any work', () => {
  test('a prompt that does not fit, with the numbers', () => {
    const { scheduler } = setUp(createByteModel({ contextTokens: 50 }));
    expect(() => scheduler.submit(request('y'.repeat(50)), SILENT)).toThrow(
      expect.objectContaining({
        code: 'context-exceeded',
        details: 'the prompt has 50 tokens, the context 50',
      }),
    );
  });

  test('one request too many', async () => {
    const { scheduler } = setUp(createByteModel({ sequences: 1 }), 2);
    const taken = ['a', 'b', 'c'].map((each) => run(scheduler, request(each)));
    expect(() => scheduler.submit(request('d'), SILENT)).toThrow(
      expect.objectContaining({ code: 'engine-busy' }),
    );
    await Promise.all(taken);
    expect((await run(scheduler, request('d'))).end?.reason).toBeDefined();
  });

  test('turns that the template refuses, and an empty prompt', () => {
    const { scheduler } = setUp(createByteModel());
    for (const text of ['refuse me', '']) {
      expect(() => scheduler.submit(request(text), SILENT)).toThrow(
        expect.objectContaining({ code: 'bad-request' }),
      );
    }
  });
});

describe('limits and seeds', () => {
  test('an answer ends where the context ends', async () => {
    const { scheduler } = setUp(createByteModel({ contextTokens: 30, next: () => 97 }));
    const { end } = await run(scheduler, request('z'.repeat(20), { maxTokens: null }));
    expect(end).toMatchObject({ reason: 'length', counts: { prompt: 20, output: 10 } });
  });

  test('and so does one that asked for more than the context holds', async () => {
    const { scheduler } = setUp(createByteModel({ contextTokens: 30, next: () => 97 }));
    const { end } = await run(scheduler, request('z'.repeat(20), { maxTokens: 1000 }));
    expect(end).toMatchObject({ reason: 'length', counts: { output: 10 } });
  });

  test('a seed that nobody chose is drawn and told', async () => {
    const { scheduler } = setUp(createByteModel());
    const drawn = await run(
      scheduler,
      request('q', { sampling: { ...DEFAULT_SAMPLING, seed: null } }),
    );
    expect(drawn.start?.seed).toBe(42);
    const chosen = await run(
      scheduler,
      request('q', { sampling: { ...DEFAULT_SAMPLING, seed: 42 } }),
    );
    expect(chosen.text).toBe(drawn.text);
  });
});

describe('when the model fails', () => {
  test('everybody is told, and nothing more is accepted', async () => {
    const model = createByteModel({ sequences: 2 });
    const { scheduler, broken } = setUp(model);
    const runs = ['a', 'b', 'c'].map((each) => run(scheduler, request(each)));
    model.break();
    for (const { error } of await Promise.all(runs)) {
      expect(error).toMatchObject({ code: 'engine-crashed', details: 'the device was lost' });
    }
    expect(broken).toHaveLength(1);
    expect(() => scheduler.submit(request('d'), SILENT)).toThrow(
      expect.objectContaining({ code: 'engine-crashed' }),
    );
  });

  test('a step that never ends counts as a failure', async () => {
    const model = createByteModel();
    const { scheduler, clock, broken } = setUp(model);
    const release = model.hold();
    const stuck = run(scheduler, request('a'));
    // Enough turns of the microtask queue for the step to begin.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    clock.advance(60_000);
    expect((await stuck).error?.code).toBe('engine-crashed');
    expect(broken).toHaveLength(1);
    release();
  });
});

describe('while a sequence is being made ready for a request', () => {
  /** Enough turns of the microtask queue for the scheduler to get there. */
  const reach = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };

  test('the request counts as running, and ends when everything is ended', async () => {
    const model = createByteModel();
    const { scheduler } = setUp(model);
    const release = model.holdKeep();
    const asked = run(scheduler, request('a'));
    await reach();
    expect(scheduler.load).toBe(1);
    const disposed = scheduler.dispose();
    expect((await asked).end?.reason).toBe('cancelled');
    release();
    await disposed;
    expect(model.trace.evaluated).toBe(0);
  });

  test('a model that never gets ready counts as a failure', async () => {
    const model = createByteModel();
    const { scheduler, clock, broken } = setUp(model);
    const release = model.holdKeep();
    const asked = run(scheduler, request('a'));
    await reach();
    clock.advance(60_000);
    expect(await asked).toMatchObject({ start: undefined, error: { code: 'engine-crashed' } });
    release();
    await scheduler.dispose();
    expect(broken).toHaveLength(1);
    expect(model.trace.evaluated).toBe(0);
  });
});

const SILENT = { onEvent: () => undefined, onError: () => undefined };
