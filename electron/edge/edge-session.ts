/** In main: the life of one edge process, its chats and its pulse. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import { createBeat } from './beat.ts';
import { serveChat } from './chat-run.ts';
import { serveEmbed } from './embed-run.ts';
import { fromEdgeSchema, type FromEdge, type ToEdgeWire } from './messages.ts';
import { createPeerAnswers } from './peer-answers.ts';
import type { PeerCalls } from './peer-calls.ts';
import type { PeersOptions } from './peer-messages.ts';
import type { PeersReport } from './peer-ports.ts';
import type { EdgeHandlers } from './ports.ts';
import { readCallEvents } from './token-messages.ts';

/** An edge that says nothing for so long is stuck. */
export const EDGE_SILENCE_MS = 10_000;
/** Twice what the edge serves at once: cancelled ones count until the engine has let go of them. */
export const MAX_CHATS = 128;

export interface EdgeSessionEvents {
  listening(port: number): void;
  listenFailed(error: AppError): void;
  peersReady(report: PeersReport): void;
  peersFailed(error: AppError): void;
  /** The process is gone; its chats and what peers asked are cancelled. */
  gone(): void;
}

export interface EdgeSession {
  listen(port: number, tokenHash: string): void;
  startPeers(options: PeersOptions): void;
  post(message: ToEdgeWire): void;
  kill(): void;
  /** Resolves once the process is gone. */
  readonly ended: Promise<void>;
}

export interface EdgeSessionPorts {
  readonly child: Child;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls back once what happens at the moment has been dealt with. */
  readonly soon: (callback: () => void) => void;
  readonly handlers: EdgeHandlers;
  /** Outlives this process, as those who call do. */
  readonly calls: PeerCalls;
}

export function createEdgeSession(ports: EdgeSessionPorts, events: EdgeSessionEvents): EdgeSession {
  const { child, clock, log, soon, handlers, calls } = ports;
  const chats = new Map<number, AbortController>();
  const ended = Promise.withResolvers<undefined>();
  const post = (message: ToEdgeWire): void => {
    child.post(message);
  };
  const beat = createBeat(clock);
  const answers = createPeerAnswers({
    handlers: handlers.peers ?? null,
    log,
    soon,
    later: beat.next,
    post,
  });
  const pulse = sendPulses(clock, {
    silenceMs: EDGE_SILENCE_MS,
    send: () => {
      post({ type: 'pulse' });
    },
    onSilence: () => {
      log.warn('the edge does not answer and is replaced');
      child.kill();
    },
  });

  /** The process that talks to strangers broke its contract: it is not to be believed any more. */
  function breach(what: string): void {
    log.error('the edge sent what it must not and is replaced', { what });
    child.kill();
  }

  /** @param serve ends when everything about the request has been said; undefined where there is no endpoint */
  function startRequest(
    id: number,
    serve: ((signal: AbortSignal) => Promise<void>) | undefined,
  ): void {
    if (chats.has(id)) {
      breach('a request id that is in use');
      return;
    }
    if (!serve) {
      breach('a request where there is no endpoint');
      return;
    }
    if (chats.size >= MAX_CHATS) {
      post({ type: 'failure', id, failure: { code: 'engine-busy', details: null } });
      return;
    }
    const controller = new AbortController();
    chats.set(id, controller);
    drop(
      serve(controller.signal).finally(() => chats.delete(id)),
      'serving a request',
      log,
    );
  }

  const chat = handlers.chat?.bind(handlers);
  const embed = handlers.embed?.bind(handlers);
  const run = { beat, log, post };

  function receive(message: FromEdge): void {
    switch (message.type) {
      case 'pulse':
        pulse.heard();
        break;
      case 'listening':
        events.listening(message.port);
        break;
      case 'listen-failed': {
        const { code, details } = message.failure;
        events.listenFailed(new AppError(code, details === null ? {} : { details }));
        break;
      }
      case 'models':
        post({ type: 'models', id: message.id, models: handlers.models?.() ?? [] });
        break;
      case 'chat':
        startRequest(
          message.id,
          chat &&
            ((signal) => serveChat({ id: message.id, events: chat(message.call, signal), ...run })),
        );
        break;
      case 'embed':
        startRequest(
          message.id,
          embed && ((signal) => serveEmbed(message.id, embed(message.call, signal), run)),
        );
        break;
      case 'cancel':
        chats.get(message.id)?.abort();
        break;
      case 'peers-ready':
        events.peersReady(message);
        break;
      case 'peers-failed':
        events.peersFailed(new AppError('network-unavailable', { details: message.details }));
        break;
      case 'peer-ask':
        if (!answers.ask(message.id, message.peerKey, message.ask)) breach('an id that is in use');
        break;
      case 'peer-drop':
        answers.drop(message.id);
        break;
      case 'peer-taken':
        answers.taken(message.id, message.count);
        break;
      case 'call-answer':
      case 'call-events':
      case 'call-end':
      case 'call-failed':
        calls.receive(message);
        break;
      default:
        assertNever(message);
    }
  }

  child.onMessage((raw) => {
    const events = readCallEvents(raw);
    if (events) {
      receive(events);
      return;
    }
    const parsed = fromEdgeSchema.safeParse(raw);
    if (parsed.success) receive(parsed.data);
    else breach(parsed.error.issues[0]?.message ?? 'an unknown message');
  });
  child.onExit(() => {
    pulse.stop();
    for (const controller of chats.values()) controller.abort();
    answers.dropAll();
    calls.failAll(new AppError('peer-unreachable', { details: 'The edge process ended.' }));
    events.gone();
    ended.resolve(undefined);
  });

  return {
    ended: ended.promise,
    listen(port, tokenHash) {
      post({ type: 'listen', port, tokenHash });
    },
    startPeers({ seed, ...options }) {
      seed().then(
        (bytes) => {
          post({ type: 'peers', seed: bytes, ...options });
          bytes.fill(0);
        },
        (error: unknown) => events.peersFailed(toAppError(error)),
      );
    },
    post,
    kill() {
      child.kill();
    },
  };
}
