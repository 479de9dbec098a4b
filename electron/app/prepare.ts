/** The steps between start and the first answer: each named, with progress, cancellable, done once. */
import type { HubEvent } from '../hub/events.ts';
import type { SetupStep } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import { untilAborted } from '../platform/until-aborted.ts';

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
  /** Questions are answered whatever becomes of it; its failure has a place of its own. */
  readonly isOptional?: boolean;
  readonly run: (signal: AbortSignal, onProgress: OnProgress) => Promise<StepEnd>;
}

export interface Preparation {
  /** Runs the steps, or joins the run that is under way. Never rejects: the outcome is in the hub. */
  run(): Promise<void>;
  /** Stops the run that is under way, and starts from the first step. */
  runAgain(): Promise<void>;
  cancel(): void;
  /** Resolves when no run is under way, whatever came of it. */
  over(): Promise<void>;
  /** Resolves once the steps that are needed have worked. @throws AppError why they have not. */
  ready(signal?: AbortSignal): Promise<void>;
}

export function createPreparation(
  steps: readonly Step[],
  dispatch: (event: HubEvent) => void,
): Preparation {
  let running: Promise<void> | null = null;
  /** Rejects with the reason when a step that is needed fails. */
  let usable: Promise<void> = Promise.reject(new AppError('no-model'));
  usable.catch(() => undefined);
  let abort = new AbortController();

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
      if (!step.isOptional) throw appError;
    }
  }

  async function runSteps(isOptional: boolean, signal: AbortSignal): Promise<void> {
    for (const step of steps) {
      if ((step.isOptional ?? false) === isOptional) await runStep(step, signal);
    }
  }

  async function runAll(): Promise<void> {
    abort = new AbortController();
    dispatch({ type: 'setup-started', steps: steps.map(waiting) });
    usable = runSteps(false, abort.signal);
    try {
      await usable;
      await runSteps(true, abort.signal);
      dispatch({ type: 'setup-ended', phase: 'done', failure: null });
    } catch (error) {
      const appError = toAppError(error);
      const phase = appError.code === 'cancelled' ? 'cancelled' : 'failed';
      dispatch({ type: 'setup-ended', phase, failure: failureText(appError) });
    }
  }

  function begin(run: Promise<void>): Promise<void> {
    const tracked = run.finally(() => {
      if (running === tracked) running = null;
    });
    running = tracked;
    return tracked;
  }

  return {
    run: () => running ?? begin(runAll()),
    runAgain() {
      abort.abort();
      return begin(running ? running.then(runAll) : runAll());
    },
    cancel() {
      abort.abort();
    },
    over: async () => {
      await running;
    },
    ready: (signal) => untilAborted(usable, signal),
  };
}

function waiting(step: Step): SetupStep {
  return { id: step.id, title: step.title, state: 'waiting', progress: null, detail: null };
}
