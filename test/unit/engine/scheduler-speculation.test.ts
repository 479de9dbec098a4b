/** Guessing changes how soon an answer is there, and nothing else about it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler } from '../../../electron/engine/scheduler.ts';
import type { Draft, ModelContext } from '../../../electron/engine/model-context.ts';
import type { StepCosts } from '../../../electron/engine/speculation-rule.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../../../electron/protocol/generate.ts';
import { createByteModel, type ByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const FREE: StepCosts = [
  { tokens: 1, ms: 1 },
  { tokens: 8, ms: 1 },
];
const CONTEXT = 150;
const END_AT = 97;

/** Goes round in a text that it knows from what it has written, and leaves it now and then. */
function copyist(written: readonly number[], seed: number): number | null {
  const { length } = written;
  if (length % END_AT === 0) return null;
  if (length % (7 + seed) === 0) return 97 + (length % 5);
  const period = 4 + seed * 3;
  return written[length - period] ?? 97 + (length % period);
}

interface Asked {
  readonly text: string;
  readonly seed: number;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  /** After so many events with text it is cancelled, or held back for a while; 0 for never. */
  readonly cancelAt: number;
  readonly holdAt: number;
}

function modelOf(stepCosts: StepCosts | undefined, draft?: Draft, sequences = 2) {
  return createByteModel({
    ...{ contextTokens: CONTEXT, sequences, next: copyist },
    ...(stepCosts && { stepCosts }),
    ...(draft && { draft }),
  });
}

/** Goes on as the model would with the first of all seeds, once it has read its pieces. */
function smallModel(pieces = 0): Draft {
  let asked = 0;
  return {
    tokenMs: 0.1,
    readMs: 0,
    forget: () => Promise.resolve(),
    guess(text, most) {
      const guessed: number[] = [];
      asked += 1;
      if (asked % (pieces + 1) !== 0) return Promise.resolve(null);
      while (guessed.length < most) {
        const token = copyist([...text, ...guessed], 0);
        if (token === null) break;
        guessed.push(token);
      }
      return Promise.resolve(guessed);
    },
  };
}

function schedulerOf(model: ModelContext, clock = createManualClock()) {
  return createScheduler(
    model,
    {
      clock,
      drawSeed: () => 1,
      onBroken: (error) => expect.fail(String(error)),
    },
    { prefillTokens: 16, waiting: 100, together: true, stepMs: 60_000 },
  );
}

/** Everything that is told of an answer, times left out. */
function ask(scheduler: ReturnType<typeof schedulerOf>, asked: Asked): Promise<readonly unknown[]> {
  const { text, seed, maxTokens, stop, cancelAt, holdAt } = asked;
  return new Promise((resolve, reject) => {
    const told: unknown[] = [];
    const onEvent = (event: GenerateEvent) => {
      told.push(event.type === 'end' ? { ...event, timings: null } : event);
      if (event.type === 'end') resolve(told);
      if (event.type !== 'tokens') return;
      if (told.length === cancelAt) mine.cancel();
      if (told.length !== holdAt) return;
      mine.hold(true);
      setImmediate(() => {
        mine.hold(false);
      });
    };
    const sampling = { ...DEFAULT_SAMPLING, seed };
    const turns = [{ role: 'user', text }] as const;
    const mine = scheduler.submit(
      { turns, sampling, maxTokens, stop },
      { onEvent, onError: reject },
    );
  });
}

const asked = fc.record({
  text: fc.stringMatching(/^[abc]{1,30}$/),
  seed: fc.nat(4),
  maxTokens: fc.option(fc.integer({ min: 1, max: 120 })),
  stop: fc.array(fc.constantFrom('aab', 'cd', 'bad', 'eee'), { maxLength: 2 }),
  cancelAt: fc.constantFrom(0, 0, 0, 3, 17),
  holdAt: fc.constantFrom(0, 0, 2, 11),
});

describe.each([
  ['with guesses', () => undefined],
  ['with a small model’s guesses', () => smallModel()],
  ['with those of one that reads slowly', () => smallModel(3)],
])('%s', (_name, draftOf) => {
  test('one answer after the other is told just so, and leaves just the same behind', async () => {
    let right = 0;
    const follow = fc.record({ asked, goesOn: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(follow, { minLength: 1, maxLength: 5 }), async (questions) => {
        const plain = modelOf(undefined);
        const guessing = modelOf(FREE, draftOf());
        const [one, other] = [schedulerOf(plain), schedulerOf(guessing)];
        let before = '';
        for (const { asked: next, goesOn } of questions) {
          const text = (goesOn ? before : '') + next.text;
          if (text.length >= CONTEXT) continue;
          const told = await ask(one, { ...next, text });
          expect(await ask(other, { ...next, text })).toEqual(told);
          before = text;
        }
        await one.dispose();
        await other.dispose();
        const held = ({ sequences }: ByteModel) => sequences.map((each) => each.held());
        expect(held(guessing)).toEqual(held(plain));
        expect(plain.trace.guessed).toBe(0);
        ({ right } = { right: right + guessing.trace.right });
      }),
      { numRuns: 150 },
    );
    expect(right).toBeGreaterThan(1000);
  });

  test('answers in company are the same, and only who is alone is guessed for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 6 }), async (questions) => {
        const answers = async (stepCosts: StepCosts | undefined) => {
          const scheduler = schedulerOf(modelOf(stepCosts, draftOf()));
          const told = await Promise.all(questions.map((each) => ask(scheduler, each)));
          await scheduler.dispose();
          // Who came first to a known beginning is a matter of time.
          return told.map((events) => events.slice(1, -1));
        };
        expect(await answers(FREE)).toEqual(await answers(undefined));
      }),
      { numRuns: 60 },
    );
  });
});

