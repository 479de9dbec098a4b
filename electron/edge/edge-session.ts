/** In main: the life of one edge process, its chats and its pulse. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import { fromEdgeSchema, type ChatCall, type FromEdge, type ToEdge } from './messages.ts';
import type { EdgeHandlers } from './ports.ts';
import { createTextBatcher } from './text-batcher.ts';

/** An edge that says nothing for so long is stuck. */
export const EDGE_SILENCE_MS = 10_000;
/** Twice what the edge serves at once: cancelled ones count until the engine has let go of them. */
export const MAX_CHATS = 128;
const MAX_DETAILS_LENGTH = 4096;

export interface EdgeSessionEvents {
  listening(port: number): void;
  listenFailed(error: AppError): void;
  /** The process is gone; its chats are cancelled. */
  gone(): void;
}

export interface EdgeSession {
  listen(port: number, tokenHash: string): void;
  kill(): void;
  /** Resolves once the process is gone. */
  readonly ended: Promise<void>;
}

export interface EdgeSessionPorts {
  readonly child: Child;
  readonly clock: Clock;
  readonly log: Log;
  readonly handlers: EdgeHandlers;
}

export function createEdgeSession(ports: EdgeSessionPorts, events: EdgeSessionEvents): EdgeSession {
  const { child, clock, log, handlers } = ports;
  const chats = new Map<number, AbortController>();
  const ended = Promise.withResolvers<undefined>();
  const post = (message: ToEdge): void => {
    child.post(message);
  };
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

  function startChat(id: number, call: ChatCall): void {
    if (chats.has(id)) {
      breach('a chat id that is in use');
      return;
    }
    if (chats.size >= MAX_CHATS) {
      post({ type: 'failure', id, failure: { code: 'engine-busy', details: null } });
      return;
    }
    const controller = new AbortController();
    chats.set(id, controller);
    const run = serveChat({ id, call, signal: controller.signal, handlers, clock, log, post });
    drop(
      run.finally(() => chats.delete(id)),
      'serving a chat',
      log,
    );
  }

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
        post({ type: 'models', id: message.id, models: handlers.models() });
        break;
      case 'chat':
        startChat(message.id, message.call);
        break;
      case 'cancel':
        chats.get(message.id)?.abort();
        break;
      default:
        assertNever(message);
    }
  }

  child.onMessage((raw) => {
    const parsed = fromEdgeSchema.safeParse(raw);
    if (parsed.success) receive(parsed.data);
    else breach(parsed.error.issues[0]?.message ?? 'an unknown message');
  });
  child.onExit(() => {
    pulse.stop();
    for (const controller of chats.values()) controller.abort();
    events.gone();
    ended.resolve(undefined);
  });

  return {
    ended: ended.promise,
    listen(port, tokenHash) {
      post({ type: 'listen', port, tokenHash });
    },
    kill() {
      child.kill();
    },
  };
}

interface ChatRun {
  readonly id: number;
  readonly call: ChatCall;
  readonly signal: AbortSignal;
  readonly handlers: EdgeHandlers;
  readonly clock: Clock;
  readonly log: Log;
  readonly post: (message: ToEdge) => void;
}

async function serveChat({ id, call, signal, handlers, clock, log, post }: ChatRun): Promise<void> {
  const batcher = createTextBatcher(clock, (text) => {
    post({ type: 'event', id, event: { type: 'tokens', text } });
  });
  try {
    for await (const event of handlers.chat(call, signal)) {
      if (event.type === 'tokens') {
        batcher.add(event.text);
        continue;
      }
      batcher.flush();
      post({ type: 'event', id, event });
      if (event.type === 'end') return;
    }
    throw new Error('a chat stopped without an end event');
  } catch (thrown) {
    batcher.flush();
    const error = toAppError(thrown);
    if (error.code === 'internal') log.error('a chat failed', { error: thrown });
    const details = error.details?.slice(0, MAX_DETAILS_LENGTH) ?? null;
    post({ type: 'failure', id, failure: { code: error.code, details } });
  }
}
