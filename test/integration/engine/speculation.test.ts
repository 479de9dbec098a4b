/** Guessed tokens with the real test model, forced on a processor: the same answers, and the same state behind them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { GgufFileInfo } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel, type LoadedModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend, type LlamaBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { loadDraft } from '../../../electron/engine/llama-draft-adapter.ts';
import type { Draft, SampledToken, SampleOptions } from '../../../electron/engine/model-context.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import {
  createScheduler,
  type Scheduler,
  type Submitted,
} from '../../../electron/engine/scheduler.ts';
import { measureStepCosts } from '../../../electron/engine/speculation-costs.ts';
import type { StepCosts } from '../../../electron/engine/speculation-rule.ts';
import { createGuesses } from '../../../electron/engine/speculation.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import {
  DEFAULT_SAMPLING,
  type ChatTurn,
  type Counts,
} from '../../../electron/protocol/generate.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

/** As if several tokens cost no more than one, so that everything is checked that can be guessed. */
const FREE: StepCosts = [
  { tokens: 1, ms: 1 },
  { tokens: 8, ms: 1 },
];
const CONTEXT = 1024;
const GREEDY: SampleOptions = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };
const SAMPLINGS: readonly (readonly [string, SampleOptions, number])[] = [
  ['greedy', GREEDY, 9],
  ['greedy under penalties', { ...GREEDY, frequencyPenalty: 0.4, presencePenalty: 0.2 }, 2],
  ['replayable', { ...GREEDY, temperature: 0.7, seed: 77, isReplayable: true }, 3],
  [
    'replayable under penalties',
    { ...GREEDY, temperature: 0.7, seed: 5, isReplayable: true, frequencyPenalty: 0.3 },
    2,
  ],
];
const LIMIT = 240;

let backend: LlamaBackend;
let model: LoadedModel;

beforeAll(async () => {
  backend = await openBackend('cpu', () => undefined);
  model = await loadModel(
    backend,
    {
      ...{ modelPath: STARTER_PATH, backend: 'cpu', threads: 1, tuneThreads: false },
      ...{ sequences: 2, contextTokens: CONTEXT },
    },
    { onProgress: () => undefined, clock: systemClock },
  );
});
afterAll(async () => {
  await model.dispose();
  await backend.dispose();
});

/** A text that an answer is likely to take up again. */
function textOf(seed: number): string {
  const names = ['Tom', 'Anna', 'the fox', 'a king', 'the old man', 'Lily'];
  const name = names[seed % names.length] ?? '';
  const line = `Once there was ${name} who had a red ball and ${name} liked to play with the red ball. `;
  return `${line.repeat(3)} Tell the story of ${name} number ${String(seed)} again and again.`;
}

function port() {
  const [sequence] = model.context.sequences;
  if (sequence === undefined) throw new Error('no sequence');
  return sequence;
}

async function opened(prompt: readonly number[], options: SampleOptions) {
  await port().keep(0);
  await port().prefill(prompt.slice(0, -1));
  return port().open(prompt.slice(-1), options);
}

test('on a processor nothing is guessed; measuring leaves nothing behind', async () => {
  expect(model.report.speculation).toBe('off');
  expect(model.context.stepCosts).toBeUndefined();
  // On this clock no time goes by, so that every width has its turn.
  const costs = await measureStepCosts(model.context, createManualClock());
  expect(costs.map(({ tokens }) => tokens)).toEqual([1, 2, 4, 8]);
  expect(port().held()).toEqual([]);
});

