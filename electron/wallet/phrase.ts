/** Recovery phrases as people type them: what is wrong with one, in words, and the bytes of a good one. */
import type { WordsCheck } from '../ipc/ceremony.ts';
import { AppError } from '../platform/app-error.ts';
import type { Random } from '../platform/random.ts';
import { entropyFrom, WORDS } from './phrase-adapter.ts';

export type WordCount = 12 | 24;

const ENTROPY_BYTES: Readonly<Record<WordCount, number>> = { 12: 16, 24: 32 };
const COUNTS: readonly number[] = [12, 24];
/** The list is made so that so many letters tell a word. */
const TELLING_LETTERS = 4;
const MAX_SHOWN_LETTERS = 24;

const known: ReadonlySet<string> = new Set(WORDS);

export function makeEntropy(count: WordCount, random: Random): Uint8Array {
  return random.bytes(ENTROPY_BYTES[count]);
}

/** Lower case, without accents, what cannot be seen, numbers ("1. abandon"), commas and spare spaces. */
export function wordsIn(text: string): readonly string[] {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .split(/[\s,;]+/u)
    .map((word) => word.replace(/^\d*[.):-]*/, ''))
    .filter((word) => word !== '');
}

/** While it is being typed: a last word that may still become a good one is not held against anybody. */
export function checkPhrase(text: string): WordsCheck {
  const words = wordsIn(text);
  const count = words.length;
  const isTyping = !/[\s,;]$/u.test(text);
  const index = words.findIndex(
    (word, at) => !known.has(word) && !(isTyping && at === count - 1 && isBeginning(word)),
  );
  const word = words[index];
  if (word !== undefined) {
    const bad = { position: index + 1, word: shown(word), suggestion: suggestion(word) };
    return { count, state: 'bad-word', bad };
  }
  if (!COUNTS.includes(count)) return { count, state: 'typing', bad: null };
  const entropy = entropyFrom(words);
  entropy?.fill(0);
  if (entropy) return { count, state: 'good', bad: null };
  // The last word may be half typed.
  const isHalf = !known.has(words[count - 1] ?? '');
  return { count, state: isHalf ? 'typing' : 'bad-checksum', bad: null };
}

/**
 * @returns 16 or 32 bytes, the caller's to overwrite
 * @throws AppError `phrase-invalid`, naming the first word that is wrong; such details are for the page, never for a log
 */
export function entropyOf(text: string): Uint8Array {
  const words = wordsIn(text);
  const bad = words.findIndex((word) => !known.has(word));
  const word = words[bad];
  if (word !== undefined) {
    const better = suggestion(word);
    const question = better === null ? '' : ` Did you mean “${better}”?`;
    throw invalid(`Word ${bad + 1}, “${shown(word)}”, is not in the list.${question}`);
  }
  if (!COUNTS.includes(words.length)) {
    throw invalid(`A phrase has 12 or 24 words; these are ${words.length}.`);
  }
  const entropy = entropyFrom(words);
  if (!entropy) {
    throw invalid(
      'Every word is in the list, but together they fail the check: one is wrong, or out of order.',
    );
  }
  return entropy;
}

function invalid(details: string): AppError {
  return new AppError('phrase-invalid', { details });
}

function shown(word: string): string {
  return word.slice(0, MAX_SHOWN_LETTERS);
}

function isBeginning(word: string): boolean {
  return WORDS.some((candidate) => candidate.startsWith(word));
}

/** The one word that was probably meant; null when none or several come to mind. */
function suggestion(word: string): string | null {
  const beginning = word.slice(0, TELLING_LETTERS);
  const alike = word.length < TELLING_LETTERS ? [] : WORDS.filter((w) => w.startsWith(beginning));
  const close = alike.length === 1 ? alike : WORDS.filter((w) => isOneSlip(w, word));
  return close.length === 1 ? (close[0] ?? null) : null;
}

/** One letter too many, too few or wrong, or two neighbours swapped. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  const restA = a.slice(from);
  const restB = b.slice(from);
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
