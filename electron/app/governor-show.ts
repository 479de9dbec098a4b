/** Keeps the window's picture of the governor current: at once when something happens, else in a calm rhythm. */
import type { GovernorLedger } from '../governor/governor-ledger.ts';
import type { Hub } from '../hub/hub.ts';
import type { Status } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';

/** While relays run the temperature is worth a look; the day's strip moves a pixel in some minutes. */
const LIVE_MS = 2_000;
const CALM_MS = 60_000;

export interface GovernorShow {
  decided(status: Status): void;
  powerRefused(sentence: string | null): void;
  /** Something happened that is not to wait. */
  now(): void;
  dispose(): void;
}

export function createGovernorShow(ports: {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly ledger: Pick<GovernorLedger, 'view'>;
}): GovernorShow {
  const { hub, clock, ledger } = ports;
  let shownMs = -Infinity;
  let shownState = '';
  const now = (): void => {
    shownMs = clock.monotonicMs();
    hub.dispatch({ type: 'governor-changed', change: ledger.view() });
  };
  const stopTicking = clock.every(CALM_MS, now);
  return {
    now,
    decided({ mode, reasons, relaysInFlight }) {
      const codes = reasons.map(({ code }) => code);
      const state = JSON.stringify([mode, codes, relaysInFlight > 0]);
      const isLive = mode === 'serving' || mode === 'draining' || codes[0] === 'arming';
      const isDue = isLive && clock.monotonicMs() - shownMs >= LIVE_MS;
      if (state === shownState && !isDue) return;
      shownState = state;
      now();
    },
    powerRefused(powerRefusal) {
      hub.dispatch({ type: 'governor-changed', change: { powerRefusal } });
    },
    dispose: stopTicking,
  };
}
