/** Whether Windows itself says that a program has the whole screen: through one long-lived PowerShell. */
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { createDeferred } from '../../platform/deferred.ts';
import { createKept, pause } from './gpu-kept.ts';
import { runProgram, type StartProgram } from './gpu-program.ts';
import type { Reader } from './reader.ts';

const SOURCE = 'Windows’ shell';
const EVERY_MS = 1_000;
/** It compiles its few lines first. */
const SILENCE_MS = 15_000;
const FIRST_MS = 2_500;
const FRESH_MS = 6_000;
const NAMELESS = 'a program';
const DIRECT3D = 3;
const BUSY = 2;

/** Prints a number each second: what the shell thinks that the user is doing. */
const SCRIPT = `
Add-Type -Namespace Lull -Name Shell -MemberDefinition '[DllImport("shell32.dll")] public static extern int SHQueryUserNotificationState(out int state);'
while ($true) {
  $state = 0
  $result = [Lull.Shell]::SHQueryUserNotificationState([ref]$state)
  [Console]::Out.WriteLine("$result $state")
  [Console]::Out.Flush()
  Start-Sleep -Milliseconds ${EVERY_MS}
}`;

export interface WindowsScreenPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly start: StartProgram;
}

export function createWindowsScreenReader(ports: WindowsScreenPorts): Reader<'fullscreen'> {
  const { clock } = ports;
  let last: { readonly text: string; readonly atMs: number } | null = null;
  let news = createDeferred<undefined>();
  const tell = (): void => {
    news.resolve(undefined);
    news = createDeferred<undefined>();
  };
  const kept = createKept(ports, {
    session: (signal) =>
      runProgram(ports, {
        program: 'powershell.exe',
        args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', SCRIPT],
        silenceMs: SILENCE_MS,
        signal,
        onLine(line) {
          const text = parseNotificationState(line);
          if (text === null) return;
          last = { text, atMs: clock.monotonicMs() };
          tell();
        },
      }),
    describe: () => 'PowerShell does not say whether a program has the whole screen',
    onTrouble: tell,
  });
  const fresh = () => (last !== null && clock.monotonicMs() - last.atMs < FRESH_MS ? last : null);

  return {
    keys: ['fullscreen'],
    everyMs: EVERY_MS,
    stop() {
      kept.letGo();
      last = null;
      tell();
    },
    async read() {
      kept.want();
      if (fresh() === null && kept.trouble() === null) {
        const limit = new AbortController();
        await Promise.race([news.promise, pause(clock, FIRST_MS, limit.signal)]);
        limit.abort();
      }
      const found = fresh();
      if (found === null) {
        const why = kept.trouble() ?? 'PowerShell has not answered yet';
        return { values: {}, source: SOURCE, unknown: { fullscreen: why } };
      }
      const ageMs = clock.monotonicMs() - found.atMs;
      return { values: { fullscreen: found.text }, source: SOURCE, ageMs };
    },
  };
}

/** @param line a result and a state. @returns null for anything else */
export function parseNotificationState(line: string): string | null {
  const [, result, state] = /^(-?\d{1,10}) (\d{1,2})$/.exec(line.trim()) ?? [];
  if (result !== '0') return null;
  // A full-screen window, or one that has the screen to itself.
  return Number(state) === DIRECT3D || Number(state) === BUSY ? NAMELESS : '';
}
