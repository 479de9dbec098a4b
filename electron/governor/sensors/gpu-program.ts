/** Runs a program of the system that may print, be silent, or hang beyond the reach of a signal. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Clock } from '../../platform/clock.ts';

export interface StartedProgram {
  /** SIGKILL where there is one. A program that waits inside a driver outlives it. */
  kill(): void;
}

export interface ProgramListener {
  onText(text: string): void;
  /** Called once. @param code null when a signal ended it; `missing` when there is no such program */
  onEnd(code: number | null | 'missing'): void;
}

export type StartProgram = (
  program: string,
  args: readonly string[],
  listener: ProgramListener,
) => StartedProgram;

export type ProgramEnd =
  | { readonly kind: 'ended'; readonly code: number | null; readonly text: string }
  | { readonly kind: 'missing' }
  /** Killed: it said nothing for too long, said too much, or was called off. */
  | { readonly kind: 'silent' | 'endless' | 'stopped' }
  /** Killed and still there; `gone` is when it is not. */
  | { readonly kind: 'stuck'; readonly gone: Promise<void> };

export interface ProgramOrder {
  readonly program: string;
  readonly args: readonly string[];
  /** It is killed after saying nothing for so long. */
  readonly silenceMs: number;
  /** Given each whole line; without it the text is kept for the end. */
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Nothing that a signal can reach takes longer to go. */
const KILL_LIMIT_MS = 2_000;
const MOST_TEXT = 1_000_000;

/** @param env in which programs are searched and run; numbers and words come in the language of programs */
export function systemPrograms(env: Readonly<Record<string, string | undefined>>): StartProgram {
  return (program, args, { onText, onEnd }) => {
    const child = spawn(program, [...args], {
      env: { ...env, LC_ALL: 'C', LANG: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', onText);
    }
    const dismiss = guardFor(child.pid);
    let hasEnded = false;
    const end = (code: number | null | 'missing'): void => {
      if (hasEnded) return;
      hasEnded = true;
      dismiss();
      onEnd(code);
    };
    child.once('error', (error) => {
      const isMissing = 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
      end(isMissing ? 'missing' : null);
    });
    child.once('close', end);
    return {
      kill: () => {
        child.kill('SIGKILL');
        // Otherwise a program that cannot die would keep its pipes, and us.
        child.stdout.destroy();
        child.stderr.destroy();
        child.unref();
      },
    };
  };
}

/**
 * Ends the program when this process is killed: who prints would end by itself then, but not who hangs. Windows does so
 * without being asked.
 * @returns what calls that off; only once the program has ended, whose number may then be another one's
 */
function guardFor(pid: number | undefined): () => void {
  if (pid === undefined || process.platform === 'win32') return () => undefined;
  // Nobody writes to it: it reads until our end of the pipe is closed, which the system does in any case.
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return () => {
    guard.kill('SIGKILL');
  };
}

/** Runs it until it ends, is silent for too long or is called off; never rejects. */
export function runProgram(
  ports: { readonly clock: Clock; readonly start: StartProgram },
  order: ProgramOrder,
): Promise<ProgramEnd> {
  const { clock, start } = ports;
  return new Promise((resolve) => {
    let text = '';
    let killedAs: 'silent' | 'endless' | 'stopped' | null = null;
    let tellGone = (): void => undefined;
    const gone = new Promise<void>((onGone) => {
      tellGone = onGone;
    });
    let stopTimer = (): void => undefined;
    let child: StartedProgram | null = null;

    const kill = (as: 'silent' | 'endless' | 'stopped'): void => {
      if (killedAs !== null) return;
      killedAs = as;
      stopTimer();
      child?.kill();
      stopTimer = clock.after(KILL_LIMIT_MS, () => {
        resolve({ kind: 'stuck', gone });
      });
    };
    const onAbort = (): void => {
      kill('stopped');
    };
    const listen = (): void => {
      stopTimer();
      stopTimer = clock.after(order.silenceMs, () => {
        kill('silent');
      });
    };
    const onText = (chunk: string): void => {
      if (killedAs !== null) return;
      listen();
      text += chunk;
      if (order.onLine) text = passLines(text, order.onLine);
      if (text.length > MOST_TEXT) kill('endless');
    };
    const onEnd = (code: number | null | 'missing'): void => {
      stopTimer();
      order.signal.removeEventListener('abort', onAbort);
      tellGone();
      if (killedAs !== null) resolve({ kind: killedAs });
      else if (code === 'missing') resolve({ kind: 'missing' });
      else resolve({ kind: 'ended', code, text });
    };

    if (order.signal.aborted) {
      resolve({ kind: 'stopped' });
      return;
    }
    listen();
    order.signal.addEventListener('abort', onAbort);
    child = start(order.program, order.args, { onText, onEnd });
  });
}

/** @returns the part after the last line end */
function passLines(text: string, onLine: (line: string) => void): string {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  for (const line of lines) onLine(line.replace(/\r$/, ''));
  return rest;
}
