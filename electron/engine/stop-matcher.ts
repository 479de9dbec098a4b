/** Finds stop strings in text that arrives in pieces, and lets out only what cannot be part of one. */

export interface StopMatch {
  /** Text that is certainly part of the answer. */
  readonly text: string;
  /** Where the stop string begins, counted from the start of the whole text; null while there is none. */
  readonly stoppedAt: number | null;
}

export interface StopMatcher {
  /** @returns the text that may go out now. After a match nothing more may be pushed. */
  push(piece: string): StopMatch;
  /** The text held back so far; the whole text is over. */
  flush(): string;
}

/**
 * The match is the stop string that is complete first; of two that are complete at the same character, the
 * one that began earlier. So the result does not depend on how the text was cut into pieces.
 */
export function createStopMatcher(stops: readonly string[]): StopMatcher {
  const wanted = stops.filter((stop) => stop.length > 0);
  let held = '';
  let released = 0;

  const release = (length: number): string => {
    const text = held.slice(0, length);
    held = held.slice(length);
    released += length;
    return text;
  };

  return {
    push(piece) {
      held += piece;
      const start = firstComplete(held, wanted);
      if (start === null) {
        return { text: release(held.length - partialLength(held, wanted)), stoppedAt: null };
      }
      const text = release(start);
      held = '';
      return { text, stoppedAt: released };
    },
    flush: () => release(held.length),
  };
}

/** Where the stop string that ends first begins; null when none is complete. */
function firstComplete(text: string, stops: readonly string[]): number | null {
  let best: { start: number; end: number } | null = null;
  for (const stop of stops) {
    const start = text.indexOf(stop);
    if (start < 0) continue;
    const end = start + stop.length;
    const earlier = best === null || end < best.end || (end === best.end && start < best.start);
    if (earlier) best = { start, end };
  }
  return best?.start ?? null;
}

/** Length of the longest end of `text` with which a stop string could still begin. */
function partialLength(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