describe('a small model beside a large one', () => {
  const wish = { contextTokens: CONTEXT, clock: systemClock };
  let target: GgufFileInfo;
  beforeAll(async () => {
    const { readGgufFileInfo } = await import('node-llama-cpp');
    target = await readGgufFileInfo(STARTER_PATH, { sourceType: 'filesystem' });
  });

  test('guesses what the same model would write, whatever text it knows', async () => {
    const draft = await loadDraft(backend, { ...wish, target, path: STARTER_PATH });
    if (draft === null) throw new Error('it does not fit');
    expect(draft.tokenMs).toBeGreaterThan(0);
    let same = 0;
    for (const seed of [0, 1, 0, 2, 3, 4]) {
      const prompt = model.context.render([{ role: 'user', text: textOf(seed) }]);
      const source = await opened(prompt, GREEDY);
      const ids: number[] = [];
      while (ids.length < 8) ids.push((await source.next())?.id ?? -1);
      await source.close();
      same += Number((await draft.guess(prompt, 8))?.join() === ids.join());
      // And in the middle of it, after it had guessed further.
      const rest = await draft.guess([...prompt, ...ids.slice(0, 3)], 5);
      same += Number(rest?.join() === ids.slice(3).join());
    }
    await draft.dispose();
    // Who reads a prompt in other pieces rounds otherwise.
    expect(same).toBeGreaterThanOrEqual(8);
  });

  test('reads a long text piece by piece, and then guesses', async () => {
    const draft = await loadDraft(backend, { ...wish, target, path: STARTER_PATH });
    if (draft === null) throw new Error('it does not fit');
    const text = model.context.render([{ role: 'user', text: 'the red ball and '.repeat(150) }]);
    expect(text.length).toBeGreaterThan(512);
    const guess = async (): Promise<number> => (await draft.guess(text, 2))?.length ?? 0;
    let pieces = 0;
    while ((await guess()) === 0) {
      pieces += 1;
      expect(pieces).toBeLessThan(100);
    }
    expect(pieces).toBeGreaterThan(0);
    expect(await guess()).toBe(2);
    // And all of it once more, for somebody who is to know nothing of it.
    await draft.forget();
    expect(await guess()).toBe(0);
    await draft.dispose();
  });

  test('is left out where it speaks another language, and where its file is cut or gone', async () => {
    const { ggml } = target.metadata.tokenizer;
    const other = { ...ggml, tokens: ggml.tokens.toReversed() };
    const metadata = { ...target.metadata, tokenizer: { ggml: other } };
    const asked = { ...wish, target: { metadata }, path: STARTER_PATH };
    expect(await loadDraft(backend, asked)).toBeNull();
    const broken = join(mkdtempSync(join(tmpdir(), 'lull-draft-')), 'broken.gguf');
    writeFileSync(broken, readFileSync(STARTER_PATH).subarray(0, 3_000));
    const absent = join(dirname(broken), 'absent.gguf');
    await expect(loadDraft(backend, { ...wish, target, path: absent })).rejects.toThrow('ENOENT');
    expect(await leftOut(loadDraft(backend, { ...wish, target, path: broken }))).toBe(true);
    rmSync(dirname(broken), { recursive: true });
  });
});

/** Whether it came to nothing, by its own word or by running out of time. */
async function leftOut(loading: Promise<unknown>): Promise<boolean> {
  try {
    return (await loading) === null;
  } catch (error) {
    return error instanceof AppError && error.code === 'model-load-failed';
  }
}

/** One answer, guessed; what stands behind it, and how many tokens were guessed rightly. */
async function guessed(prompt: readonly number[], options: SampleOptions) {
  const source = await opened(prompt, options);
  const guesses = createGuesses(FREE, prompt);
  const ids: (number | null)[] = [];
  let right = 0;
  const goesOn = () => ids.length < LIMIT && ids.at(-1) !== null;
  const take = (token: SampledToken | null) => {
    ids.push(token?.id ?? null);
    if (token !== null) guesses.saw(token.id);
    return goesOn();
  };
  take(await source.next());
  while (goesOn()) {
    const next = guesses.next(LIMIT - ids.length - 1);
    const before = ids.length;
    if (next.length === 0) take(await source.next());
    else await source.check?.(next, take);
    right += ids.length - before - 1;
    // What was sampled last is not evaluated, nor is the end.
    expect(port().held()).toEqual([...prompt, ...ids.slice(0, -1)]);
  }
  await source.close();
  return { ids, right };
}

/** An answer by its tokens, and null where the model ended it. */
type Ids = readonly (number | null)[];

/** The first step at which the model, asked one token at a time, takes another one; -1 for none. */
async function differsAt(prompt: readonly number[], options: SampleOptions, ids: Ids) {
  const source = await opened(prompt, options);
  let at = 0;
  for (; at < ids.length; at += 1) {
    const token = await source.next();
    if ((token?.id ?? null) !== ids[at]) break;
  }
  await source.close();
  return at === ids.length ? -1 : at;
}

