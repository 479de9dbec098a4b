/** Whether this desktop shows tray icons: on Linux that depends on the panel, which may start after Lull. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a program; what it printed, or null when it is not there, fails or takes too long. */
export type AskProgram = (program: string, args: readonly string[]) => Promise<string | null>;

const WATCHER = 'org.kde.StatusNotifierWatcher';
const PATH = '/StatusNotifierWatcher';
const PROPERTY = 'IsStatusNotifierHostRegistered';
const GET = 'org.freedesktop.DBus.Properties.Get';

/** Which of them is installed differs from desktop to desktop; each prints `true` or `false` somewhere. */
const QUESTIONS: readonly (readonly [program: string, ...args: readonly string[]])[] = [
  [
    'gdbus',
    ...['call', '--session', '--timeout', '2', '--dest', WATCHER, '--object-path', PATH],
    ...['--method', GET, WATCHER, PROPERTY],
  ],
  ['busctl', '--user', '--timeout=2', 'get-property', WATCHER, PATH, WATCHER, PROPERTY],
  [
    'dbus-send',
    ...['--session', '--print-reply', '--reply-timeout=2000', `--dest=${WATCHER}`],
    ...[PATH, GET, `string:${WATCHER}`, `string:${PROPERTY}`],
  ],
];

export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ask: AskProgram;
}

/** True always but on Linux, where a host has to have announced itself on the session bus. */
export async function hasTrayHost({ platform, env, ask }: Desktop): Promise<boolean> {
  if (platform !== 'linux') return true;
  // Without one, some of the programs would start a bus of their own.
  if (!hasSessionBus(env)) return false;
  for (const [program, ...args] of QUESTIONS) {
    const answer = await ask(program, args);
    if (answer !== null) return /\btrue\b/.test(answer);
  }
  return false;
}

function hasSessionBus({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR }: Desktop['env']): boolean {
  if (DBUS_SESSION_BUS_ADDRESS) return true;
  return XDG_RUNTIME_DIR ? existsSync(join(XDG_RUNTIME_DIR, 'bus')) : false;
}

const TIMEOUT_MS = 3_000;

/** Asks a real program. */
export const askProgram: AskProgram = (program, args) =>
  new Promise((resolve) => {
    execFile(program, [...args], { timeout: TIMEOUT_MS, encoding: 'utf8' }, (error, out) => {
      resolve(error ? null : out);
    });
  });
