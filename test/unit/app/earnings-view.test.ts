/** The figures of the window: what falls into an hour, a day, and today. */
import { describe, expect, it } from 'vitest';
import { localOffsetMs } from '../../../electron/app/earnings-periods.ts';
import { earningsFigures } from '../../../electron/app/earnings-view.ts';
import { createTotals } from '../../../electron/ledger/totals.ts';
import { PRACTICE_PARAMETERS } from '../../../electron/protocol/practice-terms.ts';
import { openedBy, paidOn, servedOn } from '../../fakes/ledger-values.ts';

const MINUTE_MS = 60_000;
const NOON = new Date(2026, 10, 20, 12, 30).getTime();
const MIDNIGHT = new Date(2026, 10, 20).getTime();

function figures() {
  const served = openedBy('supplier');
  const asked = openedBy('application', { draw: 1 });
  const times = [
    new Date(2026, 9, 21, 23, 59).getTime(),
    new Date(2026, 9, 22, 0, 0).getTime(),
    MIDNIGHT - 1,
    MIDNIGHT,
    NOON - MINUTE_MS,
  ];
  const totals = createTotals(localOffsetMs);
  for (const opened of [served, asked]) totals.apply(opened);
  let total = 0n;
  for (const [index, atMs] of times.entries()) {
    const charged = 10n ** BigInt(index);
    total += charged;
    const charge = { sequence: index + 1, charged, totalCharged: total };
    totals.apply(servedOn(served.session, index + 1, charge, atMs));
  }
  const charge = { sequence: 1, charged: 7n, totalCharged: 7n };
  totals.apply(paidOn(asked.session, 99, charge, MIDNIGHT + 1));
  const nothing = (): never => {
    throw new Error('nobody asks for this');
  };
  const ledger = {
    ...{ append: nothing, entriesOf: nothing, openSessions: nothing, sessionOpened: nothing },
    ...{ receiptOf: nothing, all: nothing, dispose: nothing, onAppend: nothing },
    receipts: () => [],
  };
  return earningsFigures(ledger, totals, PRACTICE_PARAMETERS, NOON);
}

describe('the figures', () => {
  it('count each relay on its own day, from midnight to midnight', () => {
    const { days } = figures();
    expect(days).toHaveLength(30);
    expect(days.at(-1)).toEqual({ startMs: MIDNIGHT, earned: 11_000n, relays: 2 });
    expect(days.at(-2)).toMatchObject({ earned: 100n, relays: 1 });
    // What is older than thirty days is in no bar.
    expect(days[0]).toMatchObject({ earned: 10n, relays: 1 });
    expect(days.reduce((sum, { earned }) => sum + earned, 0n)).toBe(11_110n);
  });

  it('say what came in and went out today', () => {
    expect(figures().today).toEqual({ earned: 11_000n, spent: 7n, relays: 2 });
  });

  it('count the last hours, the one that is not over included', () => {
    const { hours } = figures();
    expect(hours).toHaveLength(24);
    expect(hours.at(-1)).toMatchObject({ earned: 10_000n, relays: 1 });
    expect(hours.reduce((sum, { relays }) => sum + relays, 0)).toBe(3);
  });
});
