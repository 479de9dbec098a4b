/** Prepares what is missing and runs the app; behind `npm start` and `lull`. */
import path from 'node:path';
import process from 'node:process';
import { hasDisplay } from './display.mjs';
import { catchInterrupts } from './interrupt.mjs';
import { prepare } from './prepare.mjs';
import { runApp } from './run-app.mjs';
import { createSteps } from './steps.mjs';

/** Chromium's own switches for a process that draws nothing. */
const WITHOUT_SCREEN = ['--ozone-platform=headless', '--disable-gpu'];

/** What the app does in the terminal, without a window. */
const COMMANDS = ['chat', 'doctor', 'help', '--help', 'demo'];

/**
 * @param {readonly string[]} args the app's arguments
 * @returns {Promise<number>} the app's exit code
 */
export async function launch(args) {
  const steps = createSteps();
  const interrupts = catchInterrupts();
  const { runtime, launcher } = await prepare(
    { forTests: false, build: true },
    steps,
    interrupts.signal,
  ).finally(interrupts.release);
  const screen = hasDisplay(process.env, process.platform, launcher.account !== null);
  const extra = extraArguments(args, process.platform, screen);
  if (extra.includes('--headless')) {
    steps.say('No display found, so Lull runs headless; Ctrl+C ends it.');
  }
  const from = process.env['INIT_CWD'] ?? process.cwd();
  return await runApp(launcher, runtime, [...absolutePaths(args, from), ...extra]);
}

/** Options that name a file or folder, seen from where the person typed them: the app starts elsewhere. */
const PATH_OPTIONS = ['--data-dir', '--cache-dir', '--model', '--join'];

/**
 * @param {readonly string[]} args
 * @param {string} from the folder in which the command was typed
 * @returns {string[]}
 */
export function absolutePaths(args, from) {
  return args.map((arg, index) => {
    const [name = '', ...value] = arg.split('=');
    if (PATH_OPTIONS.includes(name) && value.length > 0) {
      return `${name}=${path.resolve(from, value.join('='))}`;
    }
    return PATH_OPTIONS.includes(args[index - 1] ?? '') ? path.resolve(from, arg) : arg;
  });
}

/**
 * What has to be added to the arguments so that the app can start here.
 * @param {readonly string[]} args
 * @param {NodeJS.Platform} platform
 * @param {boolean} screen
 * @returns {string[]}
 */
export function extraArguments(args, platform, screen) {
  const headless = args.includes('--headless');
  const command = args.some((arg) => COMMANDS.includes(arg));
  if (headless || command) return platform === 'linux' ? WITHOUT_SCREEN : [];
  return screen ? [] : ['--headless', ...WITHOUT_SCREEN];
}
