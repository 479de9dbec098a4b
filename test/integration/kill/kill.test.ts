import { expect, it } from 'vitest';
import { runKills, tableOf } from '../../kill/harness.ts';
import { STEPS } from '../../kill/steps.ts';

const ROUNDS = 15;
const HITS = 3;
/** A minute and a half on two idle cores; a machine that does something else as well takes longer. */
const SLOW_MS = 10 * 60_000;

it(
  'loses no unit and no receipt, at whatever step of relay and redemption it is killed',
  async () => {
    const report = await runKills({
      rounds: ROUNDS,
      hits: HITS,
      roundsPerFolder: ROUNDS,
      edgesEvery: 5,
      seed: 1,
      log: () => undefined,
    });
    console.log(tableOf(report));
    const [facts] = report.facts;
    expect([...report.hits].filter(([, hits]) => hits < HITS)).toEqual([]);
    expect(report.hits.size).toBe(STEPS.length);
    expect(facts?.receipts).toBeGreaterThan(100);
    expect(facts?.redemptions).toBeGreaterThan(20);
    expect(facts?.keptFound).toBeGreaterThan(0);
    expect(facts?.givenBack).toBeGreaterThan(0);
    expect(BigInt(facts?.charged ?? 0)).toBeGreaterThan(1_000n);
  },
  SLOW_MS,
);
