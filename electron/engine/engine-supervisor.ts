/** Keeps the engine process in main's hands: starts it when it is needed, ends it when it is not. */
import type { EngineState } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import { createCrashLoop } from './crash-loop.ts';
import { startEngineSession, type EngineSession, type SessionPorts } from './engine-session.ts';
import type { EnginePlan } from './engine-plan.ts';
import { createEventQueue } from './event-queue.ts';
import type { LoadReport } from './messages.ts';
import type { Engine, GenerateEvent, GenerateRequest } from './ports.ts';
import { untilAborted } from './until-aborted.ts';

/** The part of the engine's state that the supervisor knows; the rest comes from the probe. */
export type EngineSummary = Omit<EngineState, 'state' | 'candidates'> & {
  readonly state: Extract<
    EngineState['state'],
    'asleep' | 'loading' | 'ready' | 'working' | 'failed'
  >;
};

export interface SupervisorLimits {
  /** Without work for this long the process ends, so that the device can sleep. */
  readonly idleExitMs: number;
  /** An engine that does not answer for this long is killed. */
  readonly silenceMs: number;
}

export const DEFAULT_SUPERVISOR_LIMITS: SupervisorLimits = {
  idleExitMs: 5 * 60_000,
  silenceMs: 30_000,
};

export type { EnginePlan } from './engine-plan.ts';

export interface EngineSupervisor extends Engine {
  /** Which model to run and how; another plan than before ends the running process. Loads nothing yet. */
  use(plan: EnginePlan | null): void;
  /** Loads now instead of with the first request. Tries again after a crash loop. @throws AppError */
  load(signal?: AbortSignal): Promise<void>;
  /** Ends the process; answers under way fail with `engine-restarted`. Resolves when its memory is free again. */
  unload(): Promise<void>;
  summary(): EngineSummary;
  /** @returns what stops listening */
  onChange(listener: (summary: EngineSummary) => void): () => void;
  readonly pid: number | undefined;
  /** Ends everything, for good. */
  dispose(): void;
}

const ASLEEP: EngineSummary = {
  state: 'asleep',
  loadProgress: null,
  backend: null,
  device: null,
  layersOffloaded: null,
  layersTotal: null,
  threads: null,
  contextTokens: null,
  sequences: null,
  failure: null,
};

