/** Runs the app without a window, as a script would, and reads what it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { argumentsFor, ELECTRON, environment, type LaunchOptions } from './app.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface TerminalRun {
  readonly child: ChildProcess;
  /** The first whole line on standard output. */
  readonly firstLine: Promise<string>;
  /** Resolves once it has said so on standard error. */
  told(text: string): Promise<void>;
  /** Resolves when the process has gone. */
  readonly ended: Promise<{ readonly code: number | null; out: string; err: string }>;
}

/** @param args what a person writes after `lull`. */
export function runLull(
  folder: string,
  args: readonly string[],
  options: LaunchOptions = {},
): TerminalRun {
  const child = spawn(
    ELECTRON,
    [ROOT, ...args, '--ozone-platform=headless', ...argumentsFor(folder, options)],
    { env: { ...environment(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const firstLine = new Promise<string>((found, failed) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const end = out.indexOf('\n');
      if (end >= 0) found(out.slice(0, end));
    });
    child.on('close', () => {
      failed(new Error(`it ended without a line: ${err}`));
    });
  });
  // Not every test reads the line.
  firstLine.catch(() => undefined);
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) => {
    child.on('close', (code) => {
      done({ code, out, err });
    });
  });
  const told = (text: string): Promise<void> =>
    new Promise((heard, failed) => {
      const look = (): void => {
        if (err.includes(text)) heard();
      };
      child.stderr.on('data', look);
      child.on('close', () => {
        failed(new Error(`it ended without saying "${text}": ${err}`));
      });
      look();
    });
  return { child, firstLine, told, ended };
}
