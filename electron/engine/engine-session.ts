/** One life of the engine process, from its start to its end, as main sees it. */
import { AppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { createDeferred } from '../platform/deferred.ts';
import { DEVICE_PULSE_MS, sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import { BACKGROUND_ARGUMENT, engineEnv } from './engine-env.ts';
import type { EnginePlan } from './engine-plan.ts';
import { describeExit } from './exit-words.ts';
import { fromEngineSchema, type FromEngine, type LoadReport, type ToEngine } from './messages.ts';
import type { ProcessMemory } from './memory-back.ts';
import { createPaceAnswers } from './pace-answers.ts';
import { createSessionRequests, type RequestSink } from './session-requests.ts';
import type { EngineRequest } from './ports.ts';

export interface SessionPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  /** Looked at after a release; left out, a process that has ended counts as all there is. */
  readonly memory?: ProcessMemory | undefined;
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

/** What can be done about a request that the engine works on. */
export interface SentRequest {
  cancel(): void;
  /** Stops it for as long as its reader is behind. */
  hold(isHeld: boolean): void;
}

export interface EngineSession {
  readonly pid: number | undefined;
  /** Loaded and not closed. */
  readonly isReady: boolean;
  /** Requests that have not ended. */
  readonly inFlight: number;
  /** Resolves when the model is loaded. @throws AppError why it is not, as whoever waits is to hear it */
  loaded(isRelay: boolean): Promise<void>;
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  /** Only after `loaded`; fails at once when the session has closed since. */
  generate(request: EngineRequest, sink: RequestSink): SentRequest;
  /**
   * Limits the part of the time that relays may have, 0 to 1.
   * @returns resolved once the engine has said that none computes beyond it, or its process has ended
   */
  paceRelays(share: number): Promise<void>;
  forgetOwner(): void;
  /** Kills the process; requests that have not ended fail with `reason`, and those of relays with their own. */
  close(reason: AppError, relays?: AppError): void;
}

export function startEngineSession(
  ports: SessionPorts,
  plan: EnginePlan,
  /** What tuning found in an earlier life of the same plan; null when there was none. */
  tunedThreads: number | null,
  limits: SessionLimits,
  listener: SessionListener,
): EngineSession {
  const { clock, log } = ports;
  const requests = createSessionRequests();
  let isReady = false;
  let closed: AppError | null = null;
  let closedToRelays: AppError | null = null;
  const paces = createPaceAnswers();
  const loading = createDeferred<undefined>();
  const exit = createDeferred<undefined>();
  // Whoever waits for it hears of the failure; nobody has to wait.
  loading.promise.catch(() => undefined);

  const child = ports.spawn('engine-process', {
    name: 'Lull engine',
    env: engineEnv(plan.backend, plan.deviceIndex, plan.packs),
    args: plan.isBackground ? [BACKGROUND_ARGUMENT] : [],
  });
  const post = (message: ToEngine) => {
    child.post(message);
  };

  const finish = (error: AppError, expected: boolean, relays = error) => {
    if (closed !== null) return;
    closed = error;
    closedToRelays = relays;
    isReady = false;
    pulses.stop();
    child.kill();
    loading.reject(error);
    requests.failAll(error, relays);
    listener.onClosed(error, expected);
  };
  const crash = (how: string) => {
    finish(new AppError('engine-crashed', { details: how }), false);
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
        finish(reported(message), true);
        return;
      case 'events':
        for (const { id, event } of message.events) requests.hear(id, event);
        return;
      case 'failed':
        requests.fail(message.id, reported(message));
        return;
      case 'paced':
        paces.answer(message.id);
        return;
      case 'log':
        log[message.level](`engine: ${message.message}`);
        return;
      default:
        assertNever(message);
    }
  };

  child.onMessage((raw) => {
    if (closed !== null) return;
    pulses.heard();
    const message = fromEngineSchema.safeParse(raw);
    if (message.success) handle(message.data);
    else log.warn('main ignored an engine message it does not know', { error: message.error });
  });
  child.onExit((code) => {
    exit.resolve(undefined);
    paces.answerAll();
    crash(`it ${describeExit(code)}`);
  });
  const pulses = sendPulses(clock, {
    silenceMs: limits.silenceMs,
    everyMs: DEVICE_PULSE_MS,
    send() {
      post({ type: 'pulse' });
    },
    onSilence() {
      crash('it stopped answering');
    },
  });
  post({ type: 'load', options: loadOptions(plan, tunedThreads) });

  return {
    get pid() {
      return closed === null ? child.pid : undefined;
    },
    get isReady() {
      return isReady;
    },
    get inFlight() {
      return requests.count;
    },
    async loaded(isRelay) {
      try {
        await loading.promise;
      } catch (error) {
        throw isRelay && closedToRelays !== null ? closedToRelays : error;
      }
    },
    gone: exit.promise,
    generate(request, sink) {
      if (closed !== null) {
        sink.onError(request.relay ? (closedToRelays ?? closed) : closed);
        return { cancel: () => undefined, hold: () => undefined };
      }
      const id = requests.add(sink, request.relay !== undefined);
      post({ type: 'generate', id, request });
      return {
        cancel() {
          if (requests.has(id)) post({ type: 'cancel', id });
        },
        hold(isHeld) {
          if (requests.has(id)) post({ type: 'hold', id, isHeld });
        },
      };
    },
    paceRelays(share) {
      if (closed !== null) return exit.promise;
      return paces.ask((id) => {
        post({ type: 'pace', id, relays: share });
      });
    },
    forgetOwner() {
      if (closed === null) post({ type: 'forget-owner' });
    },
    close(reason, relays) {
      finish(reason, true, relays);
    },
  };
}

function loadOptions(plan: EnginePlan, tunedThreads: number | null) {
  const { modelPath, backend, sequences, contextTokens, kvType, draftPath, cacheFolder } = plan;
  const threads = tunedThreads ?? plan.threads;
  return {
    modelPath,
    backend,
    threads,
    // What runs behind everything else keeps to the threads it was given.
    tuneThreads: tunedThreads === null && !plan.isBackground,
    sequences,
    contextTokens,
    kvType,
    draftPath,
    cacheFolder,
    server: plan.server,
  };
}

function reported({ code, details }: Extract<FromEngine, { type: 'failed' | 'load-failed' }>) {
  return new AppError(code, details === null ? {} : { details });
}
