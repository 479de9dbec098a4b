/** Greedy answers of the real test model: caches, company and the width of batches must not change them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { loadModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import type { ModelContext, SequencePort } from '../../../electron/engine/model-context.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING, type ChatTurn } from '../../../electron/protocol/generate.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const SEQUENCES = 4;
const MAX_TOKENS = 160;
const MODEL = {
  modelPath: STARTER_PATH,
  backend: 'cpu',
  threads: 1,
  sequences: SEQUENCES,
  contextTokens: 1024,
} as const;
const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };
const TOPICS = ['a fox', 'the sea', 'a king', 'rain', 'the moon'];
const KINDS = ['Write a long story about', 'Describe in many sentences'];
const QUESTIONS = TOPICS.flatMap((topic) => KINDS.map((kind) => `${kind} ${topic}.`));
/** Of all compared steps, over all tests of this file. */
const seen = { steps: 0, differing: 0 };

let children: ForkedChildren;
let engine: EngineSupervisor;
/** Each question alone, with nothing cached. */
let alone: readonly (readonly number[])[];

beforeAll(async () => {
  children = createForkedChildren('engine');
  engine = createEngineSupervisor({
    spawn: children.spawn,
    clock: systemClock,
    log: createMemoryLog(),
  });
  engine.use({ ...MODEL, modelVersion: '1', deviceIndex: null, device: null, isBackground: false });
  const answers = [];
  for (const [index, text] of QUESTIONS.entries()) {
    answers.push(await ask(text, { cacheKey: `alone ${String(index)}` }));
  }
  expect(answers.every(({ cached }) => cached === 0)).toBe(true);
  alone = answers.map(({ ids }) => ids);
});
afterAll(async () => {
  engine.dispose();
  await children.dispose();
});

async function ask(text: string, extra: Partial<EngineRequest> = {}) {
  const turns: readonly ChatTurn[] = [{ role: 'user', text }];
  const request = { turns, sampling: GREEDY, maxTokens: MAX_TOKENS, stop: [], ...extra };
  const ids: number[] = [];
  let cached = 0;
  for await (const event of engine.generate(request, new AbortController().signal)) {
    if (event.type === 'tokens') ids.push(...event.tokenIds);
    if (event.type === 'end') ({ cached } = event.counts);
  }
  return { ids, cached };
}

/** Steps up to the first that differs, which is one; after it the texts are not comparable. */
function compare(one: readonly number[], other: readonly number[]): void {
  const length = Math.max(one.length, other.length);
  const at = one.findIndex((id, index) => id !== other[index]);
  const differs = at !== -1 || one.length !== other.length;
  seen.steps += at === -1 ? length : at + 1;
  if (differs) seen.differing += 1;
}

test('company does not change a greedy answer', async () => {
  const together = await Promise.all(
    QUESTIONS.map((text, index) => ask(text, { cacheKey: `company ${String(index)}` })),
  );
  for (const [index, { ids }] of together.entries()) compare(alone[index] ?? [], ids);
  expect(together.map(({ ids }) => ids)).toEqual(alone);
});

test('what is cached does not change a greedy answer, alone or in company', async () => {
  let cachedTokens = 0;
  for (let from = 0; from < QUESTIONS.length; from += SEQUENCES) {
    const some = QUESTIONS.slice(from, from + SEQUENCES);
    await Promise.all(some.map((text) => ask(text, { maxTokens: 1 })));
    const warm = await Promise.all(some.map((text) => ask(text)));
    for (const [index, { ids, cached }] of warm.entries()) {
      compare(alone[from + index] ?? [], ids);
      expect(ids).toEqual(alone[from + index]);
      cachedTokens += cached;
    }
  }
  expect(cachedTokens).toBeGreaterThan(0);
});

/** Writes all answers in step, so that each batch holds one token of each. */
async function writeTogether(model: ModelContext, prompts: readonly (readonly number[])[]) {
  const places = prompts.flatMap((prompt, index) => {
    const port = model.sequences[index];
    return port === undefined ? [] : [{ port, prompt }];
  });
  await Promise.all(places.map(({ port }) => port.keep(0)));
  for (const { port, prompt } of places) await port.prefill(prompt.slice(0, -1));
  return await stepped(places);
}

async function stepped(
  places: readonly { readonly port: SequencePort; readonly prompt: readonly number[] }[],
) {
  const answers = places.map(({ port, prompt }) => ({
    source: port.open(prompt.slice(-1), GREEDY),
    ids: [] as number[],
    isOver: false,
  }));
  while (answers.some(({ isOver }) => !isOver)) {
    await Promise.all(
      answers.map(async (answer) => {
        if (answer.isOver) return;
        const token = await answer.source.next();
        if (token !== null) answer.ids.push(token.id);
        answer.isOver = token === null || answer.ids.length === MAX_TOKENS;
      }),
    );
  }
  for (const { source } of answers) await source.close();
  return answers.map(({ ids }) => ids);
}

test('at most one in a hundred greedy steps depends on the width of a batch', async () => {
  const backend = await openBackend('cpu', () => undefined);
  const model = await loadModel(
    backend,
    { ...MODEL, tuneThreads: false },
    { onProgress: () => undefined },
  );
  const prompts = QUESTIONS.map((text) => model.context.render([{ role: 'user', text }]));
  for (const width of [1, 2, SEQUENCES]) {
    for (let from = 0; from < prompts.length; from += width) {
      const answers = await writeTogether(model.context, prompts.slice(from, from + width));
      for (const [index, ids] of answers.entries()) {
        compare(alone[from + index] ?? [], ids);
        // Batches of its own are what the engine gives a small model on the processor.
        if (width === 1) expect(ids).toEqual(alone[from + index]);
      }
    }
  }
  await model.dispose();
  await backend.dispose();
  expect(seen.steps, JSON.stringify(seen)).toBeGreaterThanOrEqual(5000);
  expect(seen.differing / seen.steps).toBeLessThanOrEqual(0.01);
});
