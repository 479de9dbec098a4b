/** Keeps the window's figures of earnings current: after every entry, but not after every one at once. */
import { PRACTICE_PARAMETERS } from '../protocol/practice-terms.ts';
import { firstOpenEpoch } from '../market/epochs.ts';
import { toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Books } from './compose-books.ts';
import type { LullNode } from './compose-node.ts';
import { earningsFigures } from './earnings-view.ts';

/** A busy Supplier writes many entries a second; reading the list back takes some milliseconds. */
const REFRESH_MS = 500;
/** Hours pass also when nothing happens. */
const TICK_MS = 60_000;

type EarningParts = Pick<Books, 'ledger' | 'totals' | 'application'>;
interface EarningNode {
  readonly hub: LullNode['hub'];
  readonly books: () => EarningParts;
}

/** @returns ends it */
export function feedEarnings({ hub, books }: EarningNode, clock: Clock): () => void {
  const fail = (error: unknown): void => {
    const failure = failureText(toAppError(error));
    hub.dispatch({ type: 'network-changed', change: { state: 'failed', failure } });
  };
  let parts: EarningParts;
  try {
    parts = books();
  } catch (error) {
    fail(error);
    return () => undefined;
  }
  const { ledger, totals, application } = parts;
  let stopWaiting: (() => void) | null = null;

  function show(): void {
    const nowMs = clock.nowMs();
    const change = earningsFigures(ledger, totals, PRACTICE_PARAMETERS, nowMs);
    hub.dispatch({ type: 'earnings-changed', change });
    const worstLoss = totals
      .sessions('application', firstOpenEpoch(nowMs, PRACTICE_PARAMETERS))
      .reduce((sum, { session }) => sum + application.exposure(session).worstLoss, 0n);
    hub.dispatch({ type: 'network-changed', change: { worstLoss } });
  }

  function refresh(): void {
    stopWaiting = null;
    try {
      show();
    } catch (error) {
      // A disk that cannot be read now must not end Lull from within a timer.
      fail(error);
    }
  }

  const soon = (): void => {
    stopWaiting ??= clock.after(REFRESH_MS, refresh);
  };
  const stopListening = ledger.onAppend(soon);
  const stopTicking = clock.every(TICK_MS, refresh);
  refresh();
  return () => {
    stopListening();
    stopTicking();
    stopWaiting?.();
  };
}
