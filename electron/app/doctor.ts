/** Runs the doctor's checks when asked, and again when what they read has changed. */
import type { Hub } from '../hub/hub.ts';
import type { Patch } from '../ipc/snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import { doctorChecks } from './doctor-checks.ts';
import type { GatherFacts } from './doctor-facts.ts';

export interface DoctorPorts {
  readonly hub: Hub;
  readonly facts: GatherFacts;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Doctor {
  /** Looks at everything anew. */
  run(): Promise<void>;
  dispose(): void;
}

/** Changes come in bursts; one look is enough for all of them. */
const SETTLE_MS = 1_000;

const READ: readonly (keyof Patch['changes'])[] = [
  'setup',
  'engine',
  'model',
  'endpoint',
  'network',
  'earnings',
  'status',
  'wallet',
  'notices',
];

/** Looks for the first time shortly after it was made. */
export function createDoctor({ hub, facts, clock, log }: DoctorPorts): Doctor {
  let stopWaiting: (() => void) | null = null;
  let isDisposed = false;

  async function look(isAsked: boolean): Promise<void> {
    const found = await facts(isAsked);
    if (isDisposed) return;
    const { doctor, ...rest } = hub.snapshot();
    const checks = doctorChecks({ doctor, ...rest }, found);
    // An answer to the owner is news even if nothing has changed.
    if (!isAsked && JSON.stringify(checks) === JSON.stringify(doctor.checks)) return;
    hub.dispatch({ type: 'doctor-ran', checks, atMs: clock.nowMs() });
  }

  function lookSoon(): void {
    stopWaiting ??= clock.after(SETTLE_MS, () => {
      stopWaiting = null;
      drop(look(false), 'looking whether all is well', log);
    });
  }

  const stopListening = hub.onPatch(({ changes }) => {
    if (READ.some((part) => changes[part] !== undefined)) lookSoon();
  });
  lookSoon();

  return {
    run: () => look(true),
    dispose() {
      isDisposed = true;
      stopListening();
      stopWaiting?.();
    },
  };
}
