/** A clock that reads the same in two processes of one computer, and what one tells the other by it. */
import { z } from 'zod';

export const stoppedSchema = z.strictObject({ type: z.literal('stopped'), atMs: z.number() });

/** When the last evaluation ended that began before the engine stood still. */
export type Stopped = Readonly<z.infer<typeof stoppedSchema>>;

export function sharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