export function createEngineSupervisor(
  ports: SessionPorts,
  limits: SupervisorLimits = DEFAULT_SUPERVISOR_LIMITS,
): EngineSupervisor {
  const { clock } = ports;
  const listeners = new Set<(summary: EngineSummary) => void>();
  const crashes = createCrashLoop();
  let plan: EnginePlan | null = null;
  let session: EngineSession | null = null;
  let summary = ASLEEP;
  /** Ends with the process of the latest session. */
  let gone: Promise<void> = Promise.resolve();
  let waiters = 0;
  /** Sessions that whoever loaded them no longer wants; they stop once nobody waits for them. */
  const givenUp = new WeakSet<EngineSession>();
  let stopIdle: (() => void) | null = null;
  let isDisposed = false;

  const change = (changes: Partial<EngineSummary>) => {
    summary = { ...summary, ...changes };
    for (const listener of listeners) listener(summary);
  };

  /** After anything that may have started or ended work. */
  const settle = () => {
    stopIdle?.();
    stopIdle = null;
    if (session?.isReady !== true) return;
    const isWorking = session.inFlight > 0;
    const state = isWorking ? 'working' : 'ready';
    if (state !== summary.state) change({ state, loadProgress: null });
    if (!isWorking && waiters === 0) stopIdle = clock.after(limits.idleExitMs, fallAsleep);
  };

  const fallAsleep = () => {
    stop(new AppError('cancelled', { details: 'the engine was idle' }));
  };

  const onClosed = (error: AppError, expected: boolean) => {
    const wasLoading = summary.state === 'loading';
    session = null;
    stopIdle?.();
    stopIdle = null;
    if (!expected && wasLoading) crashes.add(clock.monotonicMs());
    const failure = crashes.isLoop ? loopError(error) : error;
    const isQuiet = failure.code === 'cancelled' || failure.code === 'engine-restarted';
    const isFinal = !isQuiet && (expected || crashes.isLoop);
    change({
      state: isFinal ? 'failed' : 'asleep',
      loadProgress: null,
      failure: isQuiet ? null : failureText(failure),
    });
  };

  const start = (): EngineSession => {
    if (isDisposed) throw new AppError('cancelled', { details: 'Lull is closing' });
    if (plan === null) throw new AppError('no-model');
    if (session !== null) return session;
    const current = plan;
    change({ state: 'loading', loadProgress: 0, failure: null });
    session = startEngineSession(ports, current, limits, {
      onProgress(value) {
        change({ loadProgress: value });
      },
      onLoaded(report) {
        crashes.reset();
        change({ ...loadedSummary(current, report), state: 'ready', loadProgress: null });
      },
      onClosed,
    });
    gone = session.gone;
    return session;
  };

  const ensureLoaded = async (signal: AbortSignal | undefined): Promise<EngineSession> => {
    const current = start();
    givenUp.delete(current);
    waiters += 1;
    try {
      await untilAborted(current.loaded, signal);
      return current;
    } catch (error) {
      const { code } = toAppError(error);
      throw code === 'engine-crashed' && crashes.isLoop ? loopError(toAppError(error)) : error;
    } finally {
      waiters -= 1;
      const isUnwanted = givenUp.has(current) && waiters === 0 && !current.isReady;
      if (isUnwanted) stop(new AppError('cancelled'));
      else settle();
    }
  };

  const stop = (reason: AppError) => {
    session?.close(reason);
  };

  async function* generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, void> {
    if (crashes.isLoop) throw loopError(undefined);
    let current: EngineSession;
    try {
      current = await ensureLoaded(signal);
    } catch (error) {
      if (!signal.aborted || toAppError(error).code !== 'cancelled') throw error;
      yield CANCELLED_BEFORE_START;
      return;
    }
    let cancel: () => void = () => undefined;
    const events = createEventQueue<GenerateEvent>(() => {
      cancel();
    });
    cancel = current.generate(request, {
      onEvent(event) {
        events.push(event);
        if (event.type !== 'end') return;
        events.end();
        settle();
      },
      onError(error) {
        events.fail(error);
        settle();
      },
    });
    settle();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    try {
      yield* events;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  return {
    generate,
    use(next) {
      if (JSON.stringify(next) === JSON.stringify(plan)) return;
      plan = next;
      crashes.reset();
      stop(new AppError('engine-restarted', { details: 'another model was chosen' }));
      change({ ...ASLEEP, ...(next && { backend: next.backend, device: next.device }) });
    },
    async load(signal) {
      if (crashes.isLoop) crashes.reset();
      const giveUp = () => {
        if (session !== null) givenUp.add(session);
      };
      signal?.addEventListener('abort', giveUp);
      try {
        await ensureLoaded(signal);
      } finally {
        signal?.removeEventListener('abort', giveUp);
      }
    },
    async unload() {
      crashes.reset();
      stop(new AppError('engine-restarted', { details: 'the model was unloaded' }));
      await gone;
    },
    summary: () => summary,
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    get pid() {
      return session?.pid;
    },
    dispose() {
      isDisposed = true;
      listeners.clear();
      stop(new AppError('cancelled', { details: 'Lull is closing' }));
    },
  };
}

const CANCELLED_BEFORE_START: GenerateEvent = {
  type: 'end',
  reason: 'cancelled',
  counts: { prompt: 0, cached: 0, output: 0 },
  timings: { queuedMs: 0, prefillMs: 0, firstTokenMs: null, totalMs: 0 },
};

function loopError(cause: AppError | undefined): AppError {
  const how = cause?.details === undefined ? '' : `; the last time ${cause.details}`;
  const details = `the engine crashed three times while it loaded this model${how}`;
  return new AppError('model-load-failed', { details, cause });
}

function loadedSummary(plan: EnginePlan, report: LoadReport): Partial<EngineSummary> {
  const name = report.deviceNames.join(', ');
  const found = { name, kind: 'unknown', memoryBytes: report.deviceMemoryBytes } as const;
  return {
    backend: plan.backend,
    device: plan.device ?? (name === '' ? null : found),
    layersOffloaded: report.layersOffloaded,
    layersTotal: report.layersTotal,
    threads: report.threads,
    contextTokens: report.contextTokens,
    sequences: report.sequences,
  };
}
