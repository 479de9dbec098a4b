/** Keeps the window's picture of the governor current: at once when something happens, else in a calm rhythm. */
import type { GovernorLedger } from '../governor/governor-ledger.ts';
import { SHORTEST_MS } from '../governor/stretches.ts';
import type { Hub } from '../hub/hub.ts';
import type { Status } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';

/** While relays run the temperature is worth a look; the day's strip moves a pixel in some minutes. */
const LIVE_MS = 2_000;
const CALM_MS = 60_000;
/** What has held for so long stands on the strip by itself. */
const SETTLED_MS = SHORTEST_MS + 500;

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
  readonly ledger: Pick<GovernorLedger, 'view' | 'live'>;
}): GovernorShow {
  const { hub, clock, ledger } = ports;
  let liveMs = -Infinity;
  let shownState = '';
  let stopSettling = (): void => undefined;
  const now = (): void => {
    liveMs = clock.monotonicMs();
    hub.dispatch({ type: 'governor-changed', change: ledger.view() });
  };
  const stopTicking = clock.every(CALM_MS, now);
  return {
    now,
    decided({ mode, reasons, relaysInFlight }) {
      const codes = reasons.map(({ code }) => code);
      const state = JSON.stringify([mode, codes, relaysInFlight > 0]);
      if (state !== shownState) {
        shownState = state;
        now();
        stopSettling();
        stopSettling = clock.after(SETTLED_MS, now);
        return;
      }
      const isLive = mode === 'serving' || mode === 'draining' || codes[0] === 'arming';
      if (!isLive || clock.monotonicMs() - liveMs < LIVE_MS) return;
      liveMs = clock.monotonicMs();
      hub.dispatch({ type: 'governor-changed', change: { live: ledger.live() } });
    },
    powerRefused(powerRefusal) {
      hub.dispatch({ type: 'governor-changed', change: { powerRefusal } });
    },
    dispose() {
      stopTicking();
      stopSettling();
    },
  };
}
