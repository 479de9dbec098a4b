/** In main: the life of one chain process, its requests and its pulse. */
import { assertNever } from '../platform/assert-never.ts';
import type { Child } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import { ChainError, type RpcCall } from './eip1193.ts';
import {
  fromChainSchema,
  type ChainSource,
  type ChainStarted,
  type FromChain,
  type ToChain,
  type WireFailure,
} from './messages.ts';
import { paramsSchema } from './json-rpc.ts';

/** A chain process that says nothing for so long is stuck; the EVM works beside its event loop. */
const SILENCE_MS = 10_000;
/** Longer than the chain process itself waits for a remote node. */
export const REQUEST_TIMEOUT_MS = 60_000;

export interface ChainSessionPorts {
  readonly child: Child;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ChainSession {
  /** What it found. @throws ChainError `unavailable` when it could not start. */
  readonly started: Promise<ChainStarted>;
  /** Requests that wait for their answer. */
  readonly waiting: number;
  /** Sent on as soon as the chain is there. @throws ChainError */
  request(call: RpcCall): Promise<unknown>;
  kill(): void;
  /** Resolves once the process is gone. */
  readonly ended: Promise<void>;
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: ChainError): void;
  stopTimer(): void;
}

export function createChainSession(
  ports: ChainSessionPorts,
  start: { readonly source: ChainSource; readonly rpcPort: number | null },
): ChainSession {
  const { child, clock, log } = ports;
  const waiters = new Map<number, Waiter>();
  const started = Promise.withResolvers<ChainStarted>();
  const ended = Promise.withResolvers<undefined>();
  let lastId = 0;
  let isGone = false;
  const post = (message: ToChain): void => {
    child.post(message);
  };
  const pulse = sendPulses(clock, {
    silenceMs: SILENCE_MS,
    send: () => {
      post({ type: 'pulse' });
    },
    onSilence: () => {
      log.warn('the chain process does not answer and is replaced');
      child.kill();
    },
  });
  // Whoever asks hears of it; a failure that nobody asked about is none.
  started.promise.catch(() => undefined);

  function take(id: number): Waiter | undefined {
    const waiter = waiters.get(id);
    waiters.delete(id);
    waiter?.stopTimer();
    return waiter;
  }

  function receive(message: FromChain): void {
    switch (message.type) {
      case 'pulse':
        pulse.heard();
        break;
      case 'started':
        started.resolve(message.started);
        break;
      case 'start-failed':
        started.reject(new ChainError('unavailable', message.message));
        break;
      case 'result':
        take(message.id)?.resolve(message.result);
        break;
      case 'failure':
        take(message.id)?.reject(toError(message.failure));
        break;
      default:
        assertNever(message);
    }
  }

  function onGone(): void {
    isGone = true;
    pulse.stop();
    const error = new ChainError('unavailable', 'The chain process ended.');
    started.reject(error);
    for (const id of [...waiters.keys()]) take(id)?.reject(error);
    ended.resolve(undefined);
  }

  child.onMessage((raw) => {
    const parsed = fromChainSchema.safeParse(raw);
    if (parsed.success) {
      receive(parsed.data);
      return;
    }
    log.error('the chain process sent what it must not and is replaced', {
      what: parsed.error.issues[0]?.message ?? 'an unknown message',
    });
    child.kill();
  });
  child.onExit(onGone);
  post({ type: 'start', ...start });

  return {
    started: started.promise,
    get waiting() {
      return waiters.size;
    },
    request({ method, params }) {
      if (isGone) return Promise.reject(new ChainError('unavailable', 'The chain process ended.'));
      const plain = paramsSchema.parse(params);
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        const stopTimer = clock.after(REQUEST_TIMEOUT_MS, () => {
          take(id)?.reject(new ChainError('unavailable', 'The chain took too long to answer.'));
        });
        waiters.set(id, { resolve, reject, stopTimer });
        post({ type: 'request', id, method, params: plain });
      });
    },
    kill() {
      child.kill();
    },
    ended: ended.promise,
  };
}

function toError({ fault, message, rpcCode, data }: WireFailure): ChainError {
  return new ChainError(fault, message, { rpcCode, data });
}
