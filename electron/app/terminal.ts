/** What Lull prints when it has no window: results on standard output, everything else on standard error. */
import { ERROR_TEXTS } from '../ipc/error-codes.ts';
import type { AppError } from '../platform/app-error.ts';

export interface Terminal {
  /** One line of the result. */
  print(line: string): void;
  /** Part of a streamed result, without a line end. */
  write(text: string): void;
  /** Something about the way there. */
  tell(line: string): void;
}

/** Exit codes, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, alreadyRunning: 3 } as const;

export const processTerminal: Terminal = {
  print(line) {
    process.stdout.write(`${line}\n`);
  },
  write(text) {
    process.stdout.write(text);
  },
  tell(line) {
    process.stderr.write(`${line}\n`);
  },
};

/** A failure as the lines a person reads in a terminal. */
export function describeFailure(error: AppError): string {
  const { kept, next } = ERROR_TEXTS[error.code];
  const details = error.details ? ` (${error.details})` : '';
  return `${error.message}${details}\n${kept}\n${next}`;
}
