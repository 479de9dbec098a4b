/** Keeps the engine process in main's hands: starts it when it is needed, ends it when it is not. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import { drop } from '../platform/drop.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { CANCELLED_BEFORE_START } from './cancelled-before-start.ts';
import { crashLoopError, createCrashLoop } from './crash-loop.ts';
import type { EnginePlan } from './engine-plan.ts';
import { startEngineSession, type EngineSession, type SessionPorts } from './engine-session.ts';
import { asleep, loaded, type EngineSummary } from './engine-summary.ts';
import { createLeaving, isWithin } from './leaving.ts';
import { untilMemoryIsBack } from './memory-back.ts';
import type { Engine, EngineRequest } from './ports.ts';
import { answerFrom } from './session-answer.ts';
import type { GenerateEvent } from '../protocol/generate.ts';

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

/** Who waits for a release waits no longer than this. */
const RELEASE_LIMIT_MS = 2_000;
/** Memory that does not settle for so long is in use by somebody else. */
const MEMORY_LIMIT_MS = 10_000;
/** Ends that were asked for, and tell the owner of no failure. */
const QUIET_ENDS: readonly string[] = ['cancelled', 'engine-restarted', 'owner-returned'];

export interface EngineSupervisor extends Engine {
  /** Which model to run and how; another plan than before ends the running process. Loads nothing yet. */
  use(plan: EnginePlan | null): void;
  /** Loads now instead of with the first request. Tries again after a crash loop. @throws AppError */
  load(signal?: AbortSignal): Promise<void>;
  /**
   * Ends the process; answers under way fail with `engine-restarted`. Resolves when its memory is free again.
   * @throws AppError `engine-crashed` when the process cannot be ended
   */
  unload(): Promise<void>;
  /**
   * Limits the part of the time that relays may have, 0 to 1. With 0 they stand still from the next step on, keep
   * their places and go on when it is more again; a load that only relays wait for is given up. It holds for every
   * engine process to come; 1 until somebody says so.
   * @returns resolved once no relay computes beyond it; at once when no process runs
   */
  paceRelays(share: number): Promise<void>;
  /**
   * Kills the process at once, also while it loads, to give its memory back. Requests of relays fail with
   * `owner-returned`, others with `engine-restarted`; the next one loads anew.
   * @returns resolved once the memory is free, as far as the system tells, or after two seconds
   */
  release(): Promise<void>;
  /** Lets go of what the process keeps of the owner's conversations; what lies on the disk is the caller's to remove. */
  forgetOwner(): void;
  summary(): EngineSummary;
  /** @returns what stops listening */
  onChange(listener: (summary: EngineSummary) => void): () => void;
  readonly pid: number | undefined;
  /** Ends everything, for good. */
  dispose(): void;
}

