/** What the rest of Lull sees of an engine. */
import type { GenerateEvent, GenerateRequest } from '../protocol/generate.ts';

/**
 * A loaded model that answers. The iterator ends with exactly one `end` event or throws an `AppError`
 * (`engine-crashed`, `engine-busy`, `context-exceeded`, `model-load-failed`, `no-model` …). Aborting `signal`
 * stops it within one step and still yields `end` with reason `cancelled`.
 */
export interface Engine {
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GenerateEvent>;
}
