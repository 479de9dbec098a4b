/** Reads the header of a model file with node-llama-cpp, and what it says of the memory that a context takes. */
import type { GgufFileInfo } from 'node-llama-cpp';
import { AppError } from '../platform/app-error.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { cacheBytesPerToken } from './fit.ts';

/**
 * The library tries a damaged file again and again, for ever.
 * @throws AppError `model-load-failed` when it is not read by then, and whatever the library throws
 */
export async function readHeader(path: string, limitMs: number): Promise<GgufFileInfo> {
  const { readGgufFileInfo } = await import('node-llama-cpp');
  const signal = AbortSignal.timeout(limitMs);
  const source = { sourceType: 'filesystem', logWarnings: false, signal } as const;
  try {
    return await untilAborted(readGgufFileInfo(path, source), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new AppError('model-load-failed', { details: 'the header of its file cannot be read' });
  }
}

/** Bytes of one token's keys and values in 16 bits. */
export function cacheBytesOf({ architectureMetadata }: GgufFileInfo): number {
  const { block_count, embedding_length, attention } = architectureMetadata;
  return cacheBytesPerToken({
    layers: block_count ?? 0,
    embedding: embedding_length ?? 0,
    heads: firstOf(attention?.head_count),
    cacheHeads: attention?.head_count_kv ?? null,
    keyLength: attention?.key_length ?? null,
    valueLength: attention?.value_length ?? null,
  });
}

function firstOf(value: number | readonly number[] | undefined): number | null {
  return (typeof value === 'number' ? value : value?.[0]) ?? null;
}
