/** Makes decisions true: moves each actuator when something is to change, and again when it failed. */
import type { ReasonCode } from '../ipc/status.ts';
import type { Decision } from './decide.ts';
import { RELEASES_OWNERS } from './policy-codes.ts';
import type { Actuators, GovernorPorts } from './ports.ts';

/** An engine that has not said by then that its relays stand still is killed. */
export const YIELD_LIMIT_MS = 250;
const RETRY_MS = 1_000;

/** Nobody waits for an engine's word when the computer falls asleep with it or the card is in danger. */
const WITHOUT_WAITING: ReadonlySet<ReasonCode> = new Set([
  'suspended',
  'lid-shut',
  'gpu-lost',
  'gpu-critical',
]);

export type Orders = Pick<Decision, 'pace' | 'release' | 'keepsAwake' | 'powerLimitWatts'> & {
  /** Relays were ended with this decision, so the engine is to stand still at once. */
  readonly isGivingBack: boolean;
  /** The engine has a process. */
  readonly holdsMemory: boolean;
  readonly isOwners: boolean;
};

export interface Acting {
  apply(orders: Orders): void;
  /** Lets the computer sleep and puts the power limit back, for good. */
  dispose(): void;
}

interface Listener {
  /** The engine says that no relay computes. */
  onStopped(): void;
  /** Its process is gone, and the memory free. */
  onReleased(): void;
}

export function createActing(
  actuators: Actuators,
  ports: Pick<GovernorPorts, 'clock' | 'log' | 'nodeFacts'>,
  listener: Listener,
): Acting {
  const { clock, log } = ports;
  let orders: Orders | null = null;
  /** The share that was asked for last, and whether the engine keeps to it. */
  let pace: { readonly share: number; isKept: boolean } | null = null;
  let stopYieldLimit: (() => void) | null = null;
  let stopRetry: (() => void) | null = null;
  let isReleasing = false;
  /** The process is killed; until another one is seen there is nothing more to do. */
  let isReleased = false;
  /** The engine did not stand still in time. */
  let isDeaf = false;
  let isDisposed = false;
  const failing = new Set<string>();

  const failed = (what: string, error: unknown): void => {
    if (!failing.has(what)) log.warn(`${what} failed and is tried again`, { error });
    failing.add(what);
    if (isDisposed) return;
    stopRetry ??= clock.after(RETRY_MS, () => {
      stopRetry = null;
      if (orders !== null) act(orders);
    });
  };

  const setPace = (share: number): void => {
    if (pace?.share === share) return;
    const mine = { share, isKept: false };
    pace = mine;
    const what = 'pacing relays';
    const run = async (): Promise<void> => {
      try {
        await actuators.pace(share);
      } catch (error) {
        // To be asked for anew, unless something else has been since.
        if (pace === mine) pace = null;
        failed(what, error);
        return;
      }
      failing.delete(what);
      mine.isKept = true;
      if (pace !== mine || share > 0) return;
      isDeaf = false;
      stopYieldLimit?.();
      stopYieldLimit = null;
      listener.onStopped();
      releaseIfDue();
    };
    void run();
  };

  /** Waits for the engine's word from the first moment on, whatever is decided meanwhile. */
  const expectStillness = (): void => {
    if (pace?.isKept === true) {
      listener.onStopped();
      return;
    }
    if (stopYieldLimit !== null) return;
    stopYieldLimit = clock.after(YIELD_LIMIT_MS, () => {
      stopYieldLimit = null;
      isDeaf = true;
      log.warn('the engine did not stand still in time', { limitMs: YIELD_LIMIT_MS });
      releaseIfDue();
    });
  };

  const releaseIfDue = (): void => {
    if (orders === null || isReleasing || isReleased || !orders.holdsMemory) return;
    const { release, isOwners } = orders;
    const isWaited = stopYieldLimit !== null;
    const isDue = release !== null && (!isWaited || WITHOUT_WAITING.has(release));
    if (!isDue && (!isDeaf || isOwners)) return;
    if (release !== null && RELEASES_OWNERS.includes(release)) void runRelease();
    else if (!isOwnersSince(isOwners)) void runRelease();
  };

  /** Whether its owner has turned to the engine after the decision, of which the next one is to know first. */
  const isOwnersSince = (wasOwners: boolean): boolean => {
    const now = ports.nodeFacts();
    return now.isAnswering || (now.isOwners && !wasOwners);
  };

  const runRelease = async (): Promise<void> => {
    const what = 'releasing the engine';
    isReleasing = true;
    try {
      await actuators.release();
      isReleased = true;
      isDeaf = false;
      failing.delete(what);
      listener.onReleased();
    } catch (error) {
      failed(what, error);
    } finally {
      isReleasing = false;
    }
  };

  const keepAwake = setting<boolean>('keeping the computer awake', false, (on) => {
    actuators.keepAwake(on);
  });
  const limitPower = setting<number | null>('limiting the power', null, (watts) => {
    actuators.limitPower(watts);
  });

  function setting<Value>(what: string, first: Value, set: (value: Value) => void) {
    let current = first;
    return (value: Value): void => {
      if (value === current) return;
      try {
        set(value);
        current = value;
        failing.delete(what);
      } catch (error) {
        failed(what, error);
      }
    };
  }

  const act = (next: Orders): void => {
    orders = next;
    if (!next.holdsMemory || (next.release === null && !isDeaf)) isReleased = false;
    if (next.pace > 0) {
      isDeaf = false;
      stopYieldLimit?.();
      stopYieldLimit = null;
    }
    setPace(next.pace);
    if (next.isGivingBack || next.release !== null) expectStillness();
    releaseIfDue();
    keepAwake(next.keepsAwake);
    limitPower(next.powerLimitWatts);
  };

  return {
    apply(next) {
      if (!isDisposed) act(next);
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      stopRetry?.();
      stopYieldLimit?.();
      keepAwake(false);
      limitPower(null);
    },
  };
}
