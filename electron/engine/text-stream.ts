/** Turns sampled tokens into text piece by piece, and holds back characters that are not complete yet. */

/** How many tokens of what came before tell the detokenizer about spaces. */
const TAIL_TOKENS = 8;
/** A window that never ends on a whole character is cut here, so that its cost stays bounded. */
const MAX_WINDOW_TOKENS = 64;
const REPLACEMENT = '\uFFFD';

export interface TextStream {
  /** @returns the new text that can no longer change; empty while a character is incomplete. */
  push(token: number): string;
  /** What `token` would add in the next one's place, with U+FFFD for a character that it leaves incomplete. */
  peek(token: number): string;
}

/**
 * A character may be spread over several tokens, and a token may end one character and begin the next. The
 * tokens since the last clean boundary are decoded together; only a U+FFFD at the very end can still turn
 * into something else, so everything before it goes out. One that is left at the end is never let out.
 */
export function createTextStream(
  detokenize: (tokens: readonly number[], previous: readonly number[]) => string,
  before: readonly number[],
): TextStream {
  let previous = before.slice(-TAIL_TOKENS);
  let window: number[] = [];
  let released = 0;

  return {
    push(token) {
      window.push(token);
      const text = detokenize(window, previous);
      const cut = window.length >= MAX_WINDOW_TOKENS;
      const incomplete = text.endsWith(REPLACEMENT) && !cut;
      const fresh = text.slice(released, incomplete ? -REPLACEMENT.length : text.length);
      if (incomplete) {
        released += fresh.length;
      } else {
        previous = [...previous, ...window].slice(-TAIL_TOKENS);
        window = [];
        released = 0;
      }
      return fresh;
    },
    peek: (token) => detokenize([...window, token], previous).slice(released),
  };
}
