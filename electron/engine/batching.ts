/** What goes into one batch: answers of several sequences, and how much of their prompts. */
import type { BackendName, KvType } from '../ipc/snapshot.ts';

/**
 * Weights that a processor's cache does not hold are read from memory once a step instead of once an answer, and
 * threads wait for each other once a step. Measured with four answers on two cores, shared batches against own
 * ones: weights of 1170, 668 and 323 MB write 1.7, 2.0 and 1.8 times as fast with two threads and 1.1, 1.2 and
 * 1.0 times with one; the 28 MB of the test model 0.7 times.
 */
const LARGE_FROM_BYTES = 256 * 2 ** 20;

/** Whether memory and not the processor sets the pace, so that what holds for the test model does not hold here. */
export function isLarge(modelBytes: number): boolean {
  return modelBytes >= LARGE_FROM_BYTES;
}

/**
 * Shared batches cost exactness: the same seed then gives the same text only in the same company. Small models on
 * a processor gain nothing from them, so they stay exact.
 */
export function sharesBatches(backend: BackendName, modelBytes: number): boolean {
  return backend !== 'cpu' || isLarge(modelBytes);
}

/** Most prompt tokens in one batch; how many there are is chosen by how long steps take. */
const MOST_PROMPT_TOKENS = 512;
/** A large model on a processor never reads more within the time of a step, and each one costs memory. */
const MOST_OF_LARGE_TOKENS = 128;
/** From 64 on llama.cpp's flash attention rounds differently on a processor. */
const MOST_EXACT_TOKENS = 63;

/** Whether attention is computed block by block, the library's own default: on a processor it costs exactness. */
export function usesFlashAttention(backend: BackendName, kvType: KvType): boolean {
  return backend !== 'cpu' || kvType !== 'f16';
}

/** @returns tokens; on a processor no number up to it makes a text another one than a smaller number does */
export function mostPromptTokens(backend: BackendName, modelBytes: number, kvType: KvType): number {
  if (backend !== 'cpu') return MOST_PROMPT_TOKENS;
  if (usesFlashAttention(backend, kvType)) return MOST_EXACT_TOKENS;
  return isLarge(modelBytes) ? MOST_OF_LARGE_TOKENS : MOST_PROMPT_TOKENS;
}
