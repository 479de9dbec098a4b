/** Puts the owner's conversations on the disk when nothing else goes on, so that they outlive the process. */
import type { Clock } from '../platform/clock.ts';
import type { PrefixStore } from './prefix-store.ts';
import type { Slot } from './step-plan.ts';

/** A conversation that goes on is written once per pause, not once per turn. */
const PAUSE_MS = 15_000;

export interface IdleSaving {
  /** Nothing runs any more. */
  start(): void;
  /** Resolves when nothing is being saved. */
  stop(): Promise<void>;
}

export function createIdleSaving(
  clock: Clock,
  store: PrefixStore,
  ownersIdle: () => readonly Slot[],
): IdleSaving {
  let callOff: () => void = () => undefined;
  let isWanted = false;
  let work: Promise<void> = Promise.resolve();

  const save = async () => {
    for (const { port } of ownersIdle()) {
      if (isWanted) await store.persist(port);
    }
    while (isWanted && (await store.persistNext()));
  };

  const stop = () => {
    isWanted = false;
    callOff();
    return work;
  };

  return {
    start() {
      void stop();
      isWanted = true;
      callOff = clock.after(PAUSE_MS, () => {
        // A disk that fails costs a prefill later, and nothing now.
        work = save().catch(() => undefined);
      });
    },
    stop,
  };
}
