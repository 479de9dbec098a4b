/** Randomness that counts: ids 1, 2, 3 and seeds that grow by one. */
import type { Random } from '../../electron/platform/random.ts';

export function createCountedRandom(): Random {
  let ids = 0;
  let seeds = 0;
  return {
    id: () => `id-${++ids}`,
    seed: () => ++seeds,
    bytes: (count) => Uint8Array.from({ length: count }, (_value, index) => index & 0xff),
  };
}
