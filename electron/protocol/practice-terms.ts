/** What everybody on a practice network agrees on: its coin, and how long its epochs last. */

export const PRACTICE_COIN = { symbol: 'PRAC', decimals: 6 } as const;

/** 12 h epochs that stay redeemable for a day: home computers sleep. */
export const PRACTICE_PARAMETERS = {
  epochSeconds: 43_200,
  redeemSeconds: 86_400,
  proofSeconds: 7_200,
  /** How long after its epoch a session is still served. */
  graceSeconds: 120,
} as const;
