/** The one door from the page: checks who asks and what, runs the command, answers with a `Result`. */
import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { ERROR_TEXTS, type ErrorCode } from '../ipc/error-codes.ts';
import type { Failure, Result } from '../ipc/result.ts';
import { COMMANDS, type CommandInput, type CommandName, type CommandOutput } from '../ipc/table.ts';
import { toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import { APP_ORIGIN } from './app-protocol.ts';

export type CommandHandlers = {
  readonly [Name in CommandName]: (
    input: CommandInput<Name>,
  ) => CommandOutput<Name> | Promise<CommandOutput<Name>>;
};

export interface RouterPorts {
  /** The page that may ask: the main frame of Lull's own window. */
  readonly isOwnFrame: (event: IpcMainInvokeEvent) => boolean;
  readonly log: Log;
}

export function routeCommands(
  ipcMain: Pick<IpcMain, 'handle'>,
  handlers: CommandHandlers,
  ports: RouterPorts,
): void {
  for (const name of Object.keys(COMMANDS) as CommandName[]) {
    ipcMain.handle(name, (event, input: unknown) =>
      ports.isOwnFrame(event)
        ? runCommand(name, input, handlers, ports.log)
        : refuse(name, ports.log),
    );
  }
}

/** True when the call comes from the main frame of `contents`, showing our own page. */
export function isOwnFrame(event: IpcMainInvokeEvent, contents: Electron.WebContents): boolean {
  const frame = event.senderFrame;
  return (
    event.sender === contents &&
    frame !== null &&
    frame.parent === null &&
    // `origin` is "null" for a custom scheme in some versions; the URL is not.
    frame.url.startsWith(`${APP_ORIGIN}/`)
  );
}

export async function runCommand<Name extends CommandName>(
  name: Name,
  input: unknown,
  handlers: CommandHandlers,
  log: Log,
): Promise<Result<CommandOutput<Name>>> {
  const checked = COMMANDS[name].input.safeParse(input);
  if (!checked.success) {
    log.warn('refused a malformed command', { name });
    const fields = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return failure('bad-request', fields.join('; '));
  }
  try {
    // The table ties this row's schema to this row's handler; the compiler cannot follow that through a union.
    const value = await handlers[name](checked.data as CommandInput<Name>);
    // Nothing that the table does not name reaches the page, whatever a handler returns.
    return { ok: true, value: COMMANDS[name].output.parse(value) as CommandOutput<Name> };
  } catch (error) {
    const appError = toAppError(error);
    log.warn('a command failed', { name, error: appError });
    return { ok: false, ...failureText(appError) };
  }
}

function refuse(name: string, log: Log): Failure {
  log.warn('refused a command from a foreign frame', { name });
  return failure('refused', null);
}

function failure(code: ErrorCode, details: string | null): Failure {
  const { sentence, next } = ERROR_TEXTS[code];
  return { ok: false, code, message: sentence, next, details };
}
