/** How the owner sets the governor, lets a program run, and asks what it sees. */
import type { GovernorSettings } from '../../electron/ipc/governor.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import type { AppStore } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { createRun } from './run-command.ts';
import { addToast } from './view.ts';

export interface GovernorActions {
  readonly setGovernor: (change: Partial<GovernorSettings>) => Promise<void>;
  /** Lets the program that caused this stretch run beside relays. */
  readonly allowStretch: (stretchId: number, name: string) => Promise<void>;
  readonly checkSensors: () => Promise<void>;
  readonly runSelfTest: () => Promise<void>;
}

type SetInput = Parameters<Bridge['command']['governor.set']>[0];

export function createGovernorActions(bridge: Bridge, store: AppStore): GovernorActions {
  const { command } = bridge;
  const run = createRun(store);
  return {
    setGovernor: (change) => run(() => command['governor.set']({ change: sendable(change) })),
    allowStretch: (stretchId, name) =>
      run(
        () => command['governor.allow']({ stretchId }),
        () => {
          const text = `${name} may run beside relays from now on. Settings can undo it.`;
          store.setState((state) => addToast(state, { text }));
        },
      ),
    async checkSensors() {
      const { sensors } = store.getState();
      if (sensors.state === 'asking') return;
      store.setState({ sensors: { ...sensors, state: 'asking', failure: null } });
      const result = await attempt(command['governor.sensors']);
      const failure = failureOf(result);
      store.setState({
        sensors: result.ok
          ? { state: 'known', lines: result.value, failure: null }
          : { state: 'failed', lines: sensors.lines, failure },
      });
    },
    runSelfTest: () => run(command['governor.selfTest']),
  };
}

/** The table takes lists that can be changed; the settings of the window cannot. */
function sendable({ games, allowedApps, ...rest }: Partial<GovernorSettings>): SetInput['change'] {
  return {
    ...rest,
    ...(games === undefined ? {} : { games: [...games] }),
    ...(allowedApps === undefined ? {} : { allowedApps: [...allowedApps] }),
  };
}
