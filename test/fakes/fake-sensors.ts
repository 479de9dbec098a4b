/** Sensors that say what the test wants; readings are fresh unless they are frozen. */
import type { Power, Readings, Sensors } from '../../electron/governor/sensors.ts';
import type { Clock } from '../../electron/platform/clock.ts';

export interface FakeSensors extends Sensors {
  /** Seconds since the last input; null is unknown. */
  idleSeconds: number | null;
  isLocked: boolean | null;
  power: Power | null;
  isSuspended: boolean;
  /** From now on no reading gets any younger. */
  freeze(): void;
  /** Tells everybody to look now. */
  emit(): void;
  /** Every interval that was asked for, null for nobody looking. */
  readonly watched: readonly (number | null)[];
  readonly reads: number;
}

const SOURCE = 'the test';

/** Starts with an owner who has been away for an hour, on mains, unlocked. */
export function createFakeSensors(clock: Clock): FakeSensors {
  const listeners = new Set<() => void>();
  const watched: (number | null)[] = [];
  let frozenMs: number | null = null;
  let reads = 0;
  const reading = <Value>(value: Value | null) =>
    value === null ? null : { value, atMs: frozenMs ?? clock.monotonicMs(), source: SOURCE };
  const values = (): Readings => ({
    idleMs: reading(fake.idleSeconds === null ? null : fake.idleSeconds * 1000),
    isLocked: reading(fake.isLocked),
    power: reading(fake.power),
    isSuspended: fake.isSuspended,
    unknownIdle: 'no idle time in the test',
    unknownLock: 'no lock in the test',
    unknownPower: 'no power in the test',
  });
  const fake: FakeSensors = {
    idleSeconds: 3600,
    isLocked: false,
    power: 'mains',
    isSuspended: false,
    watched,
    get reads() {
      return reads;
    },
    read() {
      reads += 1;
      return values();
    },
    look: () => Promise.resolve(values()),
    watch(intervalMs) {
      watched.push(intervalMs);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    freeze() {
      frozenMs = clock.monotonicMs();
    },
    emit() {
      for (const listener of listeners) listener();
    },
  };
  return fake;
}
