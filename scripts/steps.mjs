/** Says what set-up is doing: one line per step, with a spinner where there is a terminal to draw it. */
import process from 'node:process';
import { fileFault } from './file-fault.mjs';
import { CancelledError } from './interrupt.mjs';

/** A failure that a person can act on; its message is the one line they see. */
export class SetupError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/** @typedef {{ isTTY?: boolean, write(text: string): unknown }} Output */
/** @typedef {(detail: string) => void} Progress */
/**
 * @typedef {object} Steps
 * @property {<T>(name: string, work: (progress: Progress) => Promise<T>) => Promise<T>} run
 * @property {(line: string) => void} say
 */

const FRAMES = ['|', '/', '-', '\\'];
const FRAME_MS = 120;
/** How often a step that goes on says so in a log, where nothing can be drawn over. */
const LINE_MS = 10_000;

/**
 * Writes to standard error, because standard output belongs to the app.
 * @param {Output} [output]
 * @returns {Steps}
 */
export function createSteps(output = process.stderr) {
  return {
    say(line) {
      output.write(`${line}\n`);
    },
    run(name, work) {
      return output.isTTY === true
        ? runWithSpinner(output, name, work)
        : runWithLine(output, name, work);
    },
  };
}

/**
 * @template T
 * @param {Output} output
 * @param {string} name
 * @param {(progress: Progress) => Promise<T>} work
 */
async function runWithLine(output, name, work) {
  const started = Date.now();
  let detail = '';
  output.write(`${name} ...\n`);
  const timer = setInterval(() => {
    output.write(`${name} ... ${detail || secondsSince(started)}\n`);
  }, LINE_MS);
  try {
    return await work((text) => {
      detail = text;
    });
  } finally {
    clearInterval(timer);
  }
}

/** @param {number} startedMs */
function secondsSince(startedMs) {
  return `${String(Math.round((Date.now() - startedMs) / 1000))} s`;
}

/**
 * @template T
 * @param {Output} output
 * @param {string} name
 * @param {(progress: Progress) => Promise<T>} work
 */
async function runWithSpinner(output, name, work) {
  const started = Date.now();
  let detail = '';
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    output.write(
      `\r\u001b[2K${FRAMES[frame] ?? ''} ${name} ... ${detail || secondsSince(started)}`,
    );
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  try {
    const result = await work((text) => {
      detail = text;
    });
    output.write(`\r\u001b[2K${name}: done (${secondsSince(started)})\n`);
    return result;
  } catch (error) {
    output.write(`\r\u001b[2K${name}: not done\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** The exit code a shell gives for Ctrl+C. */
const CANCELLED_EXIT_CODE = 130;

/**
 * Runs a command's body, turns its failure into one line, and sets the exit code.
 * @param {() => Promise<number>} body resolves to the exit code
 */
export async function runCommandBody(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (error instanceof CancelledError) {
      process.stderr.write('Cancelled; nothing half-made was left behind.\n');
      process.exitCode = CANCELLED_EXIT_CODE;
    } else {
      const sentence = error instanceof SetupError ? error.message : fileFault(error);
      if (sentence === null) throw error;
      process.stderr.write(`${sentence}\n`);
      process.exitCode = 1;
    }
  }
}
