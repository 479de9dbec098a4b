/** What a context keeps its keys and values as. */
import type { KvType } from '../ipc/snapshot.ts';

/** Bytes against those of 16-bit floats: q8_0 keeps 32 values in 34 bytes. */
const SHARE: Readonly<Record<KvType, number>> = { f16: 1, q8_0: 34 / 64 };

/** @param f16Bytes what a cache of 16-bit floats takes */
export function kvBytes(f16Bytes: number, kvType: KvType): number {
  return Math.ceil(f16Bytes * SHARE[kvType]);
}

/** For the library, whose own defaults are f16 and to use flash attention where it can. */
export function kvOptions(kvType: KvType) {
  if (kvType === 'f16') return {};
  // llama.cpp reads values of fewer bits with flash attention only.
  return {
    flashAttention: true,
    experimentalKvCacheKeyType: 'Q8_0',
    experimentalKvCacheValueType: 'Q8_0',
  } as const;
}
