/** Addresses and hashes, short enough to compare at a glance. */

const START = 6;
const END = 4;

/** For example `0x1234…abcd`; what is short already stays whole. */
export function shortHex(hex: string): string {
  if (hex.length <= START + END + 1) return hex;
  return `${hex.slice(0, START)}…${hex.slice(-END)}`;
}
