/** One request on its way through the scheduler: what it was asked, how far it is, what it has told. */
import type { Clock } from '../platform/clock.ts';
import type { AppError } from '../platform/app-error.ts';
import { createAnswer, type Answer, type AnswerPiece } from './answer.ts';
import type { ModelContext, SampledToken, SampleOptions } from './model-context.ts';
import type { Known } from './places.ts';
import type { Counts, EndReason, GenerateEvent, Timings } from '../protocol/generate.ts';
import type { EngineRequest } from './ports.ts';

/** Hears everything about one request: events and then nothing more after `end` or `onError`. */
export interface GenerationSink {
  onEvent(event: GenerateEvent): void;
  onError(error: AppError): void;
}

export interface Generation {
  readonly request: EngineRequest;
  readonly prompt: readonly number[];
  /** How its tokens are to be drawn, with the seed. */
  readonly sampling: SampleOptions;
  readonly ended: boolean;
  /** Its reader is behind: it is not to write for now. */
  readonly held: boolean;
  /** Tokens that it may still get; one at least while it has not ended. */
  readonly room: number;
  admit(known: Known): void;
  /** Takes one sampled token, null for the model's own end. */
  accept(token: SampledToken | null): void;
  hold(isHeld: boolean): void;
  cancel(): void;
  fail(error: AppError): void;
}

interface Progress {
  readonly arrivedMs: number;
  admittedMs: number | null;
  firstTokenMs: number | null;
  known: Known;
  ended: boolean;
  held: boolean;
}

export function createGeneration(
  request: EngineRequest,
  prompt: readonly number[],
  seed: number,
  model: ModelContext,
  clock: Clock,
  sink: GenerationSink,
): Generation {
  const room = model.contextTokens - prompt.length;
  const maxTokens = Math.min(request.maxTokens ?? room, room);
  const answer: Answer = createAnswer({
    detokenize: (tokens, previous) => model.detokenize(tokens, previous),
    before: prompt,
    stop: [...model.endTexts, ...request.stop],
    maxTokens,
  });
  const progress: Progress = {
    arrivedMs: clock.monotonicMs(),
    admittedMs: null,
    firstTokenMs: null,
    known: { tokens: 0, held: 0 },
    ended: false,
    held: false,
  };
  const counts = (): Counts => ({
    prompt: prompt.length,
    cached: progress.known.tokens,
    ...(progress.known.held > 0 && { held: progress.known.held }),
    output: answer.tokens,
  });
  const tell = (piece: AnswerPiece | null) => {
    if (piece !== null) sink.onEvent({ type: 'tokens', ...piece });
  };
  const end = (reason: EndReason) => {
    progress.ended = true;
    sink.onEvent({ type: 'end', reason, counts: counts(), timings: timings(progress, clock) });
  };

  return {
    request,
    prompt,
    sampling: {
      ...request.sampling,
      seed,
      topLogprobs: request.topLogprobs,
      isReplayable: request.isReplayable,
    },
    get ended() {
      return progress.ended;
    },
    get held() {
      return progress.held;
    },
    get room() {
      return maxTokens - answer.tokens;
    },
    admit(known) {
      progress.admittedMs = clock.monotonicMs();
      progress.known = known;
      sink.onEvent({ type: 'start', seed, counts: counts() });
    },
    accept(token) {
      if (progress.ended) return;
      if (token !== null) progress.firstTokenMs ??= clock.monotonicMs();
      const step = answer.push(token);
      tell(step.piece);
      if (step.end !== null) end(step.end);
    },
    hold(isHeld) {
      progress.held = isHeld;
    },
    cancel() {
      if (progress.ended) return;
      tell(answer.cut());
      end('cancelled');
    },
    fail(error) {
      if (progress.ended) return;
      progress.ended = true;
      sink.onError(error);
    },
  };
}

function timings(progress: Progress, clock: Clock): Timings {
  const now = clock.monotonicMs();
  const { arrivedMs, admittedMs, firstTokenMs } = progress;
  return {
    queuedMs: (admittedMs ?? now) - arrivedMs,
    prefillMs: admittedMs === null ? 0 : (firstTokenMs ?? now) - admittedMs,
    firstTokenMs: firstTokenMs === null ? null : firstTokenMs - arrivedMs,
    totalMs: now - arrivedMs,
  };
}
