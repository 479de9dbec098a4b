/** In main: keeps a process that holds keys while it is needed, and starts another in its place when it dies. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import { startKeySession, type KeyPlace, type KeySession } from './key-session.ts';
import type { SealingKey } from './ports.ts';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;

export interface KeyHolderPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly sealing: SealingKey;
}

export interface KeyHolderConfig extends KeyPlace {
  /** Base name of the process entry. */
  readonly entry: string;
  /** As the system's process list shows it. */
  readonly name: string;
  /** The process ends so long after it was last needed; null keeps it until `dispose`. */
  readonly idleMs: number | null;
}

export interface KeyHolderProcess {
  /** A process whose keys are open. @throws AppError `signer-unavailable`; why the keys cannot be used */
  session(): Promise<KeySession>;
  dispose(): Promise<void>;
}

export function createKeyHolder(ports: KeyHolderPorts, config: KeyHolderConfig): KeyHolderProcess {
  const { spawn, clock, log } = ports;
  const { entry, name, idleMs, path, policy } = config;
  /** Also those that were told to end and have not yet. */
  const living = new Set<KeySession>();
  let current: KeySession | null = null;
  let failures = 0;
  let retryAtMs = 0;
  let stopIdleTimer: (() => void) | null = null;
  let isDisposed = false;

  function start(): KeySession {
    if (clock.monotonicMs() < retryAtMs) throw new AppError('signer-unavailable');
    const child = spawn(entry, { name });
    const mine = startKeySession({ ...ports, child }, { path, policy });
    current = mine;
    living.add(mine);
    mine.opened.then(
      ({ wasOpen }) => {
        if (wasOpen) log.warn('the keys could be read by others; now only their owner can');
      },
      (error: unknown) => {
        // Its own death is counted where it ends.
        if (toAppError(error).code === 'signer-unavailable') return;
        // Keys that cannot be used are no fault of the process: whoever asks next has them looked at again.
        if (current === mine) current = null;
        log.warn('the keys cannot be used', { entry, error });
        mine.kill();
      },
    );
    drop(
      mine.ended.then(() => onEnded(mine)),
      'the end of a process that holds keys',
      log,
    );
    return mine;
  }

  function onEnded(ended: KeySession): void {
    living.delete(ended);
    if (current !== ended) return;
    current = null;
    stopIdleTimer?.();
    // One that has signed owes nothing to those that died before.
    failures = ended.hasAnswered ? 1 : failures + 1;
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    // The first death costs nothing: whoever asks next gets a new process at once.
    retryAtMs = failures > 1 ? clock.monotonicMs() + waitMs : 0;
    log.warn('a process that holds keys ended', { entry, failures });
  }

  function restartIdleTimer(): void {
    stopIdleTimer?.();
    if (idleMs === null) return;
    stopIdleTimer = clock.after(idleMs, () => {
      if (current === null) return;
      if (current.waiting > 0) {
        restartIdleTimer();
        return;
      }
      const idle = current;
      current = null;
      idle.kill();
    });
  }

  return {
    async session() {
      if (isDisposed) throw new AppError('cancelled');
      const mine = current ?? start();
      restartIdleTimer();
      await mine.opened;
      return mine;
    },
    async dispose() {
      isDisposed = true;
      stopIdleTimer?.();
      current = null;
      for (const each of living) each.kill();
      await Promise.all([...living].map(({ ended }) => ended));
    },
  };
}
