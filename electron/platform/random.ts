/** Randomness as a port, so that ids and seeds are the test's to choose. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

export interface Random {
  /** A new identifier, unique for all practical purposes. */
  id(): string;
  /** A whole number from 0 up to, not including, 2^31. */
  seed(): number;
  bytes(count: number): Uint8Array;
}

export const systemRandom: Random = {
  id: () => randomUUID(),
  seed: () => randomInt(2 ** 31),
  bytes: (count) => randomBytes(count),
};
