/** A phrase on its way into the vault: made or typed, confirmed, and overwritten as soon as it is not needed. */
import { ASKED_WORDS } from '../ipc/ceremony.ts';
import type { Random } from '../platform/random.ts';
import { wordsFrom } from './phrase-adapter.ts';
import { entropyOf, makeEntropy, wordsIn, type WordCount } from './phrase.ts';

export interface PhraseDraft {
  /** Makes a phrase in place of the one before. @returns its words, and the positions that will be asked for */
  make(count: WordCount): { readonly words: readonly string[]; readonly asked: readonly number[] };
  /** @returns the first position whose word is wrong; null when all are right; undefined when nothing was asked */
  confirm(answers: readonly string[]): number | null | undefined;
  /** Takes what its owner typed, in place of the one before. @throws AppError `phrase-invalid` */
  take(text: string): Uint8Array;
  /** None while there is no phrase. */
  words(): readonly string[];
  /** Null until its owner has shown to have the words. Stays the draft's. */
  confirmed(): Uint8Array | null;
  discard(): void;
}

interface Phrase {
  readonly entropy: Uint8Array;
  readonly words: readonly string[];
  /** Positions from 1; none once it is confirmed. */
  readonly asked: readonly number[];
}

export function createPhraseDraft(random: Random): PhraseDraft {
  let phrase: Phrase | null = null;

  function discard(): void {
    phrase?.entropy.fill(0);
    phrase = null;
  }

  return {
    make(count) {
      discard();
      const entropy = makeEntropy(count, random);
      phrase = { entropy, words: wordsFrom(entropy), asked: pickPositions(count, random) };
      return { words: phrase.words, asked: phrase.asked };
    },
    confirm(answers) {
      if (!phrase || phrase.asked.length === 0) return undefined;
      const { words, asked } = phrase;
      const isWrong = (at: number, index: number): boolean =>
        wordsIn(answers[index] ?? '').join(' ') !== words[at - 1];
      const wrong = asked.find(isWrong);
      if (wrong === undefined) phrase = { ...phrase, asked: [] };
      return wrong ?? null;
    },
    take(text) {
      discard();
      const entropy = entropyOf(text);
      phrase = { entropy, words: wordsIn(text), asked: [] };
      return entropy;
    },
    words: () => phrase?.words ?? [],
    confirmed: () => (phrase?.asked.length === 0 ? phrase.entropy : null),
    discard,
  };
}

/** Different ones, rising. */
function pickPositions(count: number, random: Random): readonly number[] {
  const left = Array.from({ length: count }, (_value, index) => index + 1);
  const picked = Array.from({ length: ASKED_WORDS }, () =>
    left.splice(random.seed() % left.length, 1),
  );
  return picked.flat().sort((a, b) => a - b);
}
