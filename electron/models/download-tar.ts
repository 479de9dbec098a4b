/** Takes one regular file out of a tar stream, holding no more than a block of it. */

export const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
const REGULAR = ['0', '\0'];
/** An archive with more than this before the wanted file is none of ours, and unpacking it could take for ever. */
const MAX_ENTRIES = 1_000;
const MAX_SKIPPED_BYTES = 2 ** 30;

/** The archive is not one, or not the promised one; the message says why. */
export class TarFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TarFault';
  }
}

export interface TarEntry {
  readonly name: string;
  readonly isRegular: boolean;
  readonly sizeBytes: number;
}

/**
 * Yields the bytes of `member`, exactly `sizeBytes` of them, and then stops reading.
 *
 * @throws TarFault
 */
export async function* tarMember(
  chunks: AsyncIterable<Uint8Array>,
  member: string,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  const input = createTarReader(chunks);
  let skippedBytes = 0;
  for (let count = 0; count < MAX_ENTRIES; count++) {
    const header = await input.exactly(BLOCK_BYTES);
    if (header === null) break;
    const entry = parseTarHeader(header);
    if (entry === null) break;
    if (entry.name !== member) {
      skippedBytes += entry.sizeBytes;
      if (skippedBytes > MAX_SKIPPED_BYTES) break;
      await skipBytes(input, paddedBytes(entry.sizeBytes));
      continue;
    }
    if (!entry.isRegular || entry.sizeBytes !== sizeBytes) {
      throw new TarFault(
        `${member} in the archive has ${entry.sizeBytes} bytes, not ${sizeBytes}.`,
      );
    }
    for (let left = sizeBytes; left > 0;) {
      const bytes = await input.some(left);
      if (bytes === null) throw new TarFault('The archive ends too early.');
      left -= bytes.length;
      yield bytes;
    }
    return;
  }
  throw new TarFault(`The archive has no ${member}.`);
}

export interface TarReader {
  /** One to `most` bytes; null at the end. */
  some(most: number): Promise<Uint8Array | null>;
  /** Null at the end, also when only some of them are left. */
  exactly(bytes: number): Promise<Uint8Array | null>;
}

export function createTarReader(chunks: AsyncIterable<Uint8Array>): TarReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  async function some(most: number): Promise<Uint8Array | null> {
    while (rest.length === 0) {
      const item = await iterator.next();
      if (item.done === true) return null;
      rest = item.value;
    }
    const bytes = rest.subarray(0, most);
    rest = rest.subarray(bytes.length);
    return bytes;
  }

  return {
    some,
    async exactly(count) {
      const whole = new Uint8Array(count);
      for (let have = 0; have < count;) {
        const bytes = await some(count - have);
        if (bytes === null) return null;
        whole.set(bytes, have);
        have += bytes.length;
      }
      return whole;
    },
  };
}

export async function skipBytes(input: TarReader, bytes: number): Promise<void> {
  for (let left = bytes; left > 0;) {
    const skipped = await input.some(left);
    if (skipped === null) throw new TarFault('The archive ends too early.');
    left -= skipped.length;
  }
}

export function paddedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Null for the block of zeroes that ends an archive. @throws TarFault */
export function parseTarHeader(header: Uint8Array): TarEntry | null {
  if (header.every((byte) => byte === 0)) return null;
  const stored = octal(header, CHECKSUM_AT, CHECKSUM_LENGTH);
  const sum = header.reduce((total, byte, at) => total + (isChecksum(at) ? 0x20 : byte), 0);
  if (stored !== sum) throw new TarFault('What was fetched is not a tar archive.');
  const sizeBytes = octal(header, 124, 12);
  if (sizeBytes === null) {
    throw new TarFault('The archive names a size that cannot be.');
  }
  const isUstar = text(header, 257, 5) === 'ustar';
  const prefix = isUstar ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    isRegular: REGULAR.includes(String.fromCharCode(header[156] ?? 1)),
    sizeBytes,
  };
}

function isChecksum(at: number): boolean {
  return at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_LENGTH;
}

/** Null for what is no octal number; sizes in base 256 (over 8 GiB) are not read. */
function octal(header: Uint8Array, from: number, length: number): number | null {
  const digits = text(header, from, length).trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

function text(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString('latin1');
}
