/** Keeps the system from falling asleep while there is paid work; the display may go dark. */

export interface WakeLock {
  /** @throws what the system throws; nothing has changed then */
  keepAwake(on: boolean): void;
}

/** The system's own way: each block has a number, and lasts until it is ended or the process is. */
export interface SleepBlocker {
  start(): number;
  stop(block: number): void;
}

export function createWakeLock(blocker: SleepBlocker): WakeLock {
  let block: number | null = null;
  return {
    keepAwake(on) {
      if (on) {
        block ??= blocker.start();
      } else if (block !== null) {
        blocker.stop(block);
        block = null;
      }
    },
  };
}
