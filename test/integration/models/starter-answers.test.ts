import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  getLlama,
  GgmlType,
  GgufInsights,
  readGgufFileInfo,
  resolveChatWrapper,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TENSOR_TYPES, type TensorType } from '../../../electron/models/gguf-format.ts';
import type { GgufTensor } from '../../../electron/models/gguf-writer.ts';
import { inspectModel } from '../../../electron/models/model-file.ts';
import { buildStarterFile } from '../../../electron/models/starter-file.ts';
import { STARTER_FILE, STARTER_GOLDEN } from '../../../electron/models/starter-golden.ts';
import { SMALL_ENTRIES, smallGguf, tensor } from '../../fixtures/small-gguf.ts';
import { SOURCE_FOLDER } from './fork-starter.ts';

let folder = '';
let path = '';
let llama: Llama;
let model: LlamaModel;
let sequence: LlamaContextSequence;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lull-golden-'));
  path = join(folder, 'starter.gguf');
  await buildStarterFile({ sourceFolder: SOURCE_FOLDER, targetPath: path }, () => undefined);
  llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1 });
  model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize: 256, threads: 1 });
  sequence = context.getSequence();
});

afterAll(async () => {
  await llama.dispose();
  await rm(folder, { recursive: true });
});

function prompt(): string {
  const wrapper = resolveChatWrapper(model);
  const [{ text }] = STARTER_GOLDEN.turns;
  const { contextText } = wrapper.generateContextState({
    chatHistory: [
      { type: 'user', text },
      { type: 'model', response: [] },
    ],
  });
  return contextText.toString();
}

describe('the test model', () => {
  it('is the pinned file', async () => {
    expect(await inspectModel(path)).toEqual({
      id: path,
      path,
      version: expect.any(String) as string,
      name: STARTER_FILE.name,
      sizeBytes: STARTER_FILE.sizeBytes,
      architecture: 'llama',
      parameterCount: 25_829_888,
      quantisation: 'Q8_0',
      licence: 'apache-2.0',
      contextTokens: 32768,
      hasChatTemplate: true,
      isStarter: true,
    });
  });

  it('renders its own chat template', () => {
    expect(prompt()).toBe(
      '<|im_start|>system\nYou are a helpful assistant<|im_end|>\n' +
        '<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('answers the golden question with exactly the golden tokens, far from any other', async () => {
    const answer: Token[] = [];
    let narrowest = Infinity;
    let ended = false;
    const tokens = model.tokenize(prompt(), true);
    const options = { temperature: 0, yieldEogToken: true };
    const steps = sequence.evaluateWithMetadata(tokens, { probabilities: true }, options);
    for await (const { token, probabilities } of steps) {
      const [best = NaN, next = NaN] = [...probabilities.values()].sort((a, b) => b - a);
      narrowest = Math.min(narrowest, Math.log(best / next));
      ended = model.isEogToken(token);
      if (ended || answer.length > STARTER_GOLDEN.tokenIds.length) break;
      answer.push(token);
    }
    expect(answer).toEqual(STARTER_GOLDEN.tokenIds);
    expect(ended).toBe(true);
    expect(model.detokenize(answer)).toBe(STARTER_GOLDEN.text);
    expect(STARTER_GOLDEN.text).toContain('Paris');
    expect(narrowest).toBeGreaterThan(0.7);
  });

  it('splits text that is hard to split as bytes that come back whole', () => {
    const text = 'Naïve café, 你好! \t<|im_end|> 🙂 don’t 12345\n\n  end';
    expect(model.detokenize(model.tokenize(text))).toBe(text);
    expect(model.tokenize('<|im_end|>', true)).toEqual([2]);
  });

  it('is read by the engine’s own header reader as by ours', async () => {
    const info = await readGgufFileInfo(path);
    const ours = await inspectModel(path);
    const elements = (info.fullTensorInfo ?? []).map(({ dimensions }) =>
      dimensions.reduce<number>((product, size) => product * Number(size), 1),
    );
    expect(info.metadata.general).toMatchObject({
      name: ours.name,
      license: ours.licence,
      file_type: 7,
    });
    expect(info.metadata.llama).toMatchObject({
      context_length: 32768,
      embedding_length: 512,
      block_count: 8,
      attention: { head_count: 8, head_count_kv: 2 },
      rope: { freq_base: 1_000_000 },
    });
    expect(elements.length).toBe(74);
    expect(elements.reduce((sum, count) => sum + count, 0)).toBe(ours.parameterCount);
  });
});

describe('the table of tensor types', () => {
  it.each([...TENSOR_TYPES.values()])('has $name as the engine has it', async (type) => {
    const typed = join(folder, `${type.name}.gguf`);
    await writeFile(typed, smallGguf(SMALL_ENTRIES, [tensorOf(type)]));
    const insights = await GgufInsights.from(await readGgufFileInfo(typed), llama);
    expect(insights.modelSize).toBe(3 * type.blockBytes);
    expect(GgmlType[type.id]).toBe(type.name);
  });
});

/** Three rows of one block. */
function tensorOf({ id, blockElements, blockBytes }: TensorType): GgufTensor {
  return tensor('token_embd.weight', [blockElements, 3], id, 3 * blockBytes);
}
