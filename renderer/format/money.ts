/** Money of the owner's own currency: from whole millionths to text and back, never through a float. */

const MICROS = 1_000_000n;
const DECIMALS = 6;
/** As many digits as cents have, once there is that much. */
const USUAL_STEP = 10_000n;
const SIGNIFICANT = 3;

/** For example `12.35 EUR`, `0.089 EUR` or `−1.2 EUR`: cents, and for less than one unit three digits. */
export function formatMicros(micros: bigint, currency: string): string {
  const sign = micros < 0n ? '−' : '';
  return `${sign}${numberOf(micros < 0n ? -micros : micros)} ${currency}`;
}

function numberOf(micros: bigint): string {
  if (micros >= MICROS) return withFraction(roundTo(micros, USUAL_STEP), 2);
  const surplus = micros.toString().length - SIGNIFICANT;
  const step = surplus <= 0 ? 1n : 10n ** BigInt(surplus);
  return withFraction(roundTo(micros, step), 2);
}

function roundTo(micros: bigint, step: bigint): bigint {
  return ((micros + step / 2n) / step) * step;
}

function withFraction(micros: bigint, least: number): string {
  const whole = (micros / MICROS).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = (micros % MICROS).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return `${whole}.${fraction.padEnd(least, '0')}`;
}

/** As it would be typed: every digit, no separators. */
export function typedMicros(micros: number): string {
  const all = BigInt(micros);
  const fraction = (all % MICROS).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return `${(all / MICROS).toString()}.${fraction.padEnd(2, '0')}`;
}

export type TypedMicros =
  { readonly micros: number; readonly fault: null } | { readonly fault: string };

const TYPED = /^(?:(\d+)(?:[.,](\d*))?|[.,](\d+))$/;
/** More than any price is; a longer number is a slip of the hand. */
const MOST_DIGITS = 9;

/** @param example what a right one looks like, for example `0.30` */
export function parseMicros(text: string, example: string): TypedMicros {
  const typed = text.trim();
  const parts = TYPED.exec(typed);
  if (!parts) return { fault: `Write a number, for example ${example}.` };
  const [, whole = '', after, alone] = parts;
  const fraction = (after ?? alone ?? '').replace(/0+$/, '');
  if (fraction.length > DECIMALS) return { fault: 'At most 6 digits after the point.' };
  if (whole.replace(/^0+/, '').length > MOST_DIGITS) return { fault: 'That is too much.' };
  return { micros: Number(whole + fraction.padEnd(DECIMALS, '0')), fault: null };
}
