/** A download limit as it is typed, in megabytes per second. */

const MEGABYTE = 1_000_000;
/** As main takes it, in bytes per second. */
const LEAST = 10_000;
const MOST = 10 ** 10;

export type TypedLimit =
  { readonly bytesPerSecond: number; readonly fault: null } | { readonly fault: string };

/** @param text with a point or a comma, for example `2.5` */
export function parseLimit(text: string): TypedLimit {
  const plain = text.trim().replace(',', '.');
  if (!/^(\d+\.?\d*|\.\d+)$/.test(plain)) return { fault: 'Write a number, for example 2.5.' };
  const bytesPerSecond = Math.round(Number(plain) * MEGABYTE);
  if (bytesPerSecond < LEAST) return { fault: 'At least 0.01 MB/s, or a download never ends.' };
  if (bytesPerSecond > MOST) return { fault: 'At most 10000 MB/s.' };
  return { bytesPerSecond, fault: null };
}

/** What would be typed for it. */
export function megabytes(bytesPerSecond: number): string {
  return String(bytesPerSecond / MEGABYTE);
}
