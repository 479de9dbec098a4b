/** In main: a chain behind EIP-1193 whose process starts with the first request and ends when there are no more. */
import { AppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createChainSession, type ChainSession } from './chain-session.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import type { ChainSource, ChainStarted } from './messages.ts';

export const CHAIN_ENTRY = 'chain-process';

/** So long after the last request the process ends; starting it again takes well under a second. */
export const IDLE_MS = 60_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;

export interface ChainConfig {
  readonly source: ChainSource;
  /**
   * The port on which the chain also answers other programs of this computer; 0 takes any free one, null opens none.
   * With a port the process stays until `dispose`, because nobody can tell who still needs it.
   */
  readonly rpcPort: number | null;
}

export interface ChainPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Chain extends Eip1193 {
  /** Starts it, if it does not run. @throws ChainError `unavailable` when it cannot start. */
  start(): Promise<ChainStarted>;
  /** Told each time the process has started. @returns a function that stops listening */
  onStarted(listener: (news: ChainStarted) => void): () => void;
  /** Fails what is waiting; resolves once no process is left. */
  dispose(): Promise<void>;
}

export function createChain({ spawn, clock, log }: ChainPorts, config: ChainConfig): Chain {
  const listeners = new Set<(news: ChainStarted) => void>();
  /** Also those that were told to end and have not yet. */
  const living = new Set<ChainSession>();
  let session: ChainSession | null = null;
  let { rpcPort } = config;
  let failures = 0;
  let retryAtMs = 0;
  let stopIdleTimer: (() => void) | null = null;
  let stopComeback: (() => void) | null = null;
  let isDisposed = false;

  /** @throws ChainError `unavailable` while a process that keeps ending is left alone */
  function running(): ChainSession {
    if (isDisposed) throw new AppError('cancelled');
    if (session) return session;
    if (clock.monotonicMs() < retryAtMs) {
      throw new ChainError('unavailable', 'The chain process does not start.');
    }
    const child = spawn(CHAIN_ENTRY, { name: 'Lull chain' });
    const mine = createChainSession({ child, clock, log }, { source: config.source, rpcPort });
    session = mine;
    living.add(mine);
    mine.started.then(onStarted, () => {
      mine.kill();
    });
    mine.ended.then(
      () => {
        onEnded(mine);
      },
      () => undefined,
    );
    return mine;
  }

  function onStarted(news: ChainStarted): void {
    failures = 0;
    // Whoever was told the address finds the next process there too.
    if (news.rpcUrl !== null) rpcPort = Number(new URL(news.rpcUrl).port);
    const { replayed, skipped, cutBytes, damagedKeptAs } = news;
    log.info('the chain runs', { replayed, skipped, cutBytes });
    if (damagedKeptAs !== null) {
      log.error('the log of the practice chain was damaged; it begins anew', { damagedKeptAs });
    }
    for (const listener of listeners) listener(news);
    restartIdleTimer();
  }

  function onEnded(ended: ChainSession): void {
    living.delete(ended);
    if (session !== ended) return;
    session = null;
    stopIdleTimer?.();
    failures += 1;
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    // The first failure costs nothing: whoever asks next gets a new process at once.
    retryAtMs = failures > 1 ? clock.monotonicMs() + waitMs : 0;
    log.warn('the chain process ended', { failures });
    comeBack(waitMs);
  }

  /** Other programs were told its address, and nothing that they do starts it again. */
  function comeBack(waitMs: number): void {
    if (rpcPort === null || rpcPort === 0) return;
    stopComeback?.();
    stopComeback = clock.after(waitMs, () => {
      if (session !== null) return;
      retryAtMs = 0;
      running();
    });
  }

  function restartIdleTimer(): void {
    stopIdleTimer?.();
    if (config.rpcPort !== null || isDisposed) return;
    stopIdleTimer = clock.after(IDLE_MS, () => {
      if (session === null) return;
      if (session.waiting > 0) {
        restartIdleTimer();
        return;
      }
      log.info('the chain is not needed and ends');
      // Everything is on disk at any moment, so there is nothing to ask it for.
      const idle = session;
      session = null;
      idle.kill();
    });
  }

  return {
    async start() {
      const current = running();
      restartIdleTimer();
      return current.started;
    },
    async request(call) {
      const current = running();
      restartIdleTimer();
      return current.request(call);
    },
    onStarted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async dispose() {
      isDisposed = true;
      stopIdleTimer?.();
      stopComeback?.();
      session = null;
      for (const one of living) one.kill();
      await Promise.all([...living].map(({ ended }) => ended));
    },
  };
}
