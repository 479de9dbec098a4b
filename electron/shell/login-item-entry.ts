/** The desktop entry that starts Lull at log-in on Linux, as text. */
import type { LoginCommand } from './login-item.ts';

/** In this key a text is quoted, then escaped like every other string of the file. */
export function desktopEntry(command: LoginCommand): string {
  const { program, args } = startable(command);
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    'Name=Lull',
    'Comment=Answers with the models on this computer',
    `Exec=${escapeString([program, ...args].map(quoteArgument).join(' '))}`,
    // Without the program, the desktop passes over the entry instead of complaining at each log-in.
    `TryExec=${escapeString(command.program)}`,
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** The specification allows no equal sign in the first word, which some launchers take for a variable. */
function startable(command: LoginCommand): LoginCommand {
  const { program, args } = command;
  if (!program.includes('=')) return command;
  return { program: '/bin/sh', args: ['-c', 'exec "$0" "$@"', program, ...args] };
}

/** Quotes always: it is never wrong, and the list of characters that need it is long. */
function quoteArgument(text: string): string {
  const quoted = text.replace(/["`$\\]/g, '\\$&');
  // A percent sign begins a field code, in quotes too.
  return `"${quoted.replaceAll('%', '%%')}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

function escapeString(text: string): string {
  const escaped = text.replace(/[\\\n\t\r]/g, (character) => ESCAPES[character] ?? character);
  // A blank at the start would be taken for the space after the equal sign.
  return escaped.startsWith(' ') ? `\\s${escaped.slice(1)}` : escaped;
}

/** Whether a file that is there starts this command; desktops turn an entry off by a line of their own. */
export function isEntryOn(text: string, command: LoginCommand): boolean {
  const lines = text.split('\n').map((line) => line.trim());
  const isHidden = lines.some((line) => /^Hidden\s*=\s*true$/.test(line));
  const isDisabled = lines.some((line) => /^X-GNOME-Autostart-enabled\s*=\s*false$/.test(line));
  const exec = desktopEntry(command)
    .split('\n')
    .find((line) => line.startsWith('Exec='));
  return !isHidden && !isDisabled && exec !== undefined && lines.includes(exec.trim());
}
