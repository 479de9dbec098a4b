/** In main: keeps one edge process listening, and starts another on the same port when it dies. */
import { AppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createEdgeSession, type EdgeSession } from './edge-session.ts';
import type { EdgeHandlers, EdgeState } from './ports.ts';

export const EDGE_ENTRY = 'edge-process';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;
/** An edge that has listened so long owes nothing to earlier crashes. */
const STABLE_MS = 30_000;
/** Deaths before the first success after which `listen` gives up. */
const MAX_FAILED_STARTS = 3;

export interface ListenOptions {
  /** 0 lets the system choose; a restarted edge keeps what was chosen. */
  readonly port: number;
  /** SHA-256 of the bearer token, 64 hex digits. */
  readonly tokenHash: string;
}

export interface Edge {
  /**
   * Once at a time, and again only after it was rejected.
   * @throws AppError `port-in-use` (the details name it), `endpoint-unavailable`, `cancelled` on dispose.
   */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /** Resolves once no process is left. */
  dispose(): Promise<void>;
}

export interface EdgePorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiter {
  resolve(value: { readonly port: number }): void;
  reject(error: AppError): void;
}

export function createEdge(ports: EdgePorts, handlers: EdgeHandlers): Edge {
  const { spawn, clock, log } = ports;
  let wanted: ListenOptions | null = null;
  let waiter: Waiter | null = null;
  let session: EdgeSession | null = null;
  let failures = 0;
  let stopTimer: (() => void) | null = null;

  /** What the listener fails at is its own affair: the edge works all the same. */
  function tell(state: EdgeState): void {
    try {
      handlers.stateChanged?.(state);
    } catch (error) {
      log.error('the state of the edge could not be told', { state: state.state, error });
    }
  }

  function schedule(ms: number, callback: () => void): void {
    stopTimer?.();
    stopTimer = clock.after(ms, callback);
  }

  function start(): void {
    if (!wanted) return;
    tell({ state: 'starting' });
    const child = spawn(EDGE_ENTRY, { name: 'Lull edge' });
    const mine: EdgeSession = createEdgeSession(
      { child, clock, log, handlers },
      {
        listening: (port) => {
          if (session === mine) onListening(port);
        },
        listenFailed: (error) => {
          if (session === mine) onListenFailed(error);
        },
        gone: () => {
          if (session === mine) onGone();
        },
      },
    );
    session = mine;
    mine.listen(wanted.port, wanted.tokenHash);
  }

  function onListening(port: number): void {
    if (wanted) wanted = { ...wanted, port };
    schedule(STABLE_MS, () => {
      failures = 0;
    });
    log.info('the endpoint listens', { port });
    waiter?.resolve({ port });
    waiter = null;
    tell({ state: 'listening', port });
  }

  function onListenFailed(error: AppError): void {
    if (waiter) {
      giveUp(error);
      return;
    }
    // It did listen once, so its port may come free again: the exit leads to another try.
    tell({ state: 'failed', error });
    session?.kill();
  }

  function onGone(): void {
    session = null;
    if (!wanted) return;
    failures += 1;
    if (waiter && failures >= MAX_FAILED_STARTS) {
      giveUp(new AppError('endpoint-unavailable', { details: 'The edge process does not start.' }));
      return;
    }
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    log.warn('the edge process ended and is started again', { failures, waitMs });
    schedule(waitMs, start);
  }

  /** Ends the attempt to listen; the next `listen` starts afresh. */
  function giveUp(error: AppError): void {
    const waiting = waiter;
    stop();
    tell({ state: 'failed', error });
    waiting?.reject(error);
  }

  function stop(): void {
    wanted = null;
    waiter = null;
    failures = 0;
    stopTimer?.();
    stopTimer = null;
    const ending = session;
    session = null;
    ending?.kill();
  }

  return {
    listen(options) {
      if (wanted) return Promise.reject(new Error('the edge listens already'));
      return new Promise((resolve, reject) => {
        wanted = options;
        waiter = { resolve, reject };
        start();
      });
    },
    async dispose() {
      const waiting = waiter;
      const ended = session?.ended;
      stop();
      waiting?.reject(new AppError('cancelled'));
      await ended;
    },
  };
}
