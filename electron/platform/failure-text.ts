/** An `AppError` as the words that a person sees. */
import { ERROR_TEXTS, type ErrorCode } from '../ipc/error-codes.ts';
import type { FailureText } from '../ipc/result.ts';
import type { AppError } from './app-error.ts';

export function failureText(error: AppError): FailureText {
  return catalogueText(error.code, error.details ?? null);
}

/** The catalogue's words for a code. */
export function catalogueText(code: ErrorCode, details: string | null): FailureText {
  const { sentence, kept, next } = ERROR_TEXTS[code];
  return { code, message: sentence, kept, next, details };
}
