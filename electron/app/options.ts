/** Reads Lull's own options from a command line that also carries Chromium's. */
import { presencePolicySchema, type PresencePolicy } from '../ipc/status.ts';
import { AppError } from '../platform/app-error.ts';

export type Mode =
  /** `isHidden`: in the tray until it is opened, as after a restart of the computer. */
  | { readonly kind: 'window'; readonly isHidden: boolean }
  | { readonly kind: 'headless' }
  | { readonly kind: 'chat'; readonly question: string }
  /** `isSensors`: only every reading of the sensors, with its source and age. */
  | { readonly kind: 'doctor'; readonly isSensors: boolean }
  /** Lists the models that can be had; with an id, fetches that one. */
  | { readonly kind: 'models'; readonly id: string | null }
  /** The whole practice loop once, in a temporary folder. `holdMs`: how long its chain stays up afterwards. */
  | { readonly kind: 'demo'; readonly question: string; readonly holdMs: number }
  | { readonly kind: 'help' };

export interface Options {
  readonly mode: Mode;
  /** Machine-readable output: one JSON object a line. */
  readonly json: boolean;
  readonly dataFolder: string | null;
  /** Where rebuildable things are kept; inside the data folder when null. */
  readonly cacheFolder: string | null;
  /** TCP port of the endpoint; 0 takes any free one, null the default. */
  readonly port: number | null;
  /** A GGUF file to open at start. */
  readonly modelPath: string | null;
  /** Earns with this policy for as long as Lull runs, whatever the settings say; null leaves it to them. */
  readonly presence: PresencePolicy | null;
  /** The `practice.json` of another Lull on this computer, whose practice network is used instead of an own one. */
  readonly join: string | null;
}

/** What the demo asks when nothing else was asked for. */
export const DEMO_QUESTION = 'What is the capital of France?';

export const HELP = `Lull runs LLM inference on this computer.

  lull                       open the window
  lull --headless            run without a window, and print how to use the endpoint
  lull chat "QUESTION"       ask one question in the terminal
  lull doctor                name the engine's device, memory, layers and backend, and why
  lull doctor --sensors      print what every sensor reads, where from, and how old it is
  lull models                list the models that can be had, and how each would run here
  lull models get ID         fetch one of them
  lull demo                  ask, answer, receipt and payment once on a practice network of its own

  --json                     print JSON lines (with --headless, chat, doctor, models and demo)
  --ask TEXT                 what the demo asks
  --hold SECONDS             how long the demo's chain stays up afterwards
  --presence POLICY          earn for as long as Lull runs: away, locked, or always (even while you work)
  --hidden                   start in the tray, without opening the window
  --join FILE                use the practice network of another Lull: its practice.json
  --data-dir FOLDER          keep conversations and settings there
  --cache-dir FOLDER         keep what can be rebuilt there
  --port NUMBER              port of the endpoint on 127.0.0.1 (0: any free one, as with --join)
  --model FILE               open this GGUF model
`;

const VALUE_OPTIONS = [
  '--data-dir',
  '--cache-dir',
  '--port',
  '--model',
  '--ask',
  '--hold',
  '--presence',
  '--join',
] as const;
type ValueOption = (typeof VALUE_OPTIONS)[number];

/**
 * What follows the program: unpackaged, the first word is the app's folder, wherever Chromium's options lie.
 */
export function ownArguments(argv: readonly string[], isPackaged: boolean): readonly string[] {
  const args = argv.slice(1);
  if (isPackaged) return args;
  const folderAt = args.findIndex((arg) => !arg.startsWith('-'));
  return args.filter((_arg, index) => index !== folderAt);
}

/**
 * @param args what follows the program (and, unpackaged, the app's folder). Options that are not Lull's are
 *   Chromium's and left alone.
 * @throws AppError `bad-request` that names the option.
 */
export function parseOptions(args: readonly string[]): Options {
  const values = new Map<ValueOption, string>();
  const words: string[] = [];
  const flags = new Set<string>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    const [name, inline] = splitOnce(arg, '=');
    if (isValueOption(name)) {
      const value = inline ?? args[++index];
      if (value === undefined || value === '') throw wrong(`${name} needs a value`);
      values.set(name, value);
    } else if (arg.startsWith('-')) flags.add(arg);
    else words.push(arg);
  }
  return {
    mode: modeOf(words, flags, values),
    json: flags.has('--json'),
    dataFolder: values.get('--data-dir') ?? null,
    cacheFolder: values.get('--cache-dir') ?? null,
    port: portOf(values.get('--port')),
    modelPath: values.get('--model') ?? null,
    presence: presenceOf(values.get('--presence')),
    join: values.get('--join') ?? null,
  };
}

function modeOf(
  words: readonly string[],
  flags: ReadonlySet<string>,
  values: ReadonlyMap<ValueOption, string>,
): Mode {
  const [command, ...rest] = words;
  if (flags.has('--help') || command === 'help') return { kind: 'help' };
  if (command === 'chat') {
    const question = rest.join(' ').trim();
    if (question === '') throw wrong('write the question after "chat", in quotes');
    return { kind: 'chat', question };
  }
  if (command === 'models') return { kind: 'models', id: modelIdOf(rest) };
  if (command === 'doctor' && rest.length === 0) {
    return { kind: 'doctor', isSensors: flags.has('--sensors') };
  }
  if (command === 'demo' && rest.length === 0) {
    if (values.has('--join')) throw wrong('the demo has a network of its own; leave --join out');
    const question = values.get('--ask') ?? DEMO_QUESTION;
    return { kind: 'demo', question, holdMs: holdOf(values.get('--hold')) };
  }
  if (command !== undefined)
    throw wrong(`"${words.join(' ')}" is not a command; try "lull --help"`);
  if (flags.has('--headless')) return { kind: 'headless' };
  return { kind: 'window', isHidden: flags.has('--hidden') };
}

function modelIdOf([verb, id, ...rest]: readonly string[]): string | null {
  if (verb === undefined) return null;
  if (verb === 'get' && id !== undefined && rest.length === 0) return id;
  throw wrong('after "models" comes nothing, or "get" and one id from the list');
}

function portOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw wrong(`--port takes a whole number from 0 to 65535, not "${text}"`);
  }
  return port;
}

function presenceOf(text: string | undefined): PresencePolicy | null {
  if (text === undefined) return null;
  const policy = presencePolicySchema.safeParse(text);
  if (policy.success) return policy.data;
  throw wrong(`--presence takes away, locked or always, not "${text}"`);
}

function holdOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text)) throw wrong(`--hold takes a whole number of seconds, not "${text}"`);
  return Number(text) * 1000;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function isValueOption(name: string): name is ValueOption {
  return (VALUE_OPTIONS as readonly string[]).includes(name);
}

function wrong(details: string): AppError {
  return new AppError('bad-request', { details });
}
