/** The steps between start and the first answer: each named, with progress, cancellable, done once. */
import type { HubEvent } from '../hub/events.ts';
import type { SetupStep } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';

/** @param progress 0 to 1, or null while it is not known. */
export type OnProgress = (progress: number | null, detail: string | null) => void;

/** How a step ended, in a few words; `skipped` when there was nothing to do. */
export interface StepEnd {
  readonly detail: string;
  readonly skipped?: boolean;
}

export interface Step {
  readonly id: SetupStep['id'];
  readonly title: string;
  readonly run: (signal: AbortSignal, onProgress: OnProgress) => Promise<StepEnd>;
}

export interface Preparation {
  /** Runs the steps, or joins the run that is under way. Never rejects: the outcome is in the hub. */
  run(): Promise<void>;
  cancel(): void;
  /** Resolves once everything is prepared. @throws AppError why it is not. */
  ready(signal?: AbortSignal): Promise<void>;
}

export function createPreparation(
  steps: readonly Step[],
  dispatch: (event: HubEvent) => void,
): Preparation {
  let running: Promise<void> | null = null;
  let abort = new AbortController();
  let outcome: 'none' | 'done' | AppError = 'none';

  async function runStep(step: Step, signal: AbortSignal): Promise<void> {
    const change = (part: Extract<HubEvent, { type: 'setup-step' }>['change']): void => {
      dispatch({ type: 'setup-step', id: step.id, change: part });
    };
    change({ state: 'running', progress: null });
    try {
      const { detail, skipped } = await step.run(signal, (progress, at) => {
        change({ progress, detail: at });
      });
      change({ state: skipped ? 'skipped' : 'done', progress: 1, detail });
    } catch (error) {
      const appError = signal.aborted ? new AppError('cancelled') : toAppError(error);
      const state = appError.code === 'cancelled' ? 'cancelled' : 'failed';
      change({ state, progress: null, detail: appError.details ?? appError.message });
      throw appError;
    }
  }

  async function runAll(): Promise<void> {
    abort = new AbortController();
    outcome = 'none';
    dispatch({ type: 'setup-started', steps: steps.map(waiting) });
    try {
      for (const step of steps) await runStep(step, abort.signal);
      outcome = 'done';
      dispatch({ type: 'setup-ended', phase: 'done', failure: null });
    } catch (error) {
      outcome = toAppError(error);
      const phase = outcome.code === 'cancelled' ? 'cancelled' : 'failed';
      dispatch({ type: 'setup-ended', phase, failure: failureText(outcome) });
    }
  }

  const run = (): Promise<void> => {
    running ??= runAll().finally(() => {
      running = null;
    });
    return running;
  };

  return {
    run,
    cancel() {
      abort.abort();
    },
    async ready(signal) {
      if (running) await untilAborted(running, signal);
      if (outcome === 'done') return;
      throw outcome === 'none' ? new AppError('no-model') : outcome;
    },
  };
}

function waiting(step: Step): SetupStep {
  return { id: step.id, title: step.title, state: 'waiting', progress: null, detail: null };
}

/** The promise, or a `cancelled` as soon as the signal says so. */
async function untilAborted(
  promise: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!signal) return promise;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(new AppError('cancelled'));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
