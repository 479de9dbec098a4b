/** Whether a model can fit in this computer's memory at all, asked before anything is allocated. */
import { AppError } from '../platform/app-error.ts';

export interface MemoryNeed {
  readonly modelBytes: number;
  /** Key and value cache of all sequences together, at the smallest context that is of any use. */
  readonly contextBytes: number;
}

export interface MemoryFree {
  readonly ramBytes: number;
  /** Memory of the devices in use that is not part of the RAM; 0 on the CPU and with shared memory. */
  readonly deviceBytes: number;
}

/** What a model file says of its attention; null where it does not. */
export interface AttentionShape {
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number | null;
  /** One number for all layers, or one for each. */
  readonly cacheHeads: number | readonly number[] | null;
  readonly keyLength: number | null;
  readonly valueLength: number | null;
}

/** Keys and values are kept as 16-bit floats. */
const CACHE_VALUE_BYTES = 2;

/** What one token of context costs; 0 for a model without attention. */
export function cacheBytesPerToken(shape: AttentionShape): number {
  const { layers, embedding, heads, cacheHeads } = shape;
  if (heads === null || heads === 0) return 0;
  const head = embedding / heads;
  const perHead = (shape.keyLength ?? head) + (shape.valueLength ?? head);
  const all =
    cacheHeads === null || typeof cacheHeads === 'number'
      ? layers * (cacheHeads ?? heads)
      : cacheHeads.reduce((sum, each) => sum + each, 0);
  return all * perHead * CACHE_VALUE_BYTES;
}

/** Below this a conversation does not get past its first answer. */
const SMALLEST_CONTEXT_TOKENS = 1024;
/** Longer contexts cost memory that most conversations never use. */
const USUAL_CONTEXT_TOKENS = 8192;

const GIB = 2 ** 30;

export interface ContextRange {
  readonly min: number;
  readonly max: number;
}

/** Tokens per sequence to ask for; the loader takes as many of them as fit. */
export function contextRange(wished: number | null, trained: number | null): ContextRange {
  if (wished !== null) return { min: wished, max: wished };
  const max = Math.min(USUAL_CONTEXT_TOKENS, trained ?? USUAL_CONTEXT_TOKENS);
  return { min: Math.min(SMALLEST_CONTEXT_TOKENS, max), max };
}

/** @throws AppError `model-too-large`, with the numbers */
export function assertFits(need: MemoryNeed, free: MemoryFree): void {
  const needed = need.modelBytes + need.contextBytes;
  const available = free.ramBytes + free.deviceBytes;
  if (needed <= available) return;
  throw new AppError('model-too-large', {
    details:
      `It needs about ${gigabytes(needed)} (model ${gigabytes(need.modelBytes)}, ` +
      `context ${gigabytes(need.contextBytes)}); ${gigabytes(available)} are free.`,
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / GIB).toFixed(bytes < 10 * GIB ? 2 : 0)} GB`;
}
