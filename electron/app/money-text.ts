/** Amounts as exact decimal text, for what main itself writes: files, sentences, what is about to be signed. */
import type { Asset } from '../ipc/network.ts';

/** Every digit and no separators: `1234.5`, `0.000126`, `-2`. */
export function decimalText(units: bigint, decimals: number): string {
  if (units < 0n) return `-${decimalText(-units, decimals)}`;
  const digits = units.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** For example `1.5 PRAC`. */
export function amountText(units: bigint, { symbol, decimals }: Asset): string {
  return `${decimalText(units, decimals)} ${symbol}`;
}
