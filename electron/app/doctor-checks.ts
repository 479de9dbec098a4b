/** The doctor's checks: what was seen of each part, in the order in which they depend on each other. */
import { CHECK_IDS, type Check, type CheckId } from '../ipc/doctor.ts';
import type { Snapshot } from '../ipc/snapshot.ts';
import {
  checkData,
  checkEndpoint,
  checkEngine,
  checkKeys,
  checkModel,
} from './doctor-node-checks.ts';
import { checkEarning, checkNetwork, checkPower, checkPresence } from './doctor-earning-checks.ts';

/** A reading of a sensor, and what it was read from. */
export interface Seen<Value> {
  readonly value: Value;
  /** The system's own name for it, for a person. */
  readonly source: string;
}

/** What the snapshot does not hold. */
export interface DoctorFacts {
  readonly dataFolder: {
    /** Null when a file could be written there, read back and removed; else why not. */
    readonly fault: string | null;
    /** Null when the system does not say. */
    readonly freeBytes: number | null;
  };
  /** Whether this run opens an endpoint at all. */
  readonly opensEndpoint: boolean;
  /** Null: unknown, or nobody asks because earning is off. */
  readonly sensors: {
    readonly idleMs: Seen<number> | null;
    readonly isLocked: Seen<boolean> | null;
    readonly power: Seen<'mains' | 'battery'> | null;
  };
}

/** What a check found; its name comes from the table. */
export type Finding = Omit<Check, 'id' | 'title'>;
export type MakeCheck = (snapshot: Snapshot, facts: DoctorFacts) => Finding;

const CHECKS: Readonly<Record<CheckId, readonly [title: string, check: MakeCheck]>> = {
  'data-folder': ['Data folder', checkData],
  engine: ['Engine', checkEngine],
  model: ['Model', checkModel],
  endpoint: ['Local endpoint', checkEndpoint],
  keys: ['Keys', checkKeys],
  network: ['Practice network', checkNetwork],
  presence: ['Knowing when you are away', checkPresence],
  power: ['Power', checkPower],
  earning: ['Earning', checkEarning],
};

export function doctorChecks(snapshot: Snapshot, facts: DoctorFacts): Check[] {
  return CHECK_IDS.map((id) => {
    const [title, check] = CHECKS[id];
    return { id, title, ...check(snapshot, facts) };
  });
}
