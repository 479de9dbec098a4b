/** The doctor: checks in the order in which things depend on each other, each with its proof and a way out. */
import { z } from 'zod';

export const CHECK_IDS = [
  'data-folder',
  'engine',
  'model',
  'endpoint',
  'keys',
  'network',
  'presence',
  'power',
  'earning',
] as const;

export const checkSchema = z.strictObject({
  id: z.enum(CHECK_IDS),
  title: z.string(),
  /** `off`: nothing is wrong, it is just not in use. */
  state: z.enum(['ok', 'running', 'off', 'attention', 'failed']),
  /** What was seen, not assumed: "llama.cpp on CPU answered the fixed question with the expected tokens". */
  proof: z.string(),
  /** What the owner can do; null when nothing is to be done. */
  fix: z
    .strictObject({
      /** The words on the button. */
      label: z.string(),
      action: z.enum([
        'open-model',
        'probe-again',
        'retry-setup',
        'start-earning',
        'resume-earning',
        'serve-now',
        'open-data-folder',
        'open-settings',
        'open-network',
      ]),
    })
    .nullable(),
});

export type CheckId = (typeof CHECK_IDS)[number];
export type Check = Readonly<z.infer<typeof checkSchema>>;
export type FixAction = NonNullable<Check['fix']>['action'];
