/** A small symmetrical picture for an address: the same address always gives the same one. */

export interface Identicon {
  /** Filled cells, counted from the top left. */
  readonly cells: readonly { readonly x: number; readonly y: number }[];
  /** Degrees on the colour wheel. */
  readonly hue: number;
}

/** Cells on each side; odd, so that there is a middle column to mirror at. */
export const IDENTICON_SIZE = 5;

const HALF = Math.ceil(IDENTICON_SIZE / 2);
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Addresses are read without regard to case: a checksum in capitals is the same address. */
export function identicon(address: string): Identicon {
  const bits = hashOf(address.toLowerCase(), 0);
  const columns = Array.from({ length: IDENTICON_SIZE * HALF }, (_unused, index) => ({
    x: index % HALF,
    y: Math.floor(index / HALF),
    filled: ((bits >>> index) & 1) === 1,
  }));
  const left = columns.filter(({ filled }) => filled);
  const cells = left.flatMap(({ x, y }) => {
    const mirrored = IDENTICON_SIZE - 1 - x;
    return mirrored === x
      ? [{ x, y }]
      : [
          { x, y },
          { x: mirrored, y },
        ];
  });
  return { cells, hue: hashOf(address.toLowerCase(), 1) % 360 };
}

/** FNV-1a, 32 bits, stirred once more so that the low bits depend on every character. */
function hashOf(text: string, salt: number): number {
  let hash = FNV_START ^ salt;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
