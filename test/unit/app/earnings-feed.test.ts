/** The window's figures when the ledger cannot be read for a while. */
import { expect, it } from 'vitest';
import { feedEarnings } from '../../../electron/app/earnings-feed.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import { initialSnapshot } from '../../../electron/hub/initial-snapshot.ts';
import type { Ledger } from '../../../electron/ledger/ports.ts';
import { createTotals } from '../../../electron/ledger/totals.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createRelayPair } from '../../fakes/relay-pair.ts';

it('says so, and does not end Lull from within a timer', () => {
  const clock = createManualClock(1_700_000_000_000);
  const app = { version: 'test', runtime: 'test', dataFolder: 'test' };
  const hub = createHub(initialSnapshot(app), clock);
  let isBroken = false;
  const nothing = (): never => {
    throw new Error('nobody asks for this');
  };
  const ledger: Ledger = {
    append: nothing,
    entriesOf: nothing,
    openSessions: nothing,
    sessionOpened: nothing,
    receiptOf: nothing,
    all: nothing,
    dispose: nothing,
    onAppend: () => () => undefined,
    receipts() {
      if (isBroken) throw new AppError('ledger-unusable');
      return [];
    },
  };
  const { application } = createRelayPair();
  const stop = feedEarnings(
    { hub, books: () => ({ ledger, totals: createTotals(() => 0), application }) },
    clock,
  );
  expect(hub.snapshot().network.failure).toBeNull();
  isBroken = true;
  clock.advance(60_000);
  expect(hub.snapshot().network).toMatchObject({
    state: 'failed',
    failure: { code: 'ledger-unusable' },
  });
  stop();
});
