/** How much dying the network's money survives: both nodes killed at every step, far more often than in the tests. */
import { runKills, type KillReport } from '../kill/harness.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';

const FULL = { rounds: 200, hits: 40 };
const QUICK = { rounds: 5, hits: 1 };
const ROUNDS_PER_FOLDER = 20;
const EDGES_EVERY = 5;
const SEED = 20_261_120;

export const bench: Bench = {
  name: 'kill',
  about:
    'kill -9 at every step of relay and redemption; ends only if no unit and no receipt is lost',
  async run(options) {
    const { rounds, hits } = options.quick ? QUICK : FULL;
    const report = await runKills({
      rounds,
      hits,
      roundsPerFolder: ROUNDS_PER_FOLDER,
      edgesEvery: EDGES_EVERY,
      seed: SEED,
      log: options.log,
    });
    return resultOf(report, rounds, options);
  },
};

function resultOf(report: KillReport, rounds: number, { quick }: BenchOptions): BenchResult {
  const sum = (of: (facts: KillReport['facts'][number]) => number): number =>
    report.facts.reduce((total, facts) => total + of(facts), 0);
  const charged = report.facts.reduce((total, facts) => total + BigInt(facts.charged), 0n);
  const samples = [...report.hits].map(
    ([step, hits]) => [step, { ours: [hits], peer: [] }] as const,
  );
  return {
    name: 'kill',
    config: {
      rounds,
      seed: SEED,
      lives: report.lives,
      pastTheirStep: report.misses,
      asked: sum(({ asked }) => asked),
      receipts: sum(({ receipts }) => receipts),
      redemptions: sum(({ redemptions }) => redemptions),
      unitsChargedAndPaid: charged.toString(),
      quick,
    },
    samples: Object.fromEntries(samples),
    unit: 'kills',
    warmUp: 'none: every kill counts',
  };
}
