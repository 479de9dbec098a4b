/** Whose cached state a request may use and add to. */
import type { EngineRequest } from './ports.ts';

/** Two requests share cached tokens only when this is the same for both. */
export type CacheKey = string;

/** The only key whose state may ever be written to a disk. */
export const OWNER_KEY: CacheKey = 'owner';

/** @returns null when nothing may be shared: nobody said whose relay it is */
export function cacheKeyOf({ cacheKey, relay }: EngineRequest): CacheKey | null {
  // The prefix keeps anybody from naming themselves the owner.
  if (cacheKey !== undefined) return `of:${cacheKey}`;
  return relay === undefined ? OWNER_KEY : null;
}
