/** The one error class whose text may reach a person; everything else that is thrown is a bug. */
import { ERROR_TEXTS, type ErrorCode } from '../ipc/error-codes.ts';

export interface AppErrorOptions {
  /** What exactly was wrong, in plain words; shown under the sentence. Never holds prompts or secrets. */
  readonly details?: string;
  readonly cause?: unknown;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: string | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(ERROR_TEXTS[code].sentence, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details;
  }
}

/** Maps anything thrown to an `AppError`; an unknown failure becomes `internal` and keeps its cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const details = error instanceof Error ? error.message : String(error);
  return new AppError(diskCode(error) ?? 'internal', { details, cause: error });
}

function diskCode(error: unknown): ErrorCode | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'data-folder-unusable';
  return null;
}
