/** An `AppError` as the words that a person sees. */
import { ERROR_TEXTS } from '../ipc/error-codes.ts';
import type { FailureText } from '../ipc/result.ts';
import type { AppError } from './app-error.ts';

export function failureText(error: AppError): FailureText {
  const { sentence, next } = ERROR_TEXTS[error.code];
  return { code: error.code, message: sentence, next, details: error.details ?? null };
}
