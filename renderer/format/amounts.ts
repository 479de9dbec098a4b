/** Amounts of money as people read them: from whole token units to text, never through a float. */
import type { Asset } from '../../electron/ipc/network.ts';

interface Precision {
  /** Digits that are kept from the first one that is not zero; whole tokens are always written in full. */
  readonly significant: number;
  /** `down` never shows more than there is, `up` never less than may be charged. */
  readonly towards: 'down' | 'up';
}

const LIMIT: Precision = { significant: 3, towards: 'up' };
const ROUGH: Precision = { significant: 2, towards: 'down' };

/** Every digit, with the symbol: for receipts and balances. */
export function formatAmount(units: bigint, asset: Asset): string {
  return `${formatUnits(units, asset.decimals)} ${asset.symbol}`;
}

/** A limit in three digits, rounded up so that nothing above it is ever charged. */
export function formatLimit(units: bigint, asset: Asset): string {
  return `${formatUnits(units, asset.decimals, LIMIT)} ${asset.symbol}`;
}

/** A guess in two digits, without the symbol, to stand beside a limit. */
export function formatGuess(units: bigint, asset: Asset): string {
  return formatUnits(units, asset.decimals, ROUGH);
}

/** Money that came in with `+`, money that went out with a minus sign. */
export function formatFlow(units: bigint, asset: Asset, direction: 'in' | 'out'): string {
  return `${direction === 'in' ? '+' : '−'}${formatAmount(units, asset)}`;
}

/** For example `1,234.5` or `0.000126`. Without a precision nothing is rounded. */
export function formatUnits(units: bigint, decimals: number, precision?: Precision): string {
  if (units < 0n) return `−${formatUnits(-units, decimals, precision)}`;
  const shown = precision ? round(units, decimals, precision) : units;
  const digits = shown.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction === '' ? grouped(whole) : `${grouped(whole)}.${fraction}`;
}

function round(units: bigint, decimals: number, { significant, towards }: Precision): bigint {
  const surplus = Math.min(units.toString().length - significant, decimals);
  if (surplus <= 0) return units;
  const step = 10n ** BigInt(surplus);
  const below = units - (units % step);
  return towards === 'down' || below === units ? below : below + step;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** An amount that somebody typed, or what is wrong with it in a sentence. */
export type TypedAmount =
  | { readonly units: bigint; readonly fault: null }
  | { readonly units: null; readonly fault: string };

/** A whole number, or a point with digits on one side of it at least. */
const TYPED = /^(?:(\d+)(?:\.(\d*))?|\.(\d+))$/;
/** Far more than there is of anything; a longer number is a slip of the hand. */
const MAX_TYPED_LENGTH = 60;

/** Exact: text to units, never through a float. Separators are refused, since they mean different things to people. */
export function parseAmount(text: string, { symbol, decimals }: Asset): TypedAmount {
  const typed = text.trim();
  const parts = typed.length > MAX_TYPED_LENGTH ? null : TYPED.exec(typed);
  if (typed === '') return { units: null, fault: 'Enter an amount.' };
  if (!parts) {
    const fault = 'Write the amount in digits, with a point before decimals: 12.5';
    return { units: null, fault };
  }
  const [, whole = '', after, alone] = parts;
  const fraction = (after ?? alone ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) {
    return { units: null, fault: `${symbol} has no more than ${String(decimals)} decimals.` };
  }
  return { units: BigInt(whole + fraction.padEnd(decimals, '0')), fault: null };
}

/** As it would be typed: every digit, no separators. */
export function typedUnits(units: bigint, decimals: number): string {
  return formatUnits(units, decimals).replaceAll(',', '');
}
