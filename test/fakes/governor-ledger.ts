/** A governor's memory with a clock in hand: on a real database, in memory or in a file. */
import {
  createGovernorLedger,
  type GovernorLedger,
  type GovernorLedgerPorts,
} from '../../electron/governor/governor-ledger.ts';
import { openGovernorDatabase } from '../../electron/governor/governor-database.ts';
import { NOTHING_READ, type GpuReading, type Readings } from '../../electron/governor/sensors.ts';
import { createStretchStore } from '../../electron/governor/stretch-store.ts';
import { DEFAULT_GOVERNOR_SETTINGS, type GovernorSettings } from '../../electron/ipc/governor.ts';
import type { Reason, ReasonCode, Status } from '../../electron/ipc/status.ts';
import type { Clock } from '../../electron/platform/clock.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

export function statusOf(
  mode: Status['mode'],
  ...codes: readonly (ReasonCode | Partial<Reason>)[]
): Status {
  const reasons = codes.map((one) => ({
    code: 'owner-active' as const,
    untilMs: null,
    detail: null,
    ...(typeof one === 'string' ? { code: one } : one),
  }));
  return {
    ...{ mode, policy: 'away', chosenBy: 'owner', trialRelaysLeft: null, duty: 0, dutyCause: null },
    ...{ reasons, sinceMs: 0, relaysInFlight: 0 },
  };
}

/** Reads one card, now. */
export function cardReadings(clock: Clock, card: Partial<GpuReading>): Readings {
  const gpu: GpuReading = {
    ...{ id: '0000:01:00.0', name: 'Card', vendor: 'nvidia', celsius: 60, junctionCelsius: null },
    ...{ memoryCelsius: null, slowdownCelsius: null, shutdownCelsius: null, throttle: [] },
    ...{ watts: 108, loadPercent: 90, memoryUsedBytes: 1, memoryTotalBytes: 2 },
    ...{ foreignLoadPercent: null, foreignMemoryBytes: null, foreignApp: null },
    ...card,
  };
  const atMs = clock.monotonicMs();
  return { ...NOTHING_READ, gpus: { value: [gpu], atMs, source: 'the test' } };
}

export interface LedgerWorld {
  readonly ledger: GovernorLedger;
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  settings: GovernorSettings;
}

/** @param path a file, or `:memory:` */
export function startLedger(
  path: string,
  startMs: number,
  change: Partial<GovernorLedgerPorts> = {},
): LedgerWorld {
  const clock = createManualClock(startMs);
  const log = createMemoryLog();
  const world = { settings: DEFAULT_GOVERNOR_SETTINGS };
  const ledger = createGovernorLedger({
    store: createStretchStore(openGovernorDatabase(path, startMs).database),
    clock,
    log,
    settings: () => world.settings,
    device: () => ({ kind: 'gpu', name: 'Card' }),
    limits: () => ({ targetCelsius: 75, pauseCelsius: 83 }),
    selfTest: () => ({ state: 'none', atMs: null, detail: null }),
    earned: () => [],
    coinDecimals: () => 18,
    localOffsetMs: () => 0,
    ...change,
  });
  return Object.assign(world, { ledger, clock, log });
}