/**
 * Every step that differs, each with all that stand before it as they were written: one difference of rounding is one,
 * and not all that follow from it. Only where nothing but the text counts.
 */
async function differingSteps(prompt: readonly number[], options: SampleOptions, ids: Ids) {
  let differing = 0;
  for (let from = 0; from < ids.length;) {
    const before = ids.slice(0, from).filter((id) => id !== null);
    const at = await differsAt([...prompt, ...before], options, ids.slice(from));
    if (at === -1) break;
    differing += 1;
    from += at + 1;
  }
  return differing;
}

test('at most one in a hundred steps depends on whether tokens were guessed', async () => {
  const seen = { steps: 0, differing: 0, right: 0 };
  for (const [name, options, count] of SAMPLINGS) {
    for (let seed = 0; seed < count; seed += 1) {
      const prompt = model.context.render([{ role: 'user', text: textOf(seed) }]);
      const { ids, right } = await guessed(prompt, options);
      seen.right += right;
      if (name === 'greedy') {
        seen.steps += ids.length;
        seen.differing += await differingSteps(prompt, options, ids);
        continue;
      }
      const at = await differsAt(prompt, options, ids);
      seen.steps += at === -1 ? ids.length : at + 1;
      seen.differing += Number(at !== -1);
    }
  }
  expect(seen.steps, JSON.stringify(seen)).toBeGreaterThanOrEqual(2000);
  expect(seen.right, JSON.stringify(seen)).toBeGreaterThan(seen.steps / 10);
  expect(seen.differing / seen.steps, JSON.stringify(seen)).toBeLessThanOrEqual(0.01);
});

interface Reply {
  readonly text: string;
  readonly ids: readonly number[];
  readonly reason: string;
  readonly counts: Counts;
}

function guessingScheduler(draft?: Draft) {
  return createScheduler(
    { ...model.context, stepCosts: FREE, draft },
    { clock: systemClock, drawSeed: () => 1, onBroken: (error) => expect.fail(String(error)) },
    { prefillTokens: model.prefillTokens, waiting: 8, together: true, stepMs: 60_000 },
  );
}

/** @param onTokens hears which ids there are and may cancel or hold */
function ask(
  scheduler: Scheduler,
  changes: Partial<EngineRequest>,
  onTokens: (ids: readonly number[], mine: Submitted) => void = () => undefined,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let text = '';
    const ids: number[] = [];
    const turns = [{ role: 'user', text: textOf(3) }] as const;
    const request = { turns, sampling: GREEDY, maxTokens: 120, stop: [], ...changes };
    const mine = scheduler.submit(request, {
      onEvent(event) {
        if (event.type === 'end') resolve({ text, ids, ...event });
        if (event.type !== 'tokens') return;
        text += event.text;
        ids.push(...event.tokenIds);
        onTokens([...ids], mine);
      },
      onError: reject,
    });
  });
}

const heldTexts = () => model.context.sequences.map((each) => each.held().join());

