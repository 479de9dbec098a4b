/** What a calibration found, as bars and as a sentence. */
import type { Calibration } from '../../../electron/ipc/models.ts';
import { formatCount } from '../../format/numbers.ts';

export interface SpeedBar {
  readonly name: string;
  readonly tokensPerSecond: number;
  /** Of the fastest, 0 to 1. */
  readonly share: number;
}

/** None before it was measured. */
export function speedBars(calibration: Calibration): readonly SpeedBar[] {
  const { promptTokensPerSecond, tokensPerSecond, fourTokensPerSecond } = calibration;
  const rates = [
    { name: 'Reading a question', rate: promptTokensPerSecond },
    { name: 'Writing one answer', rate: tokensPerSecond },
    { name: 'Writing four at once, together', rate: fourTokensPerSecond },
  ];
  const top = Math.max(...rates.map(({ rate }) => rate ?? 0));
  return rates.flatMap(({ name, rate }) =>
    rate === null ? [] : [{ name, tokensPerSecond: rate, share: top > 0 ? rate / top : 0 }],
  );
}

/** English text has about three words in four tokens. */
const WORDS_PER_TOKEN = 0.75;
const READ_WORDS_PER_MINUTE = 250;

export function readingWords(tokensPerSecond: number): string {
  const words = tokensPerSecond * WORDS_PER_TOKEN * 60;
  const rounded = words >= 100 ? Math.round(words / 10) * 10 : Math.round(words);
  return `One answer comes at about ${formatCount(rounded)} words a minute; most people read about ${String(READ_WORDS_PER_MINUTE)}.`;
}
