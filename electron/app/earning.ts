/** Earning: offers relays on the practice network while the owner wants it; the governor says when they are served. */
import type { Governor } from '../governor/ports.ts';
import type { PresencePolicy } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Practice } from './compose-practice.ts';
import type { LullNode } from './compose-node.ts';
import type { Settings } from './settings.ts';

/** A network that did not come up is tried again so much later. */
const RETRY_MS = 30_000;
const MINUTE_MS = 60_000;

export interface EarningPorts {
  readonly node: Pick<LullNode, 'hub' | 'settings' | 'changeSettings' | 'serve' | 'stopServing'>;
  readonly practice: Pick<Practice, 'open'>;
  readonly governor: Governor;
  /** Chosen on the command line for as long as Lull runs; null leaves it to the settings. */
  readonly presence: PresencePolicy | null;
  /** The offer stands: others may be told. */
  readonly onOffered: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Earning {
  /** Goes on where the last run left off. @param isAfterRestart whether the system started Lull, and not its owner */
  resume(isAfterRestart: boolean): void;
  /** In this run, whoever decided it: the settings may say otherwise. */
  isOn(): boolean;
  /** @throws AppError when it cannot be written down; off it is all the same. */
  setOn(on: boolean): void;
  setPresence(presence: PresencePolicy): void;
  setAfterRestart(on: boolean): void;
  /** @param minutes 0 ends a pause */
  pause(minutes: number): void;
  /** Takes no new relay until what is returned is called. */
  refuseWork(): () => void;
  /** Serves so many relays whatever the policy is; what is returned ends that. */
  beginTrial(relays: number): () => void;
  dispose(): void;
}

export function createEarning(ports: EarningPorts): Earning {
  const { node, practice, governor, presence, clock, log } = ports;
  const { hub, settings } = node;
  let isWanted = false;
  let isOffered = false;
  let trials = 0;
  /** Unix time until which the owner wants a pause. */
  let pausedUntilMs = 0;
  let offering: Promise<void> | null = null;
  let stopRetry: (() => void) | null = null;

  function change(part: Partial<Settings['earning']>): void {
    node.changeSettings({ earning: { ...settings.current().earning, ...part } });
  }

  async function offer(): Promise<void> {
    await practice.open();
    await node.serve();
    await ports.onOffered();
    isOffered = true;
  }

  function tryToOffer(): void {
    stopRetry?.();
    stopRetry = null;
    if (!isWanted || isOffered || offering) return;
    const ended = (failure: unknown): void => {
      offering = null;
      if (!isWanted) {
        withdraw();
        return;
      }
      if (failure === null) return;
      // The status names it, and so does the network's own line.
      log.warn('earning could not begin yet', { error: failure });
      tryLater();
    };
    offering = offer().then(() => {
      ended(null);
    }, ended);
  }

  function tryLater(): void {
    isOffered = false;
    stopRetry ??= clock.after(RETRY_MS, tryToOffer);
  }

  function withdraw(): void {
    isOffered = false;
    if (trials === 0) node.stopServing();
  }

  function want(next: boolean): void {
    if (isWanted === next) return;
    isWanted = next;
    governor.configure({ isOn: next });
    if (next) {
      tryToOffer();
      return;
    }
    stopRetry?.();
    stopRetry = null;
    if (!offering) withdraw();
  }

  function pause(minutes: number): void {
    pausedUntilMs = clock.nowMs() + minutes * MINUTE_MS;
    governor.pause(minutes * MINUTE_MS);
  }

  const stopWatching = hub.onPatch(({ changes: { model, setup, engine, network } }) => {
    // A model that is opened at last, or a preparation that ended.
    if (model ?? setup?.phase === 'done') tryToOffer();
    // Somebody else who asked over it has failed, and nobody but earning might try again.
    if (network?.state === 'failed' && isWanted && !offering) tryLater();
    if (model ?? setup ?? engine ?? network) governor.look();
  });

  return {
    resume(isAfterRestart) {
      const { earning } = settings.current();
      if (presence !== null) {
        governor.configure({ policy: presence, chosenBy: 'command-line' });
        want(true);
        return;
      }
      governor.configure({ policy: earning.presence, chosenBy: 'owner' });
      want(earning.isOn && (!isAfterRestart || earning.afterRestart));
    },
    isOn: () => isWanted,
    setOn(on) {
      if (!on) {
        want(false);
        pause(0);
      }
      change({ isOn: on });
      want(on);
    },
    setPresence(policy) {
      change({ presence: policy });
      governor.configure({ policy, chosenBy: 'owner' });
    },
    setAfterRestart(on) {
      change({ afterRestart: on });
    },
    pause,
    refuseWork() {
      governor.pause(Infinity);
      // A pause that the owner made is theirs to end.
      return () => {
        governor.pause(Math.max(0, pausedUntilMs - clock.nowMs()));
      };
    },
    beginTrial(relays) {
      const endTrial = governor.allowTrial(relays);
      trials += 1;
      return () => {
        trials -= 1;
        endTrial();
        if (!isWanted) withdraw();
      };
    },
    dispose() {
      isWanted = false;
      stopWatching();
      stopRetry?.();
      governor.dispose();
    },
  };
}