describe('a guessed answer', () => {
  test('ends in the middle of right guesses where it should, and holds no token more', async () => {
    const scheduler = guessingScheduler();
    const whole = await ask(scheduler, {});
    expect(whole.ids).toHaveLength(120);
    const prompt = model.context.render([{ role: 'user', text: textOf(3) }]);
    for (const maxTokens of [41, 42, 43, 44, 45]) {
      const { ids, reason, counts } = await ask(scheduler, { maxTokens });
      expect({ ids, reason, output: counts.output }).toEqual({
        ...{ ids: whole.ids.slice(0, maxTokens), reason: 'length', output: maxTokens },
      });
      expect(heldTexts()).toContain([...prompt, ...ids.slice(0, -1)].join());
    }
    for (const at of [60, 61, 62, 63]) {
      const stop = whole.text.slice(at, at + 30);
      const { text, reason } = await ask(scheduler, { stop: [stop] });
      expect({ text, reason }).toEqual({
        ...{ text: whole.text.slice(0, whole.text.indexOf(stop)), reason: 'stop' },
      });
    }
    for (const at of [50, 51, 52, 53]) {
      const { ids, reason } = await ask(scheduler, {}, ({ length }, mine) => {
        if (length === at) mine.cancel();
      });
      expect({ ids, reason }).toEqual({ ids: whole.ids.slice(0, at), reason: 'cancelled' });
      // It is over before its last step is.
      await expect.poll(heldTexts).toContain([...prompt, ...ids.slice(0, -1)].join());
    }
    await scheduler.dispose();
  });

  test('waits for its reader with what it has told, and goes on', async () => {
    const scheduler = guessingScheduler();
    const prompt = model.context.render([{ role: 'user', text: textOf(3) }]);
    const waits: Promise<void>[] = [];
    const { ids } = await ask(scheduler, {}, (told, mine) => {
      if (told.length % 20 !== 0) return;
      mine.hold(true);
      const held = [...prompt, ...told.slice(0, -1)].join();
      const isThere = expect.poll(heldTexts).toContain(held);
      waits.push(
        isThere.finally(() => {
          mine.hold(false);
        }),
      );
    });
    await Promise.all(waits);
    expect(waits).toHaveLength(6);
    expect(ids).toHaveLength(120);
    await scheduler.dispose();
  });

  test('is known to the next question, and writes the context full without running over', async () => {
    const scheduler = guessingScheduler();
    const turns: ChatTurn[] = [{ role: 'user', text: textOf(4) }];
    const first = await ask(scheduler, { turns, cacheKey: 'follow', holdSeconds: 60 });
    const known = heldTexts().find((held) => held.includes(first.ids.slice(0, -1).join()));
    turns.push({ role: 'assistant', text: first.text }, { role: 'user', text: 'And then?' });
    const second = await ask(scheduler, { turns, cacheKey: 'follow' });
    const next = model.context.render(turns);
    const shared = (known ?? '').split(',').findIndex((id, at) => Number(id) !== next[at]);
    expect(second.counts.cached).toBeGreaterThan(first.counts.prompt);
    expect(second.counts.held).toBe(second.counts.cached);
    if (shared !== -1) expect(second.counts.cached).toBe(shared);

    let text = 'the red ball and ';
    while (promptLength(text + text) < CONTEXT) text += text;
    while (promptLength(`${text}the red ball and `) < CONTEXT - 10) text += 'the red ball and ';
    const full = await ask(scheduler, { turns: [{ role: 'user', text }], maxTokens: null });
    expect(full.counts.prompt + full.counts.output).toBeLessThanOrEqual(CONTEXT);
    expect(['length', 'stop']).toContain(full.reason);
    await scheduler.dispose();
  });
});

test('an answer with a small model’s guesses is the same, and most of them are right', async () => {
  const { readGgufFileInfo } = await import('node-llama-cpp');
  const target = await readGgufFileInfo(STARTER_PATH, { sourceType: 'filesystem' });
  const wish = { target, path: STARTER_PATH, contextTokens: CONTEXT, clock: systemClock };
  const draft = await loadDraft(backend, wish);
  if (draft === null) throw new Error('it does not fit');
  const seen = { asked: 0, same: 0 };
  const counting: Draft = {
    ...draft,
    ...{ tokenMs: 0.01, readMs: 0 },
    guess(text, most) {
      seen.asked += 1;
      return draft.guess(text, most);
    },
  };
  for (const question of ['What is a river?', 'Tell me about the sea.', 'Who was Ada Lovelace?']) {
    const turns = [{ role: 'user', text: question }] as const;
    const [plain, guessing] = [guessingScheduler(), guessingScheduler(counting)];
    const expected = await ask(plain, { turns });
    const told = await ask(guessing, { turns });
    seen.same += Number(told.ids.join() === expected.ids.join());
    expect(told.ids.length).toBeGreaterThan(10);
    await plain.dispose();
    await guessing.dispose();
  }
  await draft.dispose();
  // A batch is rounded otherwise than a single token: one in a hundred steps may differ.
  expect(seen.same).toBeGreaterThanOrEqual(2);
  // Of 360 tokens, seven at a time.
  expect(seen.asked).toBeGreaterThan(10);
  expect(seen.asked).toBeLessThan(120);
});

function promptLength(text: string): number {
  return model.context.render([{ role: 'user', text }]).length;
}
