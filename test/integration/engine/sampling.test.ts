/** Lull's own sampler and the ratings of tokens, with the real test model and against the library's own numbers. */
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackend, type LlamaBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { asTokens } from '../../../electron/engine/llama-evaluate-adapter.ts';
import { promptRules } from '../../../electron/engine/llama-prompt-adapter.ts';
import { llamaSequence } from '../../../electron/engine/llama-sequence-adapter.ts';
import type { SampledToken, SampleOptions } from '../../../electron/engine/model-context.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { drawToken, penalised } from '../../../electron/protocol/sampler.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const TEXT = 'Write a long story about a fox who wanted to cross the sea.';
const WARM: SampleOptions = { ...DEFAULT_SAMPLING, temperature: 1, seed: 2_000_000_011 };
const PENALISED = { ...WARM, temperature: 1.2, frequencyPenalty: 0.6, presencePenalty: 0.4 };
const GREEDY = { ...WARM, temperature: 0 };

let backend: LlamaBackend;
let sequence: LlamaContextSequence;
let prompt: readonly number[];

beforeAll(async () => {
  backend = await openBackend('cpu', () => undefined);
  const model = await backend.llama.loadModel({ modelPath: STARTER_PATH, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: 1024, threads: 1 });
  sequence = context.getSequence();
  prompt = (await promptRules(model)).render([{ role: 'user', text: TEXT }]);
});
afterAll(() => backend.dispose());

/** An answer as the engine samples it: the prompt in one piece, its last token alone. */
async function answer(options: SampleOptions, limit = 80): Promise<readonly SampledToken[]> {
  const port = llamaSequence(sequence, new Set());
  await port.keep(0);
  await port.prefill(prompt.slice(0, -1));
  const source = port.open(prompt.slice(-1), options);
  const tokens: SampledToken[] = [];
  while (tokens.length < limit) {
    const token = await source.next();
    if (token === null) break;
    tokens.push(token);
  }
  await source.close();
  expect(tokens.length).toBeGreaterThan(30);
  return tokens;
}

/** What the library says of every place of an answer: all of the vocabulary, with the greedy choice's confidence. */
async function replay(ids: readonly number[]) {
  await sequence.clearHistory();
  await sequence.evaluateWithoutGeneratingNewTokens(asTokens(prompt.slice(0, -1)));
  const generator = sequence.evaluateWithMetadata(
    asTokens(prompt.slice(-1)),
    { probabilities: true, confidence: true },
    { temperature: 0, yieldEogToken: true },
  );
  const places: { readonly shares: ReadonlyMap<number, number>; readonly best: number }[] = [];
  let given: Token | undefined;
  for (const token of asTokens(ids)) {
    const { value, done } = await generator.next(given);
    if (done === true) break;
    places.push({ shares: value.probabilities, best: value.confidence });
    given = token;
  }
  await generator.return();
  return places;
}

const shareOf = (shares: ReadonlyMap<number, number>, id: number) => shares.get(id) ?? 0;
const idsOf = (tokens: readonly SampledToken[]) => tokens.map(({ id }) => id);

describe('an answer of the replayable sampler', () => {
  test.each([
    ['warm', WARM],
    ['under penalties', PENALISED],
    ['of few candidates', { ...WARM, topK: 5, topP: 1, minP: 0, temperature: 2 }],
    ['of all candidates', { ...WARM, topK: 0, topP: 1, minP: 0 }],
  ])('%s is drawn again by whoever has the model and the seed', async (_name, options) => {
    const ids = idsOf(await answer({ ...options, isReplayable: true }));
    const places = await replay(ids);
    const counts = new Map<number, number>();
    const drawn = (seed: number) => {
      counts.clear();
      return places.map(({ shares }, position) => {
        // Penalties move down what was written, so that nothing from beyond these can come up.
        const best = [...shares].slice(0, 200);
        const list = best.map(([id, share]) => ({ id, logit: Math.log(share) }));
        const id = drawToken(penalised(list, counts, options), options, { seed, position });
        const written = ids[position] ?? -1;
        counts.set(written, (counts.get(written) ?? 0) + 1);
        return id;
      });
    };
    expect(drawn(options.seed)).toEqual(ids);
    // Another seed gives itself away long before this.
    const others = drawn(options.seed + 1);
    expect(others.slice(0, 32)).not.toEqual(ids.slice(0, 32));
  });

  test('is the same whether its tokens are rated or not, and greedy without a temperature', async () => {
    for (const options of [WARM, PENALISED]) {
      const plain = idsOf(await answer({ ...options, isReplayable: true }));
      expect(idsOf(await answer({ ...options, topLogprobs: 3 }))).toEqual(plain);
    }
    const greedy = idsOf(await answer(GREEDY));
    expect(idsOf(await answer({ ...GREEDY, isReplayable: true }))).toEqual(greedy);
    expect(idsOf(await answer({ ...GREEDY, topLogprobs: 0 }))).toEqual(greedy);
    const penalties = { ...PENALISED, temperature: 0 };
    expect(idsOf(await answer({ ...penalties, topLogprobs: 0 }))).toEqual(
      idsOf(await answer(penalties)),
    );
  });
});

describe('a rating', () => {
  test('is the share of the whole vocabulary, whatever the sampling', async () => {
    for (const options of [GREEDY, WARM, PENALISED]) {
      const tokens = await answer({ ...options, topLogprobs: 20 });
      const places = await replay(idsOf(tokens));
      expect(places).toHaveLength(tokens.length);
      for (const [index, { shares, best }] of places.entries()) {
        const { id, rating } = tokens[index] ?? { id: -1, rating: null };
        const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
        expect(total).toBeCloseTo(1, 3);
        expect(rating?.logprob).toBeCloseTo(Math.log(shareOf(shares, id)), 3);
        // Computed by the library in another way.
        expect(rating?.top[0]?.logprob).toBeCloseTo(Math.log(best), 3);
        const logprobs = rating?.top.map(({ logprob }) => logprob) ?? [];
        expect(logprobs).toHaveLength(20);
        expect(logprobs).toEqual(logprobs.toSorted((a, b) => b - a));
        expect(logprobs.reduce((sum, each) => sum + Math.exp(each), 0)).toBeLessThan(1 + 1e-6);
        expect(rating?.top.map((each) => each.id)).toEqual([...shares.keys()].slice(0, 20));
      }
    }
  });
});
