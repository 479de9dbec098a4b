/** In main: keeps one edge process at what is wanted of it, and starts another in its place when it dies. */
import { AppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createEdgeSession, type EdgeSession } from './edge-session.ts';
import { createPeerCalls } from './peer-calls.ts';
import type { PeersOptions } from './peer-messages.ts';
import type { PeerClient, PeersReport } from './peer-ports.ts';
import type { EdgeHandlers, EdgeState } from './ports.ts';
import { createWish } from './wish.ts';

export const EDGE_ENTRY = 'edge-process';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;
/** An edge that has worked so long owes nothing to earlier crashes. */
const STABLE_MS = 30_000;
/** Deaths before the first success after which what is waited for is given up. */
const MAX_FAILED_STARTS = 3;

export interface ListenOptions {
  /** 0 lets the system choose; a restarted edge keeps what was chosen. */
  readonly port: number;
  /** SHA-256 of the bearer token, 64 hex digits. */
  readonly tokenHash: string;
}

export interface Edge {
  /**
   * Opens the endpoint. Once at a time, and again only after it was rejected.
   * @throws AppError `port-in-use` (the details name it), `endpoint-unavailable`, `cancelled` on dispose.
   */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /**
   * Takes a place among peers, with or without an endpoint. Once at a time, and again only after it was rejected.
   * @throws AppError `network-unavailable`, `cancelled` on dispose.
   */
  startPeers(options: PeersOptions): Promise<PeersReport>;
  /** Calls fail with `network-unavailable` while there is no edge process, with `peer-unreachable` when it dies. */
  readonly peers: PeerClient;
  /** Resolves once no process is left. */
  dispose(): Promise<void>;
}

export interface EdgePorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export function createEdge(ports: EdgePorts, handlers: EdgeHandlers): Edge {
  const { spawn, clock, log } = ports;
  const endpoint = createWish<ListenOptions, { readonly port: number }>('the edge listens');
  const peers = createWish<PeersOptions, PeersReport>('the edge has its peers');
  const calls = createPeerCalls((message) => {
    session?.post(message);
    return session !== null;
  });
  let session: EdgeSession | null = null;
  let failures = 0;
  let stopTimer: (() => void) | null = null;
  let stopRetry: (() => void) | null = null;
  const isWanted = (): boolean => endpoint.options !== null || peers.options !== null;

  /** What the listener fails at is its own affair: the edge works all the same. */
  function tell(what: string, listener: (() => void) | undefined): void {
    try {
      listener?.();
    } catch (error) {
      log.error('the state of the edge could not be told', { state: what, error });
    }
  }
  const tellState = (state: EdgeState): void => {
    tell(state.state, () => handlers.stateChanged?.(state));
  };
  const tellPeers = (report: PeersReport | null): void => {
    tell('peers', () => handlers.peersChanged?.(report));
  };

  function schedule(ms: number, callback: () => void): void {
    stopTimer?.();
    stopTimer = clock.after(ms, callback);
  }

  function start(): void {
    if (!isWanted()) return;
    const child = spawn(EDGE_ENTRY, { name: 'Lull edge' });
    const ifMine = (act: () => void): void => {
      if (session === mine) act();
    };
    const mine: EdgeSession = createEdgeSession(
      { child, clock, log, soon: setImmediate, handlers, calls },
      {
        listening: (port) => ifMine(() => onListening(port)),
        listenFailed: (error) => ifMine(() => onListenFailed(error)),
        peersReady: (report) => ifMine(() => onPeersReady(report)),
        peersFailed: (error) => ifMine(() => onPeersFailed(error)),
        gone: () => ifMine(onGone),
      },
    );
    session = mine;
    beginEndpoint();
    if (peers.options) mine.startPeers(peers.options);
  }

  function beginEndpoint(): void {
    if (!endpoint.options || !session) return;
    tellState({ state: 'starting' });
    session.listen(endpoint.options.port, endpoint.options.tokenHash);
  }

  function owesNothing(): void {
    schedule(STABLE_MS, () => {
      failures = 0;
    });
  }

  function onListening(port: number): void {
    owesNothing();
    log.info('the endpoint listens', { port });
    if (endpoint.options) endpoint.fulfil({ port }, { ...endpoint.options, port });
    tellState({ state: 'listening', port });
  }

  function onListenFailed(error: AppError): void {
    if (endpoint.isWaiting) {
      giveUpEndpoint(error);
      return;
    }
    // It did listen once, so its port may come free again.
    tellState({ state: 'failed', error });
    if (peers.options === null) session?.kill();
    // Peers are not to suffer for it.
    else stopRetry = clock.after(MAX_RETRY_MS, beginEndpoint);
  }

  function onPeersReady({ peerKey, bootstrapPort }: PeersReport): void {
    owesNothing();
    const report = { peerKey, bootstrapPort };
    // Others know the way to the port that was chosen.
    if (peers.options) peers.fulfil(report, { ...peers.options, hostPort: bootstrapPort });
    tellPeers(report);
  }

  function onPeersFailed(error: AppError): void {
    log.warn('peers cannot be reached', { error });
    if (!peers.isWaiting) session?.kill();
    else giveUpPeers(error);
  }

  function onGone(): void {
    session = null;
    if (!isWanted()) return;
    failures += 1;
    if (peers.options && !peers.isWaiting) tellPeers(null);
    if (failures >= MAX_FAILED_STARTS) {
      const details = 'The edge process does not start.';
      if (peers.isWaiting) giveUpPeers(new AppError('network-unavailable', { details }));
      if (endpoint.isWaiting) giveUpEndpoint(new AppError('endpoint-unavailable', { details }));
      if (!isWanted()) return;
    }
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    log.warn('the edge process ended and is started again', { failures, waitMs });
    schedule(waitMs, start);
  }

  /** A process that starts, now or after a pause, begins everything that is wanted by itself. */
  function begin(beginOne: () => void): void {
    if (session) beginOne();
    else if (stopTimer === null) start();
  }

  /** The next `listen` starts afresh. */
  function giveUpEndpoint(error: AppError): void {
    tellState({ state: 'failed', error });
    endpoint.giveUp(error);
    if (!isWanted()) stop();
  }

  function giveUpPeers(error: AppError): void {
    peers.giveUp(error);
    if (!isWanted()) stop();
  }

  function stop(): void {
    failures = 0;
    stopTimer?.();
    stopTimer = null;
    stopRetry?.();
    stopRetry = null;
    const ending = session;
    session = null;
    calls.failAll(new AppError('network-unavailable'));
    ending?.kill();
  }

  return {
    peers: calls.client,
    listen(options) {
      const isNew = endpoint.options === null;
      const listening = endpoint.ask(options);
      if (isNew) begin(beginEndpoint);
      return listening;
    },
    startPeers(options) {
      const isNew = peers.options === null;
      const started = peers.ask(options);
      if (isNew) begin(() => session?.startPeers(options));
      return started;
    },
    async dispose() {
      const ended = session?.ended;
      stop();
      endpoint.giveUp(new AppError('cancelled'));
      peers.giveUp(new AppError('cancelled'));
      await ended;
    },
  };
}
