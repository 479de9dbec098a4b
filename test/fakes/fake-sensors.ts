/** Sensors that say what the test wants; readings are fresh unless they are frozen. */
import {
  NO_MACHINE,
  type GpuReading,
  type MachineReadings,
  type MachineValues,
  type Power,
  type Readings,
  type Sensors,
  type Wish,
} from '../../electron/governor/sensors.ts';
import type { Clock } from '../../electron/platform/clock.ts';

export interface FakeSensors extends Sensors {
  /** Seconds since the last input; null is unknown. */
  idleSeconds: number | null;
  isLocked: boolean | null;
  power: Power | null;
  isSuspended: boolean;
  /** What else the computer has; a missing key is a part that it does not have, null is one that is not known. */
  machine: { -readonly [Key in keyof MachineValues]?: MachineValues[Key] | null };
  /** From now on no reading gets any younger. */
  freeze(): void;
  /** Readings are fresh again. */
  thaw(): void;
  /** Tells everybody to look now. */
  emit(): void;
  /** Every interval that was asked for, null for nobody looking. */
  readonly watched: readonly (number | null)[];
  /** The same as whole wishes. */
  readonly wishes: readonly (Wish | null)[];
  readonly reads: number;
}

const SOURCE = 'the test';

/** A desktop card at ease; what the test wants otherwise goes on top. */
export function aCard(more: Partial<GpuReading> = {}): GpuReading {
  return {
    id: '0000:01:00.0',
    name: 'Test Card',
    vendor: 'nvidia',
    celsius: 45,
    junctionCelsius: null,
    memoryCelsius: null,
    slowdownCelsius: 95,
    shutdownCelsius: 98,
    throttle: [],
    watts: 30,
    loadPercent: 0,
    memoryUsedBytes: 1e9,
    memoryTotalBytes: 24e9,
    foreignLoadPercent: 0,
    foreignMemoryBytes: 0,
    foreignApp: null,
    ...more,
  };
}

/** Starts with an owner who has been away for an hour, on mains, unlocked, at a desktop without a graphics card. */
export function createFakeSensors(clock: Clock): FakeSensors {
  const listeners = new Set<() => void>();
  const wishes: (Wish | null)[] = [];
  let frozenMs: number | null = null;
  let reads = 0;
  const reading = <Value>(value: Value | null) =>
    value === null ? null : { value, atMs: frozenMs ?? clock.monotonicMs(), source: SOURCE };

  const machine = (): MachineReadings => {
    const all: Partial<Record<keyof MachineValues, unknown>> = { ...fake.machine };
    const readings = Object.entries(all).map(
      ([key, value]) => [key, reading(value ?? null)] as const,
    );
    const missing = Object.keys(all).filter((key) => all[key as keyof MachineValues] == null);
    return {
      ...NO_MACHINE,
      ...Object.fromEntries(readings),
      power: reading(fake.power),
      unknown: {
        ...(fake.power === null && { power: 'no power in the test' }),
        ...Object.fromEntries(missing.map((key) => [key, `no ${key} in the test`])),
      },
    };
  };

  const values = (): Readings => ({
    idleMs: reading(fake.idleSeconds === null ? null : fake.idleSeconds * 1000),
    isLocked: reading(fake.isLocked),
    isSuspended: fake.isSuspended,
    unknownIdle: 'no idle time in the test',
    unknownLock: 'no lock in the test',
    ...machine(),
  });
  const fake: FakeSensors = {
    idleSeconds: 3600,
    isLocked: false,
    power: 'mains',
    isSuspended: false,
    machine: { gpus: [], apps: [], fullscreen: '' },
    wishes,
    get watched() {
      return wishes.map((wish) => wish?.everyMs ?? null);
    },
    get reads() {
      return reads;
    },
    read() {
      reads += 1;
      return values();
    },
    look: () => Promise.resolve(values()),
    watch(wish) {
      wishes.push(wish);
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
    thaw() {
      frozenMs = null;
    },
    emit() {
      for (const listener of listeners) listener();
    },
  };
  return fake;
}
