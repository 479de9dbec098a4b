/** States that sequences held, kept beside them: in memory for everybody, on the disk for the owner alone. */
import type { Clock } from '../platform/clock.ts';
import { OWNER_KEY, type CacheKey } from './cache-key.ts';
import type { SequencePort } from './model-context.ts';
import { createSaveCost } from './prefix-store-cost.ts';
import type { StateFiles } from './prefix-store-files.ts';
import {
  createPrefixTier,
  type HeldUntil,
  type Match,
  type PrefixTier,
} from './prefix-store-tier.ts';
import { commonPrefix, LEAST_TOKENS } from './slots.ts';

export interface StoreTier {
  readonly files: StateFiles;
  readonly limitBytes: number;
}

export interface PrefixStorePorts {
  readonly clock: Clock;
  /** Null where the system has no files in memory. */
  readonly memory: StoreTier | null;
  /** Null when nothing may be written to the disk. */
  readonly disk: StoreTier | null;
}

/** No two of the methods that wait may run at once. */
export interface PrefixStore {
  readonly hasDisk: boolean;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Says what is dropped last. To be called once, before anything is saved. */
  protect(heldUntil: HeldUntil): void;
  /** How many of the prompt's first tokens could be brought into a sequence. */
  shared(key: CacheKey | null, prompt: readonly number[], canRewind: boolean): number;
  /** Whether a state of so many tokens may be saved, in about `limitMs` or less. */
  canSave(key: CacheKey | null, tokens: number, limitMs: number): boolean;
  /** Saves what the sequence holds, in memory where there is such a tier. @returns false when it could not */
  save(key: CacheKey, port: SequencePort): Promise<boolean>;
  /** Makes the sequence hold the longest known beginning of the prompt; on failure it holds nothing. */
  bring(key: CacheKey, port: SequencePort, prompt: readonly number[]): Promise<boolean>;
  /** Saves what the owner's sequence holds on the disk, unless that has most of it. */
  persist(port: SequencePort): Promise<void>;
  /** Copies one of the owner's states from memory to the disk. @returns false when all are there that have room */
  persistNext(): Promise<boolean>;
  /** Drops every state of the owner's, those of other models on the disk included. */
  forgetOwner(): Promise<void>;
  /** Resolves when what earlier processes left can be found. */
  readonly ready: Promise<void>;
}

export function createPrefixStore({ clock, memory, disk }: PrefixStorePorts): PrefixStore {
  const cost = createSaveCost();
  let heldUntil: HeldUntil = () => 0;
  const tierOf = (tier: StoreTier | null) =>
    tier && createPrefixTier(tier.files, tier.limitBytes, (...state) => heldUntil(...state));
  const inMemory = tierOf(memory);
  const onDisk = tierOf(disk);
  const tiersOf = (key: CacheKey | null): readonly PrefixTier[] =>
    [inMemory, key === OWNER_KEY ? onDisk : null].filter((tier) => tier !== null);

  const best = (key: CacheKey | null, prompt: readonly number[], canRewind: boolean) => {
    let found: (Match & { readonly tier: PrefixTier }) | null = null;
    for (const tier of key === null ? [] : tiersOf(key)) {
      const match = tier.best(key, prompt, !canRewind);
      if (match !== null && match.shared > (found?.shared ?? 0)) found = { ...match, tier };
    }
    return found;
  };

  const ready = onDisk?.recall() ?? Promise.resolve();
  const saveIn = async (tier: PrefixTier, key: CacheKey, port: SequencePort) => {
    // Until the folder was read, a new state in it could be taken for one that was never finished.
    if (tier === onDisk) await ready;
    const tokens = port.held();
    let tookMs = 0;
    const bytes = await tier.add(key, tokens, cost.likelyBytes(tokens.length), async (path) => {
      const beganMs = clock.monotonicMs();
      await port.save(path);
      tookMs = clock.monotonicMs() - beganMs;
    });
    if (bytes === null) return false;
    cost.learn(tokens.length, bytes, tookMs);
    if (port.canRewind) await dropCovered(tier, key, tokens);
    return true;
  };

  return {
    hasDisk: onDisk !== null,
    get memoryBytes() {
      return inMemory?.bytes ?? 0;
    },
    get diskBytes() {
      return onDisk?.bytes ?? 0;
    },
    protect(until) {
      heldUntil = until;
    },
    shared: (key, prompt, canRewind) => best(key, prompt, canRewind)?.shared ?? 0,
    canSave(key, tokens, limitMs) {
      const tier = key === null ? undefined : tiersOf(key)[0];
      if (tier === undefined || cost.likelyBytes(tokens) > tier.limitBytes) return false;
      return cost.isWithin(tokens, limitMs);
    },
    async save(key, port) {
      const tier = tiersOf(key)[0];
      return tier !== undefined && (await saveIn(tier, key, port));
    },
    async bring(key, port, prompt) {
      const found = best(key, prompt, port.canRewind);
      const path = (await found?.entry.file.path()) ?? null;
      if (found !== null && path !== null && (await isLoaded(port, path, found.entry.tokens))) {
        found.tier.use(found.entry);
        return true;
      }
      await found?.tier.remove(found.entry);
      // Also when there is nothing any more: what is held may be somebody else's.
      await port.keep(0);
      return false;
    },
    async persist(port) {
      if (onDisk === null) return;
      const tokens = port.held();
      const there = onDisk.best(OWNER_KEY, tokens, !port.canRewind)?.shared ?? 0;
      if (tokens.length - there >= LEAST_TOKENS) await saveIn(onDisk, OWNER_KEY, port);
    },
    async persistNext() {
      if (onDisk === null || inMemory === null) return false;
      // The latest, as many as there is room for: each one more would drop one of them, and so on without end.
      let room = onDisk.limitBytes;
      const fitting = inMemory.entries.toReversed().filter(({ key, file }) => {
        if (key === OWNER_KEY) room -= file.bytes;
        return key === OWNER_KEY && room >= 0;
      });
      const next = fitting.find(
        ({ key, tokens }) =>
          tokens.length - (onDisk.best(key, tokens, false)?.shared ?? 0) >= LEAST_TOKENS,
      );
      if (next === undefined) return false;
      await ready;
      const { tokens, file } = next;
      return (await onDisk.add(OWNER_KEY, tokens, file.bytes, (to) => file.copyTo(to))) !== null;
    },
    async forgetOwner() {
      await ready;
      for (const tier of tiersOf(OWNER_KEY)) {
        // On the disk there is nobody else's.
        const owners = tier.entries.filter(({ key }) => tier === onDisk || key === OWNER_KEY);
        for (const entry of owners) await tier.remove(entry);
      }
    },
    ready,
  };
}

/** Whether the sequence holds exactly these tokens now. */
async function isLoaded(
  port: SequencePort,
  path: string,
  tokens: readonly number[],
): Promise<boolean> {
  try {
    await port.load(path);
  } catch {
    // What cannot be read is no state: the prompt is evaluated instead.
    return false;
  }
  const held = port.held();
  return held.length === tokens.length && commonPrefix(held, tokens) === tokens.length;
}

/** The beginnings of what was just added are of no more use. */
async function dropCovered(
  tier: PrefixTier,
  key: CacheKey,
  tokens: readonly number[],
): Promise<void> {
  for (const entry of tier.entries) {
    const isBeginning =
      entry.key === key &&
      entry.tokens.length < tokens.length &&
      commonPrefix(entry.tokens, tokens) === entry.tokens.length;
    if (isBeginning) await tier.remove(entry);
  }
}
