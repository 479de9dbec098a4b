/** Turns texts into unit vectors with node-llama-cpp, on one thread of the processor. */
import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { AppError } from '../platform/app-error.ts';
import type { EmbeddingInput } from './embedding-messages.ts';
import { openBackend } from './llama-backend-adapter.ts';
import { asTokens } from './llama-evaluate-adapter.ts';

export interface Embedded {
  /** Of length 1. */
  readonly vector: Float32Array<ArrayBuffer>;
  /** Tokens that were read, the two around the text included. */
  readonly tokens: number;
}

export interface EmbeddingModel {
  /** @throws AppError `context-exceeded`, or `bad-request` for tokens that the model does not have */
  embed(input: EmbeddingInput): Promise<Embedded>;
}

/** @param contextTokens the longest text; all of it is read in one batch, as such models must */
export async function openEmbeddingModel(
  modelPath: string,
  contextTokens: number,
): Promise<EmbeddingModel> {
  const { llama } = await openBackend('cpu', () => undefined);
  const model = await llama.loadModel({ modelPath });
  const size = { contextSize: contextTokens, batchSize: contextTokens };
  const context = await model.createEmbeddingContext({ ...size, threads: 1 });
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  return { embed: (input) => embed(context, model, { input, vocabulary, contextTokens }) };
}

async function embed(
  context: LlamaEmbeddingContext,
  model: LlamaModel,
  { input, vocabulary, contextTokens }: Job,
): Promise<Embedded> {
  if (typeof input !== 'string' && input.some((token) => token >= vocabulary)) {
    const details = `this model has ${String(vocabulary)} tokens, counted from 0`;
    throw new AppError('bad-request', { details });
  }
  // As text only: what looks like a special token in it is none.
  const tokens = typeof input === 'string' ? model.tokenize(input, false) : asTokens(input);
  // The two that stand around every text come on top.
  const count = tokens.length + 2;
  if (count >= contextTokens) {
    const details = `a text has ${String(count)} tokens, this model reads ${String(contextTokens - 1)}`;
    throw new AppError('context-exceeded', { details });
  }
  const { bos, eos } = model.tokens;
  if (bos === null || eos === null) throw new Error('the model does not say how texts begin');
  const { vector } = await context.getEmbeddingFor([bos, ...tokens, eos]);
  return { vector: unit(vector), tokens: count };
}

interface Job {
  readonly input: EmbeddingInput;
  readonly vocabulary: number;
  readonly contextTokens: number;
}

function unit(vector: readonly number[]): Float32Array<ArrayBuffer> {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
