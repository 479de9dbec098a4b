/** Clears up what earlier lives left: every receipt is asked for, every transaction sent again, everything collected. */
import type { Hex } from '../../electron/protocol/hex.ts';
import type { Nodes } from './nodes.ts';

/** One would do; a bound, so that what never comes to an end shows as a fault. */
const MAX_TRIES = 3;

export async function settleNodes({ sides }: Nodes): Promise<void> {
  for (const { market } of sides) {
    const { application, totals, journal } = market;
    const open = (): readonly Hex[] =>
      totals
        .sessions('application', 0)
        .filter(({ openRelays }) => openRelays > 0)
        .map(({ session }) => session);
    for (let tries = 0; tries < MAX_TRIES && open().length > 0; tries += 1) {
      for (const session of open()) await application.resync(session);
    }
    // Also those without an open request: a refused one may have been served after all.
    for (const { session } of totals.sessions('application', 0)) await application.resync(session);
    await journal.settle();
  }
  for (const { market } of sides) {
    const { failures } = await market.redeemer.collect();
    const [failure] = failures;
    if (failure) throw failure;
    await market.journal.settle();
  }
}
