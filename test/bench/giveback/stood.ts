/** What the engine of this bench tells beside its answers: when its last evaluation ended. */
import { z } from 'zod';

export const stoodSchema = z.strictObject({
  type: z.literal('stood'),
  /** End of the last evaluation, on the clock that both processes read. */
  atMs: z.number(),
  /** Evaluations that still ran; none, or its word was wrong. */
  inFlight: z.number(),
  /** Begun after it had said so; none, or its word was not kept. */
  begunSince: z.number(),
});

export type Stood = Readonly<z.infer<typeof stoodSchema>>;
