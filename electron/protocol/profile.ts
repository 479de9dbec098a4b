/** The profile of an engine: what must be alike for two answers to be comparable token by token. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toHex, type Hex } from './hex.ts';

export interface EngineProfile {
  /** Name and version of what computes, `node-llama-cpp 3.21.1` for example. */
  readonly engine: string;
  readonly backend: string;
  /** Number format of the attention cache, `f16` for example. */
  readonly kvType: string;
  readonly sampler: string;
}

export function profileHash({ engine, backend, kvType, sampler }: EngineProfile): Hex {
  return toHex(keccak_256(utf8ToBytes(JSON.stringify([engine, backend, kvType, sampler]))));
}
