/** What crosses the bridge when a command ends: a value, or a code with words for a person. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

export type Failure = {
  readonly ok: false;
  readonly code: ErrorCode;
  /** What happened, and why. */
  readonly message: string;
  /** What is still there, or what did not happen. */
  readonly kept: string;
  /** What to do about it. */
  readonly next: string;
  /** What exactly was wrong, where that is known. */
  readonly details: string | null;
};

export type Result<Value> = { readonly ok: true; readonly value: Value } | Failure;

/** The same failure as data inside the snapshot. */
export const failureSchema = z.strictObject({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  kept: z.string(),
  next: z.string(),
  details: z.string().nullable(),
});

export type FailureText = Readonly<z.infer<typeof failureSchema>>;
