/** How Lull ends, whoever ends it: what is in progress is put on disk first, for so long and no longer. */
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { QuitFlow } from '../shell/quit-flow.ts';

/** What of Electron's app is needed. */
export interface QuittingApp {
  on(event: 'will-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  quit(): void;
  exit(code: number): void;
}

export interface EndingPorts {
  readonly app: QuittingApp;
  /** Calls back each time the system asks the process to end. */
  readonly onSignal: (listener: () => void) => void;
  readonly dispose: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Ending {
  /** Ends Lull. */
  quit(code: number): void;
  /** What Lull ends with when somebody else ends it. */
  expect(code: number): void;
  /** From now on quitting asks first; a signal never does. */
  guard(flow: QuitFlow): void;
}

/** Whatever is of worth lies on disk before anybody hears of it, so a part that hangs keeps nothing. */
export const LONGEST_END_MS = 20_000;

/** @param firstCode what Lull ends with when nothing else was expected */
export function createEnding(ports: EndingPorts, firstCode: number): Ending {
  const { app, onSignal, dispose, clock, log } = ports;
  let exitCode = firstCode;
  let isEnding = false;
  let flow: QuitFlow | null = null;

  function end(): void {
    // A second quit would be ignored once the last window has closed; exit is not.
    const exit = (): void => {
      app.exit(exitCode);
    };
    clock.after(LONGEST_END_MS, () => {
      log.error('something did not end in time and is left behind');
      exit();
    });
    drop(dispose().finally(exit), 'ending', log);
  }

  app.on('will-quit', (event) => {
    event.preventDefault();
    if (isEnding) return;
    isEnding = true;
    end();
  });
  onSignal(() => {
    flow?.neverAsk();
    app.quit();
  });
  return {
    quit(code) {
      exitCode = code;
      app.quit();
    },
    expect(code) {
      exitCode = code;
    },
    guard(next) {
      flow = next;
    },
  };
}
