/** Runs a command whose failure belongs in the corner of the window. */
import type { Result } from '../../electron/ipc/result.ts';
import type { AppStore } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { addToast } from './view.ts';

export type Run = <Value>(
  start: () => Promise<Result<Value>>,
  done?: (value: Value) => void,
) => Promise<void>;

/** What it returns never rejects. */
export function createRun(store: AppStore): Run {
  return async (start, done) => {
    const result = await attempt(start);
    const failure = failureOf(result);
    if (result.ok) done?.(result.value);
    // Whoever cancelled something knows it already.
    else if (failure && failure.code !== 'cancelled') {
      store.setState((state) => addToast(state, { failure }));
    }
  };
}
