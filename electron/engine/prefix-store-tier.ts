/** One tier of the prefix store: states by key and tokens, the longest unused dropped when there is no room. */
import type { CacheKey } from './cache-key.ts';
import type { StateFile, StateFiles } from './prefix-store-files.ts';
import { commonPrefix } from './slots.ts';

/** Each keeps its tokens in memory and perhaps a file open. */
const MOST_ENTRIES = 256;

export interface TierEntry {
  /** Null for what only takes room. */
  readonly key: CacheKey | null;
  readonly tokens: readonly number[];
  readonly file: StateFile;
}

export interface Match {
  readonly entry: TierEntry;
  /** How many of the prompt's first tokens it holds. */
  readonly shared: number;
}

/** Until when somebody has paid for the state of these tokens; 0 when nobody has. */
export type HeldUntil = (key: CacheKey | null, tokens: readonly number[]) => number;

export interface PrefixTier {
  readonly limitBytes: number;
  readonly bytes: number;
  readonly entries: readonly TierEntry[];
  /** @param isWhole only entries that the prompt begins with from end to end: their model cannot be rewound */
  best(key: CacheKey | null, prompt: readonly number[], isWhole: boolean): Match | null;
  /** @returns the size in bytes; null when it was not kept */
  add(
    key: CacheKey,
    tokens: readonly number[],
    likelyBytes: number,
    write: (path: string) => Promise<void>,
  ): Promise<number | null>;
  use(entry: TierEntry): void;
  remove(entry: TierEntry): Promise<void>;
  /** Takes in what earlier processes left. */
  recall(): Promise<void>;
}

/** Never to be called while another call runs. */
export function createPrefixTier(
  files: StateFiles,
  limitBytes: number,
  heldUntil: HeldUntil,
): PrefixTier {
  /** Longest unused first. */
  let entries: readonly TierEntry[] = [];
  const bytes = () => entries.reduce((sum, { file }) => sum + file.bytes, 0);

  const remove = async (entry: TierEntry) => {
    entries = entries.filter((each) => each !== entry);
    await entry.file.remove();
  };
  /** Drops nothing that is paid for until later than `until`. @returns whether there is room */
  const makeRoom = async (neededBytes: number, places: number, until: number) => {
    while (
      entries.length > 0 &&
      (bytes() + neededBytes > limitBytes || entries.length + places > MOST_ENTRIES)
    ) {
      const rated = entries.map((entry) => ({ entry, until: heldUntil(entry.key, entry.tokens) }));
      // The sort is stable: among those that nobody paid for, the longest unused comes first.
      const [first] = rated.sort((a, b) => a.until - b.until);
      if (first === undefined || first.until > until) return false;
      await remove(first.entry);
    }
    return true;
  };

  return {
    limitBytes,
    get bytes() {
      return bytes();
    },
    get entries() {
      return entries;
    },
    best(key, prompt, isWhole) {
      let best: Match | null = null;
      for (const entry of entries) {
        if (key === null || entry.key !== key) continue;
        const shared = commonPrefix(entry.tokens, prompt);
        if (isWhole && shared < entry.tokens.length) continue;
        if (shared > (best?.shared ?? 0)) best = { entry, shared };
      }
      return best;
    },
    async add(key, tokens, likelyBytes, write) {
      const until = heldUntil(key, tokens);
      if (likelyBytes > limitBytes || !(await makeRoom(likelyBytes, 1, until))) return null;
      const file = await files.create(tokens, write);
      if (file === null) return null;
      const isKept = file.bytes > 0 && file.bytes <= limitBytes;
      if (!isKept || !(await makeRoom(file.bytes, 1, until))) {
        await file.remove();
        return null;
      }
      entries = [...entries, { key, tokens, file }];
      return file.bytes;
    },
    use(entry) {
      if (!entries.includes(entry)) return;
      entries = [...entries.filter((each) => each !== entry), entry];
      entry.file.used();
    },
    remove,
    async recall() {
      entries = [...(await files.found()), ...entries];
      await makeRoom(0, 0, Number.POSITIVE_INFINITY);
    },
  };
}
