/** Runs one command and turns even a broken bridge into a failure with words. */
import { ERROR_TEXTS } from '../../electron/ipc/error-codes.ts';
import type { FailureText, Result } from '../../electron/ipc/result.ts';

/** Never rejects. */
export async function attempt<Value>(
  command: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  try {
    return await command();
  } catch (error: unknown) {
    const { sentence, kept, next } = ERROR_TEXTS.internal;
    const details = error instanceof Error ? error.message : String(error);
    return { ok: false, code: 'internal', message: sentence, kept, next, details };
  }
}

/** The part of a failed result that the page shows. */
export function failureOf(result: Result<unknown>): FailureText | null {
  if (result.ok) return null;
  const { code, message, kept, next, details } = result;
  return { code, message, kept, next, details };
}
