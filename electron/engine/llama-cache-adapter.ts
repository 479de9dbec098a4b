/** What the keys and values of a model's context take, from the header of its file. */
import type { GgufFileInfo } from 'node-llama-cpp';
import { cacheBytesPerToken } from './fit.ts';

/** Bytes of one token in 16 bits. */
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
