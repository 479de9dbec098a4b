/** What can be read of the computer and its owner, from whichever source the system has. */

/** A value with its age and its origin; null stands for "not known", which never means "all is well". */
export interface Reading<Value> {
  readonly value: Value;
  /** On the monotonic clock. */
  readonly atMs: number;
  /** Where it comes from, in plain words: "X11", "the adapter ADP1". */
  readonly source: string;
}

export type Power = 'mains' | 'battery';

/** What main itself hears of: idle time, lock, sleep. */
export interface PresenceReadings {
  readonly idleMs: Reading<number> | null;
  readonly isLocked: Reading<boolean> | null;
  readonly isSuspended: boolean;
  /** Why a value is not known, for a person. */
  readonly unknownIdle: string | null;
  readonly unknownLock: string | null;
}

/** One graphics card, as its driver tells; null is what it does not tell. */
export interface GpuReading {
  /** PCI address, such as `0000:01:00.0`; it stays the same over restarts. */
  readonly id: string;
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'unknown';
  /** `asleep`: turned off by the system, so cold and used by nobody; `lost`: off the bus. Left out otherwise. */
  readonly state?: 'asleep' | 'lost' | undefined;
  /** Degrees Celsius at the edge of the die, its hottest spot and its memory. */
  readonly celsius: number | null;
  readonly junctionCelsius: number | null;
  readonly memoryCelsius: number | null;
  /** Limits of the card itself: it slows down, it turns off. */
  readonly slowdownCelsius: number | null;
  readonly shutdownCelsius: number | null;
  /** Why the card runs slower than it could. A power cap is normal and not among them. */
  readonly throttle: readonly ('thermal' | 'power-brake')[];
  readonly watts: number | null;
  readonly loadPercent: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
  /** Of all programs but ours; null when the driver does not tell them apart. */
  readonly foreignLoadPercent: number | null;
  readonly foreignMemoryBytes: number | null;
  /** The program that loads it most, other than ours; null when nobody says. */
  readonly foreignApp: string | null;
}

/** A program that wants the computer for itself. */
export interface RunningApp {
  /** As its owner knows it. */
  readonly name: string;
  /** `list`: on the owner's own list; `mark`: Steam or GameMode says that it is a game. */
  readonly by: 'list' | 'mark';
}

/** What the sensors' process reads. */
export interface MachineValues {
  readonly power: Power;
  readonly batteryPercent: number;
  readonly batteryCelsius: number;
  readonly isOnUps: boolean;
  /** The system saves power because its owner asked it to. */
  readonly isSavingPower: boolean;
  /** The lid is shut, and no other display is connected. */
  readonly isLidShut: boolean;
  readonly isMetered: boolean;
  /** All cards that could be read; an empty list when the system has none. */
  readonly gpus: readonly GpuReading[];
  readonly cpuCelsius: number;
  /** At which the processor slows itself down. */
  readonly cpuLimitCelsius: number;
  /** As macOS tells it. */
  readonly thermalState: 'nominal' | 'fair' | 'serious' | 'critical';
  /** Part of its speed that the system lets the processor have. */
  readonly cpuSpeedPercent: number;
  readonly apps: readonly RunningApp[];
  /** The program that fills a whole screen; an empty text when none does. */
  readonly fullscreen: string;
  /** Since the last input as the desktop session tells it; read only where Electron's count cannot be believed. */
  readonly sessionIdleMs: number;
}

export type MachineKey = keyof MachineValues;

export type MachineReadings = {
  readonly [Key in MachineKey]: Reading<MachineValues[Key]> | null;
} & {
  /** Why a value is not known, for a person; a key without one has simply no such part here. */
  readonly unknown: Readonly<Partial<Record<MachineKey, string>>>;
};

export type Readings = PresenceReadings & MachineReadings;

/** What is to be watched. */
export interface Wish {
  /** How old readings of presence may become; what changes slowly is read less often. */
  readonly everyMs: number;
  /** Whether graphics cards may be asked at all: each question keeps a sleeping card awake. */
  readonly withGpu: boolean;
  /** The owner's own list of programs to give way to. */
  readonly games: readonly string[];
  /** Our own processes, whose load is nobody else's. */
  readonly ownPids: readonly number[];
}

export interface Source<Values> {
  /** The newest there is; never waits. */
  read(): Values;
  /** Reads anew, watched or not: for a person who asks. Never rejects. */
  look(): Promise<Values>;
  /** Null when nobody looks: then there is no timer, no query, no listener and no process. */
  watch(wish: Wish | null): void;
  /**
   * Tells what cannot wait for the next look: lock, suspend, power, a first reading.
   * @returns what stops it
   */
  onEvent(listener: () => void): () => void;
}

export type Sensors = Source<Readings>;

/** One source for the owner and one for the machine. */
export function combineSensors(
  presence: Source<PresenceReadings>,
  machine: Source<MachineReadings>,
): Sensors {
  return {
    read: () => ({ ...presence.read(), ...machine.read() }),
    look: async () => ({ ...presence.read(), ...(await machine.look()) }),
    watch(wish) {
      presence.watch(wish);
      machine.watch(wish);
    },
    onEvent(listener) {
      const stops = [presence.onEvent(listener), machine.onEvent(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

export const NO_MACHINE: MachineReadings = {
  power: null,
  batteryPercent: null,
  batteryCelsius: null,
  isOnUps: null,
  isSavingPower: null,
  isLidShut: null,
  isMetered: null,
  gpus: null,
  cpuCelsius: null,
  cpuLimitCelsius: null,
  thermalState: null,
  cpuSpeedPercent: null,
  apps: null,
  fullscreen: null,
  sessionIdleMs: null,
  unknown: {},
};

/** What a governor that does not look has in its hands. */
export const NOTHING_READ: Readings = {
  idleMs: null,
  isLocked: null,
  isSuspended: false,
  unknownIdle: null,
  unknownLock: null,
  ...NO_MACHINE,
};
