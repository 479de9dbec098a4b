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
/** What most conversations get along with: more of them side by side are worth more than longer ones. */
const GOOD_CONTEXT_TOKENS = 4096;
/** Longer contexts cost memory that most conversations never use. */
const USUAL_CONTEXT_TOKENS = 8192;
/** The library rounds contexts up to whole ones of these. */
const CONTEXT_STEP_TOKENS = 256;
/** On a device that cannot hold the whole model every conversation costs layers. */
const SEQUENCES_BESIDE_LAYERS = 4;
/** Parts of what the model leaves free: a device is the model's, but the memory is everybody's. */
const SHARE_OF_DEVICE = 0.75;
const SHARE_OF_MEMORY = 0.25;

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

/** How many conversations a context holds side by side, and how long each of them may be. */
export interface EngineShape {
  readonly sequences: number;
  readonly contextTokens: number;
}

export interface ShapeFacts {
  readonly modelBytes: number;
  /** Keys and values of one token, in the format in which they are kept. */
  readonly tokenBytes: number;
  readonly range: ContextRange;
  readonly mostSequences: number;
  readonly free: MemoryFree;
}

/**
 * Sequences share no room, each has its own for good: so first one that is long enough, then as many as there may be,
 * then longer ones.
 * @returns the smallest shape when nothing fits; whether that does is for `assertFits` to say
 */
export function chooseShape(facts: ShapeFacts): EngineShape {
  const { tokenBytes, range } = facts;
  const { bytes, mostSequences } = contextRoom(facts);
  const tokens = tokenBytes > 0 ? Math.floor(bytes / tokenBytes) : Infinity;
  const good = Math.max(range.min, Math.min(GOOD_CONTEXT_TOKENS, range.max));
  const sequences = Math.max(1, Math.min(mostSequences, Math.floor(tokens / good)));
  const each = Math.floor(tokens / sequences / CONTEXT_STEP_TOKENS) * CONTEXT_STEP_TOKENS;
  return { sequences, contextTokens: Math.max(range.min, Math.min(range.max, each)) };
}

/** The layers are to leave room for so many tokens of context. */
export function tokensBesideLayers({ sequences, contextTokens }: EngineShape): number {
  return sequences * Math.min(GOOD_CONTEXT_TOKENS, contextTokens);
}

function contextRoom({ modelBytes, tokenBytes, range, mostSequences, free }: ShapeFacts) {
  const { ramBytes, deviceBytes } = free;
  const onDevice = (deviceBytes - modelBytes) * SHARE_OF_DEVICE;
  const one = Math.min(GOOD_CONTEXT_TOKENS, range.max) * tokenBytes;
  if (deviceBytes > 0 && onDevice >= one) return { bytes: onDevice, mostSequences };
  const left = Math.max(0, ramBytes + deviceBytes - modelBytes);
  const most = deviceBytes > 0 ? Math.min(SEQUENCES_BESIDE_LAYERS, mostSequences) : mostSequences;
  return { bytes: left * SHARE_OF_MEMORY, mostSequences: most };
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
