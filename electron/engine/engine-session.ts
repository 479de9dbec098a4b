/** One life of the engine process, from its start to its end, as main sees it. */
import { AppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child, SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createDeferred } from './deferred.ts';
import { engineEnv } from './engine-env.ts';
import type { EnginePlan } from './engine-plan.ts';
import { fromEngineSchema, type FromEngine, type LoadReport, type ToEngine } from './messages.ts';
import type { GenerateEvent, GenerateRequest } from './ports.ts';
import { PULSE_MS } from './pulse-watch.ts';

export interface SessionPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SessionLimits {
  /** An engine that does not answer pulses for this long is killed. */
  readonly silenceMs: number;
}

export interface SessionListener {
  onProgress(value: number): void;
  onLoaded(report: LoadReport): void;
  /** The process is gone, or was given up; called once. `expected` when `close` ended it. */
  onClosed(error: AppError, expected: boolean): void;
}

export interface RequestSink {
  onEvent(event: GenerateEvent): void;
  onError(error: AppError): void;
}

export interface EngineSession {
  readonly pid: number | undefined;
  /** Loaded and not closed. */
  readonly isReady: boolean;
  /** Requests that have not ended. */
  readonly inFlight: number;
  /** Resolves when the model is loaded. @throws AppError why it is not */
  readonly loaded: Promise<void>;
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  /** Only after `loaded`. @returns what cancels it */
  generate(request: GenerateRequest, sink: RequestSink): () => void;
  /** Kills the process; requests that have not ended fail with `reason`. */
  close(reason: AppError): void;
}

export function startEngineSession(
  ports: SessionPorts,
  plan: EnginePlan,
  limits: SessionLimits,
  listener: SessionListener,
): EngineSession {
  const { clock, log } = ports;
  const sinks = new Map<number, RequestSink>();
  let nextId = 0;
  let isReady = false;
  let isClosed = false;
  let unanswered = 0;
  const loading = createDeferred<undefined>();
  const exit = createDeferred<undefined>();
  // Whoever waits for it hears of the failure; nobody has to wait.
  loading.promise.catch(() => undefined);

  const child: Child = ports.spawn('engine-process', {
    name: 'Lull engine',
    env: engineEnv(plan.backend, plan.deviceIndex),
  });
  const post = (message: ToEngine) => {
    child.post(message);
  };

  const finish = (error: AppError, expected: boolean) => {
    if (isClosed) return;
    isClosed = true;
    isReady = false;
    stopPulse();
    child.kill();
    loading.reject(error);
    const left = [...sinks.values()];
    sinks.clear();
    for (const sink of left) sink.onError(error);
    listener.onClosed(error, expected);
  };

  const handle = (message: FromEngine): void => {
    switch (message.type) {
      case 'alive':
        return;
      case 'progress':
        listener.onProgress(message.value);
        return;
      case 'loaded':
        isReady = true;
        listener.onLoaded(message.report);
        loading.resolve(undefined);
        return;
      case 'load-failed':
        finish(new AppError(message.code, asDetails(message.details)), true);
        return;
      case 'events':
        for (const { id, event } of message.events) {
          const sink = sinks.get(id);
          if (event.type === 'end') sinks.delete(id);
          sink?.onEvent(event);
        }
        return;
      case 'failed': {
        const sink = sinks.get(message.id);
        sinks.delete(message.id);
        sink?.onError(new AppError(message.code, asDetails(message.details)));
        return;
      }
      case 'log':
        log[message.level](`engine: ${message.message}`);
        return;
      default:
        assertNever(message);
    }
  };

  child.onMessage((raw) => {
    if (isClosed) return;
    unanswered = 0;
    const message = fromEngineSchema.safeParse(raw);
    if (message.success) handle(message.data);
    else log.warn('main ignored an engine message it does not know', { error: message.error });
  });
  child.onExit((code) => {
    exit.resolve(undefined);
    const how = code === null ? 'it was killed' : `it ended with code ${String(code)}`;
    finish(new AppError('engine-crashed', { details: how }), false);
  });
  const stopPulse = clock.every(PULSE_MS, () => {
    // Pulses are counted, not time: while the computer sleeps neither side can be heard.
    unanswered += 1;
    if (unanswered * PULSE_MS <= limits.silenceMs) post({ type: 'pulse' });
    else finish(new AppError('engine-crashed', { details: 'it stopped answering' }), false);
  });

  const { modelPath, backend, threads, sequences, contextTokens } = plan;
  post({ type: 'load', options: { modelPath, backend, threads, sequences, contextTokens } });

  return {
    get pid() {
      return isClosed ? undefined : child.pid;
    },
    get isReady() {
      return isReady;
    },
    get inFlight() {
      return sinks.size;
    },
    loaded: loading.promise,
    gone: exit.promise,
    generate(request, sink) {
      const id = (nextId += 1);
      sinks.set(id, sink);
      post({ type: 'generate', id, request });
      return () => {
        if (sinks.has(id)) post({ type: 'cancel', id });
      };
    },
    close(reason) {
      finish(reason, true);
    },
  };
}

function asDetails(details: string | null): { readonly details?: string } {
  return details === null ? {} : { details };
}
