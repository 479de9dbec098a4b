/** Earning: offers relays on the practice network while the owner wants it; the governor says when they are served. */
import type { Governor } from '../governor/ports.ts';
import type { Snapshot } from '../ipc/snapshot.ts';
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
  let offering: Promise<void> | null = null;
  let stopRetry: (() => void) | null = null;

  function change(part: Partial<Settings['earning']>): void {
    node.changeSettings({ earning: { ...settings.current().earning, ...part } });
  }

  async function offer(): Promise<void> {
    await practice.open();
    await node.serve();
    isOffered = true;
    await ports.onOffered();
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
      stopRetry = clock.after(RETRY_MS, tryToOffer);
    };
    offering = offer().then(() => {
      ended(null);
    }, ended);
  }

  function withdraw(): void {
    if (isOffered) node.stopServing();
    isOffered = false;
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

  const stopWatching = hub.onPatch(({ changes }) => {
    // A model that is opened at last, or a preparation that ended.
    if (changes.model ?? changes.setup) tryToOffer();
    if (changes.model ?? changes.setup ?? changes.engine ?? changes.network) governor.look();
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
    setOn(on) {
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
    pause(minutes) {
      governor.pause(minutes * MINUTE_MS);
    },
    refuseWork() {
      // A pause that the owner made is theirs to end.
      if (governor.status().reasons.some(({ code }) => code === 'snoozed')) return () => undefined;
      governor.pause(Infinity);
      return () => {
        governor.pause(0);
      };
    },
    beginTrial(relays) {
      const endTrial = governor.allowTrial(relays);
      return () => {
        endTrial();
        if (!isWanted) node.stopServing();
      };
    },
    dispose() {
      stopWatching();
      stopRetry?.();
      governor.dispose();
    },
  };
}

/** What the governor has to know about the node: read from what the window shows of it. */
export function nodeFacts({ setup, model, network }: Snapshot) {
  const preparing = setup.phase === 'running' ? 'preparing' : 'failed';
  return {
    model: model.current === null ? 'none' : 'ready',
    engine: setup.phase === 'done' ? 'ready' : preparing,
    network: network.state,
  } as const;
}
