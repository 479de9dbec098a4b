/** The answer under way: from sampled tokens to the text that goes out, and why it ends. */
import type { SampledToken } from './model-context.ts';
import { createStopMatcher } from './stop-matcher.ts';
import { createTextStream, type TextStream } from './text-stream.ts';
import type { EndReason, TokenLogprob } from '../protocol/generate.ts';

export interface AnswerPiece {
  readonly text: string;
  readonly tokenIds: readonly number[];
  /** One for each id, where they were rated. */
  readonly logprobs?: readonly TokenLogprob[];
}

export interface AnswerStep {
  /** Null while there is nothing to say yet. */
  readonly piece: AnswerPiece | null;
  readonly end: Extract<EndReason, 'stop' | 'length'> | null;
}

export interface Answer {
  /** Takes the next token, null for the model's own end. */
  push(token: SampledToken | null): AnswerStep;
  /** What was held back when the answer is cut short. */
  cut(): AnswerPiece | null;
  /** Tokens that belong to the answer; the pieces carry exactly these ids. */
  readonly tokens: number;
}

export interface AnswerOptions {
  readonly detokenize: (tokens: readonly number[], previous: readonly number[]) => string;
  /** The prompt's tokens. */
  readonly before: readonly number[];
  readonly stop: readonly string[];
  /** One at least. */
  readonly maxTokens: number;
}

/** A token that belongs to the answer and has not gone out. */
interface Waiting {
  readonly id: number;
  /** Where its text begins in the whole. */
  readonly start: number;
  readonly logprob: TokenLogprob | null;
}

export function createAnswer(options: AnswerOptions): Answer {
  const stream = createTextStream(options.detokenize, options.before);
  const matcher = createStopMatcher(options.stop);
  let tokens = 0;
  let streamed = 0;
  let released = 0;
  let waiting: readonly Waiting[] = [];
  let isRated = false;

  /** Ids wait for text to go with, so that a piece is never empty without need. */
  const piece = (text: string, last: boolean): AnswerPiece | null => {
    if (text === '' && !(last && waiting.length > 0)) return null;
    released += text.length;
    const isWhole = ({ start, logprob }: Waiting) =>
      logprob === null || start + logprob.text.length <= released;
    const stays = waiting.findIndex((token) => !isWhole(token));
    const goes = last || stays === -1 ? waiting : waiting.slice(0, stays);
    waiting = waiting.slice(goes.length);
    const tokenIds = goes.map(({ id }) => id);
    return isRated ? { text, tokenIds, logprobs: ratings(goes, released) } : { text, tokenIds };
  };
  const count = (token: Waiting) => {
    tokens += 1;
    waiting = [...waiting, token];
  };

  return {
    get tokens() {
      return tokens;
    },
    push(token) {
      if (token === null) return { piece: piece(matcher.flush(), true), end: 'stop' };
      const start = streamed;
      isRated = token.rating !== null;
      const { fresh, logprob } = read(stream, token);
      const taken = { id: token.id, start, logprob };
      streamed += fresh.length;
      const { text, stoppedAt } = matcher.push(fresh);
      if (stoppedAt !== null) {
        if (stoppedAt > start) count(taken);
        return { piece: piece(text, true), end: 'stop' };
      }
      count(taken);
      if (tokens < options.maxTokens) return { piece: piece(text, false), end: null };
      return { piece: piece(text + matcher.flush(), true), end: 'length' };
    },
    cut: () => piece(matcher.flush(), true),
  };
}

/** The token's text, and its rating with all texts; the others are looked at before it changes what they would add. */
function read(stream: TextStream, { id, rating }: SampledToken) {
  const others = rating?.top.map((each) => ({ ...each, text: stream.peek(each.id) })) ?? [];
  const fresh = stream.push(id);
  if (rating === null) return { fresh, logprob: null };
  const top = others.map((each) => (each.id === id ? { ...each, text: fresh } : each));
  return { fresh, logprob: { text: fresh, logprob: rating.logprob, top } };
}

/** A rated token goes out with all of its text, or with what a stop text left of it. */
function ratings(tokens: readonly Waiting[], released: number): readonly TokenLogprob[] {
  return tokens.flatMap(({ start, logprob }) => {
    if (logprob === null) return [];
    return [{ ...logprob, text: logprob.text.slice(0, Math.max(0, released - start)) }];
  });
}
