/** Addresses and hashes, short enough to compare at a glance. */

const START = 6;
const END = 4;

/** For example `0x1234…abcd`; what is short already stays whole. */
export function shortHex(hex: string): string {
  if (hex.length <= START + END + 1) return hex;
  return `${hex.slice(0, START)}…${hex.slice(-END)}`;
}

const GROUP = 4;

/** For example `0x 2B5A D5c4 …`: the prefix, then groups of four that two people can read to each other. */
export function addressGroups(address: string): readonly string[] {
  const digits = address.slice(2);
  const groups = Array.from({ length: Math.ceil(digits.length / GROUP) }, (_unused, index) =>
    digits.slice(index * GROUP, (index + 1) * GROUP),
  );
  return [address.slice(0, 2), ...groups];
}
