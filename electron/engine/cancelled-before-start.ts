/** What somebody gets who stopped waiting before the engine had begun. */
import type { GenerateEvent } from '../protocol/generate.ts';

export const CANCELLED_BEFORE_START: GenerateEvent = {
  type: 'end',
  reason: 'cancelled',
  counts: { prompt: 0, cached: 0, output: 0 },
  timings: { queuedMs: 0, prefillMs: 0, firstTokenMs: null, totalMs: 0 },
};
