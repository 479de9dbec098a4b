/** Quitting with a question in between: asks when something is in flight, and waits for it when told to. */
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import {
  FINISH_MS,
  isIdle,
  quitWords,
  type QuitChoice,
  type QuitWords,
  type WorkInFlight,
} from './quit-words.ts';

export interface QuitPorts {
  readonly work: () => WorkInFlight;
  readonly ask: (words: QuitWords) => Promise<QuitChoice>;
  /** Takes no new work; returns what takes it again, for an owner who changes their mind. */
  readonly refuseWork: () => () => void;
  /** Ends Lull; `mayQuit` says yes from then on. */
  readonly quit: () => void;
  /** The owner stays: a window that was closed on the way has to come back. */
  readonly onStay: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface QuitFlow {
  /** Asked whenever somebody wants to quit. False: not now, and whatever is to be asked is being asked. */
  mayQuit(): boolean;
  /** Whether it has been settled that Lull quits. */
  isQuitting(): boolean;
  /** From now on nobody is asked: the system or a signal ends Lull. */
  neverAsk(): void;
  dispose(): void;
}

/** How often *Finish first* looks whether it may go. */
const LOOK_MS = 250;

export function createQuitFlow(ports: QuitPorts): QuitFlow {
  const { work, ask, refuseWork, quit, onStay, clock, log } = ports;
  let mayGo = false;
  let isAsking = false;
  let stopFinishing: (() => void) | null = null;

  function go(): void {
    mayGo = true;
    stopFinishing?.();
    stopFinishing = null;
    quit();
  }

  /** Goes on with a wait that has begun: asking again does not give it another minute. */
  function finish(): void {
    if (stopFinishing) return;
    const takeWork = refuseWork();
    const stopLooking = clock.every(LOOK_MS, () => {
      if (isIdle(work())) go();
    });
    const stopWaiting = clock.after(FINISH_MS, () => {
      log.warn('quits before everything was finished', { ...work() });
      go();
    });
    stopFinishing = () => {
      stopLooking();
      stopWaiting();
      if (!mayGo) takeWork();
    };
  }

  function stay(): void {
    stopFinishing?.();
    stopFinishing = null;
    onStay();
  }

  async function askFirst(words: QuitWords): Promise<void> {
    isAsking = true;
    try {
      const choice = await ask(words);
      // What was in flight may have ended while the question stood there.
      if (choice === 'cancel') stay();
      else if (choice === 'now' || isIdle(work())) go();
      else finish();
    } finally {
      isAsking = false;
    }
  }

  return {
    mayQuit() {
      if (mayGo) return true;
      if (isAsking) return false;
      const words = quitWords(work());
      if (words === null) {
        mayGo = true;
        return true;
      }
      drop(askFirst(words), 'asking before quitting', log);
      return false;
    },
    isQuitting: () => mayGo,
    neverAsk() {
      mayGo = true;
    },
    dispose() {
      mayGo = true;
      stopFinishing?.();
      stopFinishing = null;
    },
  };
}
