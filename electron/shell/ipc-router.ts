/** The one door from the page: checks who asks and what, runs the command, answers with a `Result`. */
import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import type { Result } from '../ipc/result.ts';
import { COMMANDS, type CommandInput, type CommandName, type CommandOutput } from '../ipc/table.ts';
import { toAppError } from '../platform/app-error.ts';
import { catalogueText, failureText } from '../platform/failure-text.ts';
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

/** Commands that were turned away at the door since the start. Our own page causes none of them. */
export interface RefusedCommands {
  /** Not from the main frame of Lull's own window. */
  readonly foreign: number;
  /** From there, but not of the form that the table states. */
  readonly malformed: number;
}

type Turned = keyof RefusedCommands;
type Refuse = (why: Turned, name: CommandName, details: string | null) => Result<never>;

/** @returns how many commands were refused so far; each is in the log too, with its number. */
export function routeCommands(
  ipcMain: Pick<IpcMain, 'handle'>,
  handlers: CommandHandlers,
  { isOwnFrame: isOwn, log }: RouterPorts,
): () => RefusedCommands {
  const counts: Record<Turned, number> = { foreign: 0, malformed: 0 };
  const refuse: Refuse = (why, name, details) => {
    counts[why] += 1;
    log.warn(`refused a ${why} command`, { name, count: counts[why] });
    return { ok: false, ...catalogueText(REFUSAL_CODE[why], details) };
  };
  for (const name of Object.keys(COMMANDS) as CommandName[]) {
    ipcMain.handle(name, (event, input: unknown) =>
      isOwn(event)
        ? runCommand(name, input, { handlers, log, refuse })
        : refuse('foreign', name, null),
    );
  }
  return () => ({ ...counts });
}

const REFUSAL_CODE = { foreign: 'refused', malformed: 'bad-request' } as const;

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

interface Door {
  readonly handlers: CommandHandlers;
  readonly log: Log;
  readonly refuse: Refuse;
}

async function runCommand<Name extends CommandName>(
  name: Name,
  input: unknown,
  { handlers, log, refuse }: Door,
): Promise<Result<CommandOutput<Name>>> {
  const checked = COMMANDS[name].input.safeParse(input);
  if (!checked.success) {
    const fields = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return refuse('malformed', name, fields.join('; '));
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
