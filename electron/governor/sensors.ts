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

export interface PresenceReadings {
  readonly idleMs: Reading<number> | null;
  readonly isLocked: Reading<boolean> | null;
  readonly isSuspended: boolean;
  /** Why a value is not known, for a person. */
  readonly unknownIdle: string | null;
  readonly unknownLock: string | null;
}

export interface PowerReadings {
  readonly power: Reading<Power> | null;
  readonly unknownPower: string | null;
}

export type Readings = PresenceReadings & PowerReadings;

export interface Source<Values> {
  /** The newest there is; never waits. */
  read(): Values;
  /** Reads anew, watched or not: for a person who asks. Never rejects. */
  look(): Promise<Values>;
  /** How old readings may become; null when nobody looks: then there is no timer, no query and no listener. */
  watch(intervalMs: number | null): void;
  /**
   * Tells what cannot wait for the next look: lock, suspend, power, a first reading.
   * @returns what stops it
   */
  onEvent(listener: () => void): () => void;
}

export type Sensors = Source<Readings>;

/** One source each for the owner and for the power. */
export function combineSensors(
  presence: Source<PresenceReadings>,
  power: Source<PowerReadings>,
): Sensors {
  return {
    read: () => ({ ...presence.read(), ...power.read() }),
    look: async () => ({ ...presence.read(), ...(await power.look()) }),
    watch(intervalMs) {
      presence.watch(intervalMs);
      power.watch(intervalMs);
    },
    onEvent(listener) {
      const stops = [presence.onEvent(listener), power.onEvent(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** What a governor that does not look has in its hands. */
export const NOTHING_READ: Readings = {
  idleMs: null,
  isLocked: null,
  isSuspended: false,
  unknownIdle: null,
  unknownLock: null,
  power: null,
  unknownPower: null,
};
