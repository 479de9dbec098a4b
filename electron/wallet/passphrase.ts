/** Which passphrases are taken. */
import type { Strength } from '../ipc/ceremony.ts';
import { AppError } from '../platform/app-error.ts';

/** In code points: a letter is one, however many bytes it has. */
export const MIN_PASSPHRASE_LENGTH = 12;
const MIN_SCORE = 3;
/** What somebody who knows Lull would try first. */
const KNOWN = ['lull', 'wallet', 'lull wallet', 'lullwallet', 'correct horse battery staple'];

/** How hard a passphrase is to guess, 0 to 4 as zxcvbn counts, and what would help. */
export type Guessing = (
  passphrase: string,
  known: readonly string[],
) => { readonly score: number; readonly advice: string | null };

/** The same characters however the keyboard composed them. */
export function normalisePassphrase(text: string): string {
  return text.normalize('NFKC');
}

/** @param own words that do not count: the phrase's, which the passphrase is to protect */
export function passphraseStrength(
  text: string,
  guessing: Guessing,
  own: readonly string[] = [],
): Strength {
  const passphrase = normalisePassphrase(text)
    .split(' ')
    .filter((word) => !own.includes(word.toLowerCase()))
    .join(' ');
  const { score, advice } = guessing(passphrase, KNOWN);
  const missing = MIN_PASSPHRASE_LENGTH - Array.from(passphrase).length;
  const isEnough = missing <= 0 && score >= MIN_SCORE;
  if (missing > 0) {
    const more = missing === 1 ? 'One more character' : `${missing} more characters`;
    return { score, isEnough, advice: score < MIN_SCORE && advice !== null ? advice : `${more}.` };
  }
  return { score, isEnough, advice: isEnough ? null : (advice ?? 'Add a word or two.') };
}

/** @throws AppError `passphrase-weak` */
export function requireStrength({ isEnough, advice }: Strength): void {
  if (!isEnough) throw new AppError('passphrase-weak', advice === null ? {} : { details: advice });
}
