/** Numbers as people read them: sizes, counts, speeds. */

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A file's size, in powers of 1000 as download pages give it. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit: string = DECIMAL[0];
  for (const name of DECIMAL.slice(1)) {
    if (value < 999.5) break;
    value /= 1000;
    unit = name;
  }
  return `${unit === 'B' ? String(Math.round(value)) : threeDigits(value)} ${unit}`;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** Memory of a device, in powers of 1024 as it is built. */
export function formatMemory(bytes: number): string {
  if (bytes >= GIB) return `${threeDigits(bytes / GIB)} GiB`;
  return `${String(Math.round(bytes / MIB))} MiB`;
}

/** For example `26 M` or `1.1 B` parameters. */
export function formatParameters(count: number): string {
  if (count >= 999.5e6) return `${threeDigits(count / 1e9)} B`;
  if (count >= 999_500) return `${threeDigits(count / 1e6)} M`;
  return formatCount(count);
}

/** A whole number with separators. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** Tokens per second. */
export function formatRate(tokensPerSecond: number): string {
  const digits = tokensPerSecond >= 9.95 ? 0 : tokensPerSecond >= 0.095 ? 1 : 2;
  return `${tokensPerSecond.toFixed(digits)} tok/s`;
}

/** A file on its way, for example `21 MB/s`. */
export function formatBytesRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

const KIBI = 1024;

/** A context as people name it, for example `32k`; others in full. */
export function formatContext(tokens: number): string {
  return tokens >= KIBI && tokens % KIBI === 0
    ? `${formatCount(tokens / KIBI)}k`
    : formatCount(tokens);
}

/** 0 to 1 as whole per cent; never 100 before it is done. */
export function formatPercent(share: number): string {
  const percent = Math.floor(Math.min(1, Math.max(0, share)) * 100);
  return `${String(percent)} %`;
}

/** Up to three digits that mean something: 0.5, 1.1, 27.7, 322. */
function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  const text = value.toFixed(1);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
