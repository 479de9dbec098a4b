/** What the owner decides about this computer: beginning, when it serves, how it starts, what is shown. */
import type { NextStep } from '../../electron/ipc/snapshot.ts';
import type { PresencePolicy } from '../../electron/ipc/status.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import type { AppStore } from './app-state.ts';
import { createRun } from './run-command.ts';
import { addToast } from './view.ts';

export interface OwnerActions {
  /** Leaves the welcome for the first chat. */
  readonly begin: () => Promise<void>;
  readonly skipStep: (step: NextStep) => Promise<void>;
  readonly resumeStep: (step: NextStep) => Promise<void>;
  readonly setEarning: (on: boolean) => Promise<void>;
  readonly setPresence: (presence: PresencePolicy) => Promise<void>;
  /** Turns earning on under the policy that does not wait for the owner to leave. */
  readonly serveNow: () => Promise<void>;
  readonly setAfterRestart: (on: boolean) => Promise<void>;
  /** 0 ends a pause; null is one until the owner resumes. */
  readonly pauseEarning: (minutes: number | null) => Promise<void>;
  readonly exportCsv: () => Promise<void>;
  readonly runDoctor: () => Promise<void>;
  readonly setStartsAtLogin: (on: boolean) => Promise<void>;
  readonly setDiscreet: (on: boolean) => Promise<void>;
}

export function createOwnerActions(bridge: Bridge, store: AppStore): OwnerActions {
  const { command } = bridge;
  const run = createRun(store);
  const skip = (step: NextStep, isSkipped: boolean) =>
    run(() => command['welcome.skip']({ step, isSkipped }));
  const setEarning = (on: boolean) => run(() => command['earn.setOn']({ on }));
  return {
    begin: () =>
      run(command['welcome.begin'], () => {
        store.setState({ tab: 'chat', conversationId: null });
      }),
    skipStep: (step) => skip(step, true),
    resumeStep: (step) => skip(step, false),
    setEarning,
    setPresence: (presence) => run(() => command['earn.setPresence']({ presence })),
    serveNow: () =>
      // Never on before the policy is: a policy that could not be saved must not start anything.
      run(
        () => command['earn.setPresence']({ presence: 'always' }),
        () => void setEarning(true),
      ),
    setAfterRestart: (on) => run(() => command['earn.setAfterRestart']({ on })),
    pauseEarning: (minutes) => run(() => command['earn.pause']({ minutes })),
    exportCsv: () =>
      run(command['earn.exportCsv'], (saved) => {
        if (saved) store.setState((state) => addToast(state, { text: `Saved as ${saved.path}` }));
      }),
    runDoctor: () => run(command['doctor.run']),
    setStartsAtLogin: (on) => run(() => command['settings.setStartsAtLogin']({ on })),
    setDiscreet: (on) => run(() => command['settings.setDiscreet']({ on })),
  };
}
