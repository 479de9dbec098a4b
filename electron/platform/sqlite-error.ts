/** Turns what SQLite throws into the failures a person is told about. */
import { AppError, toAppError } from './app-error.ts';
import type { ErrorCode } from '../ipc/error-codes.ts';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a sentence of their own. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  3: 'data-folder-unusable',
  8: 'data-folder-unusable',
  11: 'store-corrupt',
  13: 'disk-full',
  14: 'data-folder-unusable',
  26: 'store-corrupt',
};

/** The low byte of an extended result code is its primary code. */
const PRIMARY_CODE_MASK = 0xff;

export function sqliteError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const extended = error instanceof Error && 'errcode' in error ? error.errcode : null;
  if (typeof extended !== 'number') return toAppError(error);
  const code = CODES[extended & PRIMARY_CODE_MASK] ?? 'internal';
  return new AppError(code, {
    details: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}
