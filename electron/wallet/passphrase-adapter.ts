/** Judges passphrases with zxcvbn and its English lists; half a second to load, so it is imported when it is wanted. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';
import { MAX_PASSPHRASE_LENGTH } from '../ipc/ceremony.ts';
import type { Guessing } from './passphrase.ts';

/** @returns what judges one passphrase, given words that whoever guesses would try first */
export function createGuessing(): Guessing {
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common, ...english },
    graphs: adjacencyGraphs,
    translations,
    maxLength: MAX_PASSPHRASE_LENGTH,
  });
  return (passphrase, known) => {
    const { score, feedback } = zxcvbn.check(passphrase, [...known]);
    return { score, advice: feedback.warning ?? feedback.suggestions[0] ?? null };
  };
}