describe('with guesses', () => {
  test('a small model is asked where the text says nothing, and never in company', async () => {
    const asked: number[] = [];
    const small = smallModel();
    const draft: Draft = {
      ...small,
      guess(text, most) {
        asked.push(text.length);
        return small.guess(text, most);
      },
    };
    const model = modelOf(FREE, draft);
    const scheduler = schedulerOf(model);
    const question = { seed: 0, maxTokens: 40, stop: [], cancelAt: 0, holdAt: 0 };
    await ask(scheduler, { ...question, text: 'abc' });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(20);
    expect(model.trace.right).toBeGreaterThan(20);
    asked.length = 0;
    await Promise.all([
      ask(scheduler, { ...question, text: 'aaa' }),
      ask(scheduler, { ...question, text: 'bbb' }),
    ]);
    expect(asked).toEqual([]);
    await scheduler.dispose();
  });

  test('no more is evaluated than the answer has room for but its last token', async () => {
    for (const maxTokens of [2, 3, 20, null]) {
      const contextTokens = 40;
      const model = createByteModel({
        contextTokens,
        sequences: 1,
        next: () => 97,
        stepCosts: FREE,
      });
      const most: number[] = [];
      const sequences = model.sequences.map((port) => ({
        ...port,
        open: (...given: Parameters<typeof port.open>) => {
          const source = port.open(...given);
          return {
            ...source,
            async check(...[guesses, take]: Parameters<NonNullable<typeof source.check>>) {
              most.push(port.held().length + 1 + guesses.length);
              await source.check?.(guesses, take);
            },
          };
        },
      }));
      const scheduler = schedulerOf({ ...model, sequences });
      const text = 'aaaaaa';
      await ask(scheduler, { text, seed: 0, maxTokens, stop: [], cancelAt: 0, holdAt: 0 });
      await scheduler.dispose();
      const room = maxTokens ?? contextTokens - text.length;
      if (maxTokens !== 2) expect(most.length).toBeGreaterThan(0);
      expect(Math.max(0, ...most)).toBeLessThan(text.length + room);
      expect(model.trace.evaluated).toBe(text.length + room - 1);
    }
  });

  test('two who write side by side get one token each a step', async () => {
    const model = modelOf(FREE);
    const scheduler = schedulerOf(model);
    const question = { seed: 0, maxTokens: 60, stop: [], cancelAt: 0, holdAt: 0 };
    await Promise.all([
      ask(scheduler, { ...question, text: 'aaa' }),
      ask(scheduler, { ...question, text: 'bbb' }),
    ]);
    expect(model.trace.mostTogether).toBe(2);
    expect(model.trace.guessed).toBe(0);
    await ask(scheduler, { ...question, text: 'ccc' });
    expect(model.trace.guessed).toBeGreaterThan(20);
    await scheduler.dispose();
  });

  test('no step takes longer than a relay may, however slow the card has become', async () => {
    const slowness = { now: 1 };
    const clock = createManualClock();
    const costs: StepCosts = [
      { tokens: 1, ms: 10 },
      { tokens: 8, ms: 24 },
    ];
    const model = createByteModel({ sequences: 1, next: () => 97, stepCosts: costs });
    const steps: number[] = [];
    const take = (tokens: number) => {
      const ms = (8 + 2 * tokens) * slowness.now;
      steps.push(ms);
      clock.advance(ms);
    };
    const sequences = model.sequences.map((port) => ({
      ...port,
      open: (...given: Parameters<typeof port.open>) => {
        const source = port.open(...given);
        return {
          ...source,
          async next() {
            take(1);
            return await source.next();
          },
          async check(...[guesses, accept]: Parameters<NonNullable<typeof source.check>>) {
            take(1 + guesses.length);
            await source.check?.(guesses, accept);
          },
        };
      },
    }));
    const scheduler = schedulerOf({ ...model, sequences }, clock);
    const question = { seed: 0, maxTokens: 60, stop: [], cancelAt: 0, holdAt: 0 };
    await ask(scheduler, { ...question, text: 'aaaaaa' });
    expect(Math.max(...steps)).toBe(24);
    slowness.now = 20;
    steps.length = 0;
    await ask(scheduler, { ...question, text: 'aaaaaa' });
    // By the third step it is known; even so there are guesses where there is time for them.
    expect(Math.max(...steps.slice(2))).toBe(240);
    slowness.now = 1;
    await ask(scheduler, { ...question, text: 'aaaaaa' });
    expect(steps.at(-2)).toBe(24);
    await scheduler.dispose();
  });
});
