/** What relays cost on the practice network, and what an answer comes to. */
import { cuOf, PRICE_CU, type CuUsage, type CuWeights } from '../protocol/cu.ts';
import { PRACTICE_COIN, PRACTICE_PARAMETERS } from '../protocol/practice-terms.ts';

const PRAC = 10n ** BigInt(PRACTICE_COIN.decimals);

/** Token units per 1,000,000 CU: 0.20 PRAC, as an answer of a small model costs elsewhere in dollars. */
export const PRACTICE_PRICE = PRAC / 5n;
/** Token units that an Application may spend on one service in an epoch; one pinned Supplier gets all of it. */
export const PRACTICE_BUDGET = 10n * PRAC;
/** Services that an Application of the practice network may be enrolled in with its first deposit. */
const PRACTICE_SERVICES = 4n;

/** The hub's parameters that say how much stake a budget needs. */
export interface StakeRules {
  readonly epochSeconds: number;
  readonly redeemSeconds: number;
  readonly proofSeconds: number;
}

/** How many epochs can draw on a stake while the window of one of them is open: what solvency is measured by. */
export function reserveEpochs({ epochSeconds, redeemSeconds, proofSeconds }: StakeRules): number {
  const windowEpochs = 1 + Math.ceil((redeemSeconds + proofSeconds) / epochSeconds);
  return 2 * windowEpochs - 1;
}

/** Least stake that covers budgets of so many token units per epoch, all services together. */
export function stakeFor(budgetPerEpoch: bigint, rules: StakeRules): bigint {
  return BigInt(reserveEpochs(rules)) * budgetPerEpoch;
}

/** Token units that a new Application of the practice network deposits. */
export const PRACTICE_DEPOSIT = stakeFor(PRACTICE_SERVICES * PRACTICE_BUDGET, PRACTICE_PARAMETERS);

/** Token units. */
export interface AnswerCost {
  /** When the Supplier still has what it read before. */
  readonly typically: bigint;
  /** When it has to read everything again. */
  readonly atMost: bigint;
}

/** What one answer of so many tokens comes to; rounded up, so that no receipt is above it. */
export function answerCost(
  terms: { readonly weights: CuWeights; readonly price: bigint },
  usage: CuUsage,
): AnswerCost {
  return {
    typically: costOf(cuOf(terms.weights, usage), terms.price),
    atMost: costOf(cuOf(terms.weights, dearest(terms.weights, usage)), terms.price),
  };
}

/** A listing may make cached tokens the dearer ones. */
function dearest({ promptMilli, cachedMilli }: CuWeights, usage: CuUsage): CuUsage {
  return {
    ...usage,
    cachedTokens: cachedMilli > promptMilli ? usage.promptTokens : 0,
    heldTokens: 0,
  };
}

/** A session rounds its total down once, so one relay can be charged a unit more than its own share. */
function costOf(cu: bigint, price: bigint): bigint {
  return (cu * price + PRICE_CU - 1n) / PRICE_CU;
}
