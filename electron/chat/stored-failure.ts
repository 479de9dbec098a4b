/** How an answer failed as JSON in the database: rows of older versions get the words that came later. */
import { z } from 'zod';
import { failureSchema, type FailureText } from '../ipc/result.ts';
import { catalogueText } from '../platform/failure-text.ts';

const storedSchema = failureSchema.extend({
  // A code that this version has no more use for.
  code: failureSchema.shape.code.catch('internal'),
  kept: z.string().optional(),
});

/** @throws ZodError when this was not written from a failure. */
export function failureFromJson(json: string): FailureText {
  const value: unknown = JSON.parse(json);
  const { kept, ...stored } = storedSchema.parse(value);
  return { ...stored, kept: kept ?? catalogueText(stored.code, null).kept };
}
