/** Which deaths are still to be died, which were, and how often a life missed its own. */
import type { LifePlan } from './life-plan.ts';
import { CHAIN_STEPS, MAIN_STEPS, SIGNER_STEPS, STEPS, type Step } from './steps.ts';

const MAX_OCCURRENCE = 3;
/** For each time that a step is to be hit. */
const MAX_MISSES = 4;

/** What is to happen in one life. */
export interface Fate {
  readonly main: Step | undefined;
  /** Of the chain or a signer, by the way: main goes on, or dies with the chain. */
  readonly aside: Step | undefined;
  /** Main dies when it comes to its step for this time. */
  readonly occurrence: number;
}

export interface Tally {
  readonly hits: ReadonlyMap<Step, number>;
  readonly misses: number;
  /** Lives that are needed at least. */
  readonly left: number;
  next(mayAside: boolean): Fate;
  /** @throws Error when one of its steps was missed too often */
  note(fate: Fate, plan: LifePlan, struck: ReadonlySet<Step>): void;
}

/** @param times that each step is to be hit */
export function createTally(times: number, choose: (count: number) => number): Tally {
  const queueOf = (steps: readonly Step[]): Step[] =>
    shuffled(
      steps.flatMap((step) => Array<Step>(times).fill(step)),
      choose,
    );
  const mains = queueOf([...MAIN_STEPS, 'main at random']);
  const asides = queueOf([...CHAIN_STEPS, 'chain at random', ...SIGNER_STEPS]);
  const hits = new Map<Step, number>(STEPS.map((step) => [step, 0]));
  const missed = new Map<Step, number>();

  function miss(step: Step): void {
    const count = (missed.get(step) ?? 0) + 1;
    missed.set(step, count);
    if (count > MAX_MISSES * times) throw new Error(`"${step}" is hardly ever reached`);
  }

  return {
    hits,
    get misses() {
      return [...missed.values()].reduce((sum, count) => sum + count, 0);
    },
    get left() {
      return Math.max(mains.length, asides.length);
    },
    next(mayAside) {
      // Spread over all rounds, and none left at the end.
      const isTime = mayAside && choose(mains.length) <= 2 * asides.length;
      const aside = isTime ? asides.shift() : undefined;
      const main = mains.shift();
      const isRare = main !== undefined && missed.has(main);
      return { main, aside, occurrence: isRare ? 1 : 1 + choose(MAX_OCCURRENCE) };
    },
    note({ main, aside }, { chainDeath }, struck) {
      for (const step of struck) hits.set(step, (hits.get(step) ?? 0) + 1);
      if (main !== undefined && !struck.has(main)) {
        mains.push(main);
        // The chain may have taken main along before it came to its own step.
        if (chainDeath?.withMain !== true || !struck.has(chainDeath.step)) miss(main);
      }
      if (aside !== undefined && !struck.has(aside)) {
        asides.push(aside);
        miss(aside);
      }
    },
  };
}

function shuffled<Item>(items: readonly Item[], choose: (count: number) => number): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(choose(rest.length), 1));
}
