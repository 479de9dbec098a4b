/** One question to the computer, with its own pace: what every source inside the sensors' process looks like. */
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { MachineKey, MachineValues, Wish } from '../sensors.ts';
import type { Bus } from './bus.ts';
import type { Files } from './files.ts';

/** What one read brought. A key in neither `values` nor `unknown` is a part that this computer does not have. */
export interface Outcome<Part extends MachineKey> {
  readonly values: Partial<Pick<MachineValues, Part>>;
  /** Of all its values, in plain words: "the adapter ADP1". */
  readonly source: string;
  /** Where single values come from somewhere else. */
  readonly sources?: Partial<Record<Part, string>>;
  /** Why a value is not known, for a person. */
  readonly unknown?: Partial<Record<Part, string>>;
  /** How old the values already are; 0 when nothing is said. */
  readonly ageMs?: number;
}

/**
 * Several readers may have `gpus` or `apps`: their lists are put together. Every other key belongs to the first
 * reader that knows it.
 */
export interface Reader<Part extends MachineKey> {
  readonly keys: readonly Part[];
  /** It is not read more often than this, nor more often than the wish asks. */
  readonly everyMs: number;
  /** The same while nothing computes or is about to, which every other pace ends at once; left out, `everyMs`. */
  readonly restEveryMs?: number;
  /** It is read at least so often, however rarely the wish asks. */
  readonly atLeastEveryMs?: number;
  /** Without an answer by then it counts as hanging; 3 s when nothing is said. */
  readonly deadlineMs?: number;
  /** Read only while graphics cards may be asked. */
  readonly needsGpu?: boolean;
  /** Never called again before the last one has ended. A rejection makes all its keys unknown. */
  read(wish: Wish): Promise<Outcome<Part>>;
  /**
   * For readers that are told by the system: calls `tell` when it is worth reading now instead of at the next turn.
   * Called once, before the first read.
   */
  onChange?(tell: () => void): void;
  /** Lets go of programs, listeners and connections; the next read may start them again. */
  stop?(): void;
}

/** Any of them, for lists. */
export type AnyReader = Reader<MachineKey>;

/** What readers are made of. */
export interface ReaderPorts {
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly log: Log;
  /** Where sysfs is mounted: `/sys`. */
  readonly sysRoot: string;
  /** Where the processes are listed: `/proc`. */
  readonly procRoot: string;
  readonly files: Files;
  /** Null where there is none. */
  readonly systemBus: Bus | null;
  readonly sessionBus: Bus | null;
}
