/** Prompts of a wished length that nobody has seen before, the same for both sides. */
import type { ServerSide } from './server-side.ts';

const WORDS =
  'the old river runs past a quiet town where people sell bread fish cloth and paper every morning ' +
  'while children walk to school under tall trees and birds sing over roofs of red stone until rain ' +
  'comes from high hills and fills each street with water that shines like glass in late light';
const LEAST_WORDS = 4;

export interface Texts {
  /** About so many tokens; another text for each seed. */
  ofLength(tokens: number, seed: number): Promise<string>;
}

export function createTexts(server: Pick<ServerSide, 'count'>): Texts {
  return {
    async ofLength(tokens, seed) {
      const words = shuffled(tokens, seed);
      const text = words.join(' ');
      const share = tokens / (await server.count(text));
      const length = Math.max(LEAST_WORDS, Math.round(words.length * Math.min(1, share)));
      return words.slice(0, length).join(' ');
    },
  };
}

function shuffled(count: number, seed: number): readonly string[] {
  const words = WORDS.split(' ');
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return words[(state >>> 8) % words.length] ?? '';
  });
}
