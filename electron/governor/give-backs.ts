/** Follows the give-back that is under way until there is nothing more to measure, and reports it then. */
import type { ReasonCode } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';
import {
  giveBackBegun,
  releasedAt,
  reportOf,
  stoppedAt,
  type GiveBackTimes,
} from './give-back-log.ts';
import type { GiveBackReport } from './ports.ts';
import type { Readings } from './sensors.ts';

/** After a yield the memory may still be asked for, ten seconds later; then it stays where it is. */
const RELEASE_WITHIN_MS = 15_000;

export interface GiveBacks {
  /** Relays were ended, or the memory is taken away; only the first word of either begins one. */
  begin(cause: ReasonCode, readings: Readings): void;
  stopped(): void;
  released(): void;
  /** Relays are served again: what was not measured until now never will be. */
  end(): void;
}

export function createGiveBacks(
  clock: Clock,
  onReport: (report: GiveBackReport) => void,
): GiveBacks {
  let times: GiveBackTimes | null = null;
  let stopLimit: () => void = () => undefined;

  const end = (): void => {
    stopLimit();
    if (times === null) return;
    const report = reportOf(times);
    times = null;
    onReport(report);
  };

  return {
    begin(cause, readings) {
      if (times !== null) return;
      const now = { monotonicMs: clock.monotonicMs(), unixMs: clock.nowMs() };
      times = giveBackBegun(cause, readings, now);
      stopLimit = clock.after(RELEASE_WITHIN_MS, end);
    },
    stopped() {
      if (times !== null) times = stoppedAt(times, clock.monotonicMs());
    },
    released() {
      if (times === null) return;
      times = releasedAt(times, clock.monotonicMs());
      end();
    },
    end,
  };
}
