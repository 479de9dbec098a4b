/** What saving a state costs, learned from every save: whether one may be made while others wait. */
export interface SaveCost {
  /** Zero before anything was saved. */
  likelyBytes(tokens: number): number;
  isWithin(tokens: number, limitMs: number): boolean;
  learn(tokens: number, bytes: number, tookMs: number): void;
}

/** Before anything is known: 100 kB of state for each token, at 2 GB/s. */
const GUESSED_MS_PER_TOKEN = 0.05;
/** How much the latest save counts. */
const WEIGHT = 0.3;
/** One slow save on a busy computer must not forbid all later ones. */
const FORGET = 0.9;

export function createSaveCost(): SaveCost {
  let bytesPerToken = 0;
  let msPerToken = GUESSED_MS_PER_TOKEN;
  let isMeasured = false;
  return {
    likelyBytes: (tokens) => Math.ceil(bytesPerToken * tokens),
    isWithin(tokens, limitMs) {
      if (msPerToken * tokens <= limitMs) return true;
      msPerToken *= FORGET;
      return false;
    },
    learn(tokens, bytes, tookMs) {
      bytesPerToken = bytes / tokens;
      const latest = tookMs / tokens;
      msPerToken = isMeasured ? msPerToken + WEIGHT * (latest - msPerToken) : latest;
      isMeasured = true;
    },
  };
}
