/** What the rest of Lull sees of an engine. */
import type { GenerateEvent, GenerateRequest } from '../protocol/generate.ts';
import type { RelayShare } from '../protocol/relay-share.ts';

export interface EngineRequest extends GenerateRequest {
  /**
   * Set for a relay: it is paced, waits while its owner's own requests run, and ends with `owner-returned` when
   * one of those needs its place.
   */
  readonly relay?: RelayShare | undefined;
  /**
   * Whose cached state it may use and add to: requests share cached tokens under the same name only, because how fast
   * a prompt is read tells what somebody else has asked. Left out, it is the owner's own.
   */
  readonly cacheKey?: string | undefined;
  /** Keeps the conversation's state for so many seconds after the answer (1 to 600), for its next question. */
  readonly holdSeconds?: number | undefined;
  /** Samples with Lull's own sampler, which anybody can replay from the seed; left out, with llama.cpp's. */
  readonly isReplayable?: boolean | undefined;
}

/**
 * A loaded model that answers. The iterator ends with exactly one `end` event or throws an `AppError`
 * (`engine-crashed`, `engine-busy`, `context-exceeded`, `model-load-failed`, `no-model`, `owner-returned` …). Aborting `signal`
 * stops it within one step and still yields `end` with reason `cancelled`.
 */
export interface Engine {
  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<GenerateEvent>;
}