export function createEngineSupervisor(
  ports: SessionPorts,
  limits: SupervisorLimits = DEFAULT_SUPERVISOR_LIMITS,
): EngineSupervisor {
  const { clock, log } = ports;
  const listeners = new Set<(summary: EngineSummary) => void>();
  const crashes = createCrashLoop();
  const leaving = createLeaving(clock);
  const isLoop = () => crashes.isLoop(clock.monotonicMs());
  let plan: EnginePlan | null = null;
  /** The engine ends when it is idle; waking it again must not measure again. */
  let tunedThreads: number | null = null;
  let session: EngineSession | null = null;
  let relayShare = 1;
  /** Of the process that runs: nobody but relays has waited for it to load. */
  let isLoadOfRelays = false;
  /** Set while a session is closed for its memory. */
  let released: number | undefined;
  let summary = asleep(null);
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
    if (session !== null) leaving.begin(memoryBack(session.gone, released));
    session = null;
    stopIdle?.();
    stopIdle = null;
    if (!expected && wasLoading) crashes.add(clock.monotonicMs());
    const failure = isLoop() ? crashLoopError(error) : error;
    const isQuiet = QUIET_ENDS.includes(failure.code);
    const isFinal = !isQuiet && (expected || isLoop());
    change({
      state: isFinal ? 'failed' : 'asleep',
      loadProgress: null,
      failure: isQuiet ? null : failureText(failure),
    });
  };

  const memoryBack = async (gone: Promise<void>, pid: number | undefined): Promise<void> => {
    await gone;
    const { memory } = ports;
    if (memory === undefined || pid === undefined) return;
    if (await untilMemoryIsBack(pid, { memory, clock, limitMs: MEMORY_LIMIT_MS })) return;
    log.warn('the engine’s memory did not come back in time; the next one starts all the same');
  };

  /** Two models side by side need memory twice, and how much is free is only true when the first is gone. */
  const startAlone = async (
    signal: AbortSignal | undefined,
    isRelay: boolean,
  ): Promise<EngineSession> => {
    while (session === null && leaving.isUnderWay) await untilAborted(leaving.over(), signal);
    if (session === null) isLoadOfRelays = isRelay;
    else if (!isRelay) isLoadOfRelays = false;
    return start();
  };

  const start = (): EngineSession => {
    if (isDisposed) throw new AppError('cancelled', { details: 'Lull is closing' });
    if (plan === null) throw new AppError('no-model');
    if (session !== null) return session;
    const current = plan;
    change({ state: 'loading', loadProgress: 0, failure: null });
    session = startEngineSession(ports, current, tunedThreads, limits, {
      onProgress(value) {
        change({ loadProgress: value });
      },
      onLoaded(report) {
        crashes.reset();
        // Where another server computes there are none, and nothing was found out.
        if (report.threads > 0) tunedThreads = report.threads;
        change(loaded(current, report));
      },
      onClosed,
    });
    if (relayShare < 1) drop(session.paceRelays(relayShare), 'pacing relays', log);
    return session;
  };

  const ensureLoaded = async (
    signal: AbortSignal | undefined,
    isRelay: boolean,
  ): Promise<EngineSession> => {
    waiters += 1;
    if (session !== null) givenUp.delete(session);
    if (!isRelay) isLoadOfRelays = false;
    try {
      const current = await startAlone(signal, isRelay);
      await untilAborted(current.loaded(isRelay), signal);
      return current;
    } catch (error) {
      const { code } = toAppError(error);
      throw code === 'engine-crashed' && isLoop() ? crashLoopError(toAppError(error)) : error;
    } finally {
      waiters -= 1;
      const isUnwanted = session !== null && givenUp.has(session) && !session.isReady;
      if (isUnwanted && waiters === 0) stop(new AppError('cancelled'));
      else settle();
    }
  };

  const stop = (reason: AppError) => {
    session?.close(reason);
  };

  async function* generate(
    request: EngineRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, void> {
    if (isLoop()) throw crashLoopError(undefined);
    let current: EngineSession;
    try {
      current = await ensureLoaded(signal, request.relay !== undefined);
    } catch (error) {
      if (!signal.aborted || toAppError(error).code !== 'cancelled') throw error;
      yield CANCELLED_BEFORE_START;
      return;
    }
    yield* answerFrom(current, request, signal, settle);
  }

  return {
    generate,
    use(next) {
      const isSame = textOf(next) === textOf(plan);
      plan = next;
      if (isSame) return;
      tunedThreads = null;
      crashes.reset();
      stop(new AppError('engine-restarted', { details: 'another model was chosen' }));
      change(asleep(next));
    },
    async load(signal) {
      if (isLoop()) crashes.reset();
      const giveUp = () => {
        if (session !== null) givenUp.add(session);
      };
      signal?.addEventListener('abort', giveUp);
      try {
        await ensureLoaded(signal, false);
      } finally {
        signal?.removeEventListener('abort', giveUp);
      }
    },
    async unload() {
      crashes.reset();
      stop(new AppError('engine-restarted', { details: 'the model was unloaded' }));
      // Nothing is known against the next one.
      if (summary.state === 'failed') change(asleep(plan));
      await leaving.over();
    },
    async paceRelays(share) {
      relayShare = share;
      if (share === 0 && isLoadOfRelays && session?.isReady === false) {
        stop(new AppError('owner-returned', { details: 'it came while the model was loading' }));
      }
      await session?.paceRelays(share);
    },
    async release() {
      released = session?.pid;
      const details = 'the computer was given back to its owner';
      const owners = new AppError('engine-restarted', { details });
      session?.close(owners, new AppError('owner-returned', { details }));
      released = undefined;
      if (await isWithin(leaving.over(), clock, RELEASE_LIMIT_MS)) return;
      log.warn('the engine’s memory is not back yet; nothing is loaded until it is');
    },
    forgetOwner() {
      session?.forgetOwner();
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

/** Another small model to guess with is no reason to end what runs: it counts from the next load on. */
function textOf(plan: EnginePlan | null): string {
  return JSON.stringify({ ...plan, draftPath: undefined });
}
