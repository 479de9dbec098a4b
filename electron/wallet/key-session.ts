/** In main: one life of a process that holds keys, its requests and its pulse. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { createDeferred, type Deferred } from '../platform/deferred.ts';
import { sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import {
  fromKeysSchema,
  type FromKeys,
  type KeyFailure,
  type KeyIntent,
  type KeyPolicy,
  type ToKeys,
} from './key-messages.ts';
import type { SealingKey } from './ports.ts';

/** A process that says nothing for so long is stuck. */
const SILENCE_MS = 10_000;

export type KeysOpened = Extract<FromKeys, { readonly type: 'opened' }>;
export type KeyReply = Extract<
  FromKeys,
  { readonly type: 'signed' | 'transaction-signed' | 'peer-seed' }
>;

export interface KeySessionPorts {
  readonly child: Child;
  readonly clock: Clock;
  readonly log: Log;
  readonly sealing: SealingKey;
}

/** Which keys, and what they may sign. */
export interface KeyPlace {
  readonly path: string;
  readonly policy: KeyPolicy;
}

export interface KeySession {
  /** @throws AppError why the keys cannot be used */
  readonly opened: Promise<KeysOpened>;
  /** Requests that wait for their answer. */
  readonly waiting: number;
  /** Whether it has signed anything. */
  readonly hasAnswered: boolean;
  /** Only after `opened`. @throws AppError */
  sign(intent: KeyIntent): Promise<KeyReply>;
  /** Only after `opened`. @throws AppError */
  peerSeed(): Promise<KeyReply>;
  kill(): void;
  /** Resolves once the process is gone. */
  readonly ended: Promise<void>;
}

export function startKeySession(ports: KeySessionPorts, place: KeyPlace): KeySession {
  const { child, clock, log, sealing } = ports;
  const waiters = new Map<number, Deferred<KeyReply>>();
  const opened = createDeferred<KeysOpened>();
  const ended = Promise.withResolvers<undefined>();
  let lastId = 0;
  let isGone = false;
  let hasAnswered = false;
  const post = (message: ToKeys): void => {
    child.post(message);
  };
  const pulse = sendPulses(clock, {
    silenceMs: SILENCE_MS,
    send: () => {
      post({ type: 'pulse' });
    },
    onSilence: () => {
      log.warn('a process that holds keys does not answer and is replaced');
      child.kill();
    },
  });
  // Whoever asks hears of it; a failure that nobody asked about is none.
  opened.promise.catch(() => undefined);

  function take(id: number): Deferred<KeyReply> | undefined {
    const waiter = waiters.get(id);
    waiters.delete(id);
    return waiter;
  }

  function receive(message: FromKeys): void {
    switch (message.type) {
      case 'pulse':
        pulse.heard();
        break;
      case 'opened':
        opened.resolve(message);
        break;
      case 'open-failed':
        opened.reject(toError(message.failure));
        break;
      case 'signed':
      case 'transaction-signed':
      case 'peer-seed':
        hasAnswered = true;
        take(message.id)?.resolve(message);
        break;
      case 'failed':
        take(message.id)?.reject(toError(message.failure));
        break;
      default:
        assertNever(message);
    }
  }

  function onGone(): void {
    isGone = true;
    pulse.stop();
    const error = new AppError('signer-unavailable');
    opened.reject(error);
    for (const waiter of waiters.values()) waiter.reject(error);
    waiters.clear();
    ended.resolve(undefined);
  }

  async function open(): Promise<void> {
    const sealingKey = await sealing.key();
    post({ type: 'open', ...place, sealingKey });
    sealingKey?.fill(0);
  }

  function request(make: (id: number) => ToKeys): Promise<KeyReply> {
    if (isGone) return Promise.reject(new AppError('signer-unavailable'));
    lastId += 1;
    const waiter = createDeferred<KeyReply>();
    waiters.set(lastId, waiter);
    post(make(lastId));
    return waiter.promise;
  }

  child.onMessage((raw) => {
    const parsed = fromKeysSchema.safeParse(raw);
    if (parsed.success) {
      receive(parsed.data);
      return;
    }
    // What it sent is not told: it may hold what must not be in a log.
    log.error('a process that holds keys sent what it must not and is replaced');
    child.kill();
  });
  child.onExit(onGone);
  open().catch((error: unknown) => {
    opened.reject(toAppError(error));
  });

  return {
    opened: opened.promise,
    get waiting() {
      return waiters.size;
    },
    get hasAnswered() {
      return hasAnswered;
    },
    sign: (intent) => request((id) => ({ type: 'sign', id, intent })),
    peerSeed: () => request((id) => ({ type: 'peer-seed', id })),
    kill() {
      child.kill();
    },
    ended: ended.promise,
  };
}

function toError({ code, details }: KeyFailure): AppError {
  return new AppError(code, details === null ? {} : { details });
}
