/** The answer under way: from sampled tokens to the text that goes out, and why it ends. */
import { createStopMatcher } from './stop-matcher.ts';
import { createTextStream } from './text-stream.ts';
import type { EndReason } from '../protocol/generate.ts';

export interface AnswerPiece {
  readonly text: string;
  readonly tokenIds: readonly number[];
}

export interface AnswerStep {
  /** Null while there is nothing to say yet. */
  readonly piece: AnswerPiece | null;
  readonly end: Extract<EndReason, 'stop' | 'length'> | null;
}

export interface Answer {
  /** Takes the next token, null for the model's own end. */
  push(token: number | null): AnswerStep;
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

export function createAnswer(options: AnswerOptions): Answer {
  const stream = createTextStream(options.detokenize, options.before);
  const matcher = createStopMatcher(options.stop);
  let tokens = 0;
  let streamed = 0;
  let waiting: number[] = [];

  /** Ids wait for text to go with, so that a piece is never empty without need. */
  const piece = (text: string, last: boolean): AnswerPiece | null => {
    if (text === '' && !(last && waiting.length > 0)) return null;
    const tokenIds = waiting;
    waiting = [];
    return { text, tokenIds };
  };
  const count = (token: number) => {
    tokens += 1;
    waiting.push(token);
  };

  return {
    get tokens() {
      return tokens;
    },
    push(token) {
      if (token === null) return { piece: piece(matcher.flush(), true), end: 'stop' };
      const start = streamed;
      const fresh = stream.push(token);
      streamed += fresh.length;
      const { text, stoppedAt } = matcher.push(fresh);
      if (stoppedAt !== null) {
        if (stoppedAt > start) count(token);
        return { piece: piece(text, true), end: 'stop' };
      }
      count(token);
      if (tokens < options.maxTokens) return { piece: piece(text, false), end: null };
      return { piece: piece(text + matcher.flush(), true), end: 'length' };
    },
    cut: () => piece(matcher.flush(), true),
  };
}
