/** Log-probabilities in the shape of the OpenAI API. */
import type { TokenLogprob } from '../protocol/generate.ts';

export interface RatedText {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8; null where the token alone is no whole character. */
  readonly bytes: readonly number[] | null;
}

export interface Logprobs {
  readonly content: readonly (RatedText & { readonly top_logprobs: readonly RatedText[] })[];
  readonly refusal: null;
}

const REPLACEMENT = '\uFFFD';
const encoder = new TextEncoder();

/**
 * The texts of all tokens are the answer's text, and their bytes its bytes: of several tokens that make up one
 * character, the last carries it and the others nothing.
 */
export function toLogprobs(tokens: readonly TokenLogprob[] | null): Logprobs | null {
  if (tokens === null) return null;
  const content = tokens.map(({ text, logprob, top }) => ({
    ...rated(text, logprob, utf8(text)),
    top_logprobs: top.map((each) =>
      rated(each.text, each.logprob, each.text.includes(REPLACEMENT) ? null : utf8(each.text)),
    ),
  }));
  return { content, refusal: null };
}

function rated(token: string, logprob: number, bytes: readonly number[] | null): RatedText {
  return { token, logprob, bytes };
}

function utf8(text: string): readonly number[] {
  return [...encoder.encode(text)];
}
