/** Hashes of a growing file's blocks, by which each block can be checked again without the others. */
import { createHash, type Hash } from 'node:crypto';

/** What is known of a file's first bytes. */
export interface BlockHashes {
  /** SHA-256 of each whole block, in order. */
  readonly blocks: readonly string[];
  /** Of what follows them, less than a block; null where there is nothing. */
  readonly tail: { readonly bytes: number; readonly sha256: string } | null;
}

export interface BlockHasher {
  /** Bytes that were added so far. */
  readonly bytes: number;
  /** @returns whether a block was finished */
  add(bytes: Uint8Array): boolean;
  hashes(): BlockHashes;
}

export function createBlockHasher(blockBytes: number): BlockHasher {
  const blocks: string[] = [];
  let hash: Hash = createHash('sha256');
  let tailBytes = 0;
  return {
    get bytes() {
      return blocks.length * blockBytes + tailBytes;
    },
    add(bytes) {
      const before = blocks.length;
      let rest = bytes;
      while (rest.length > 0) {
        const piece = rest.subarray(0, blockBytes - tailBytes);
        rest = rest.subarray(piece.length);
        hash.update(piece);
        tailBytes += piece.length;
        if (tailBytes < blockBytes) continue;
        blocks.push(hash.digest('hex'));
        hash = createHash('sha256');
        tailBytes = 0;
      }
      return blocks.length > before;
    },
    hashes() {
      const tail = tailBytes === 0 ? null : { bytes: tailBytes, sha256: hash.copy().digest('hex') };
      return { blocks: [...blocks], tail };
    },
  };
}

/** The stretches of the file that a record vouches for, in order. */
export function stretchesOf(
  record: BlockHashes,
  blockBytes: number,
): readonly { readonly from: number; readonly bytes: number; readonly sha256: string }[] {
  const whole = record.blocks.map((sha256, index) => ({
    from: index * blockBytes,
    bytes: blockBytes,
    sha256,
  }));
  return record.tail === null
    ? whole
    : [...whole, { from: whole.length * blockBytes, ...record.tail }];
}
