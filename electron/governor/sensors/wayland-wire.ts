/** How Wayland writes its messages: numbers of 32 bits in the byte order of the machine, texts padded to them. */
import { endianness } from 'node:os';

export interface WireMessage {
  /** Of the object that speaks or is spoken to. */
  readonly object: number;
  /** Which of its events or requests. */
  readonly opcode: number;
  readonly body: WireReader;
}

export interface WireReader {
  /** @throws RangeError beyond the end, as the next one */
  uint(): number;
  text(): string;
}

const HEADER_BYTES = 8;
const WORD_BYTES = 4;
const IS_LITTLE = endianness() === 'LE';

/** @param args numbers and texts, in the order of the protocol */
export function wireRequest(
  object: number,
  opcode: number,
  args: readonly (number | string)[],
): Buffer {
  const body = Buffer.concat(
    args.map((arg) => (typeof arg === 'number' ? word(arg) : textBytes(arg))),
  );
  return Buffer.concat([word(object), word(((HEADER_BYTES + body.length) << 16) | opcode), body]);
}

/**
 * Cuts a stream into messages, wherever it was torn.
 * @returns feeds it; throws RangeError for a message that cannot be one
 */
export function createWireSplitter(): (chunk: Buffer) => readonly WireMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: WireMessage[] = [];
    while (rest.length >= HEADER_BYTES) {
      const size = readWord(rest, WORD_BYTES) >>> 16;
      if (size < HEADER_BYTES) throw new RangeError('a message is shorter than its own head');
      if (rest.length < size) break;
      messages.push({
        object: readWord(rest, 0),
        opcode: readWord(rest, WORD_BYTES) & 0xffff,
        body: createReader(rest.subarray(HEADER_BYTES, size)),
      });
      rest = rest.subarray(size);
    }
    return messages;
  };
}

function createReader(bytes: Buffer): WireReader {
  let at = 0;
  const uint = (): number => {
    const value = readWord(bytes, at);
    at += WORD_BYTES;
    return value;
  };
  return {
    uint,
    text() {
      const length = uint();
      if (at + length > bytes.length) throw new RangeError('a text is longer than its message');
      // The last byte is a zero that belongs to no text.
      const value = bytes.toString('utf8', at, at + Math.max(0, length - 1));
      at += padded(length);
      return value;
    },
  };
}

function textBytes(text: string): Buffer {
  const length = Buffer.byteLength(text) + 1;
  const bytes = Buffer.alloc(padded(length));
  bytes.write(text);
  return Buffer.concat([word(length), bytes]);
}

function padded(length: number): number {
  return Math.ceil(length / WORD_BYTES) * WORD_BYTES;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(WORD_BYTES);
  if (IS_LITTLE) bytes.writeUInt32LE(value >>> 0);
  else bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function readWord(bytes: Buffer, at: number): number {
  return IS_LITTLE ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
