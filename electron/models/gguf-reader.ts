/** Reads a GGUF header that may come from anywhere: every length is checked before it is believed. */
import { AppError } from '../platform/app-error.ts';
import { ByteCursor, malformed, truncated, type ReadAt } from './byte-cursor.ts';
import { foreignFormat } from './foreign-format.ts';
import {
  alignUp,
  DEFAULT_ALIGNMENT,
  FIXED_SIZES,
  GGUF_MAGIC,
  VALUE_TYPES,
  type ValueType,
} from './gguf-format.ts';
import { readTensorInfos } from './gguf-tensors.ts';
import { printable } from './printable.ts';

export type { ReadAt };

/** Far above what any published model has; a file beyond them is broken or hostile. */
export const GGUF_LIMITS = {
  headerBytes: 128 * 1024 * 1024,
  metadataEntries: 16_384,
  tensors: 65_536,
  keyBytes: 65_535,
  stringBytes: 16 * 1024 * 1024,
  arrayElements: 16 * 1024 * 1024,
  /** A longer text is skipped, not refused. */
  keptTextBytes: 1024 * 1024,
  /** All keys and kept texts together. */
  keptBytes: 8 * 1024 * 1024,
  alignment: 65_536,
  windowBytes: 256 * 1024,
} as const;

/** Enough to tell a foreign format by. */
const SNIFFED_BYTES = 512;
const FIXED_HEADER_BYTES = 24;

/** Stands for a value that was checked and passed over. */
export interface Skipped {
  readonly skipped: 'array' | 'text';
  /** Elements of the array, bytes of the text. */
  readonly length: number;
}

export type MetadataValue = string | number | bigint | boolean | Skipped;

export interface GgufHeader {
  readonly version: 2 | 3;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensorCount: number;
  /** Weights in all tensors together. */
  readonly parameterCount: number;
}

/**
 * @param fileSize in bytes; the tensors are checked against it.
 * @throws AppError `model-foreign`, `model-unsupported`, `model-malformed` or `model-truncated`.
 */
export async function readGgufHeader(readAt: ReadAt, fileSize: number): Promise<GgufHeader> {
  await checkMagic(readAt, fileSize);
  const cursor = new ByteCursor({
    readAt,
    fileSize,
    maxBytes: GGUF_LIMITS.headerBytes,
    windowBytes: GGUF_LIMITS.windowBytes,
  });
  await cursor.need(FIXED_HEADER_BYTES);
  cursor.skip(4);
  const version = checkVersion(cursor.u32());
  const tensorCount = cursor.size('The number of tensors');
  const entryCount = cursor.size('The number of metadata entries');
  if (tensorCount > GGUF_LIMITS.tensors) {
    throw malformed(`The header claims ${String(tensorCount)} tensors.`);
  }
  if (entryCount > GGUF_LIMITS.metadataEntries) {
    throw malformed(`The header claims ${String(entryCount)} metadata entries.`);
  }
  const metadata = await readMetadata(cursor, entryCount);
  const alignment = alignmentOf(metadata);
  const { parameterCount, dataBytes } = await readTensorInfos(cursor, tensorCount, alignment);
  const wholeSize = dataBytes === 0 ? 0 : alignUp(cursor.position, alignment) + dataBytes;
  if (wholeSize > fileSize) {
    throw truncated(`It should have ${String(wholeSize)} bytes but has ${String(fileSize)}.`);
  }
  return { version, metadata, tensorCount, parameterCount };
}

async function checkMagic(readAt: ReadAt, fileSize: number): Promise<void> {
  if (fileSize === 0) throw truncated('The file is empty.');
  const start = await readAt(0, Math.min(SNIFFED_BYTES, fileSize));
  const magic = [GGUF_MAGIC & 0xff, ...[8, 16, 24].map((shift) => (GGUF_MAGIC >>> shift) & 0xff)];
  if (magic.some((byte, index) => index < start.length && start[index] !== byte)) {
    throw foreignFormat(start);
  }
  if (fileSize < FIXED_HEADER_BYTES) {
    throw truncated(`The file ends at byte ${String(fileSize)}, inside its header.`);
  }
}

function checkVersion(version: number): 2 | 3 {
  if (version === 2 || version === 3) return version;
  const bigEndian = version !== 0 && (version & 0xffff) === 0;
  const details = bigEndian
    ? 'It was written for big-endian computers; Lull reads little-endian files only.'
    : `It has GGUF version ${String(version)}; Lull reads versions 2 and 3.`;
  throw new AppError('model-unsupported', { details });
}

async function readMetadata(
  cursor: ByteCursor,
  count: number,
): Promise<ReadonlyMap<string, MetadataValue>> {
  const metadata = new Map<string, MetadataValue>();
  let kept = 0;
  for (let entry = 0; entry < count; entry += 1) {
    await cursor.need(8);
    const keyBytes = cursor.size('A key’s length');
    if (keyBytes > GGUF_LIMITS.keyBytes) throw malformed('A metadata key is too long.');
    await cursor.need(keyBytes + 4);
    const key = cursor.text(keyBytes);
    if (metadata.has(key)) throw malformed(`The metadata key "${printable(key)}" occurs twice.`);
    const value = await readValue(cursor, valueType(cursor.u32(), key));
    metadata.set(key, value);
    kept += keyBytes + (typeof value === 'string' ? value.length : 0);
    if (kept > GGUF_LIMITS.keptBytes) throw malformed('The metadata holds too much text.');
  }
  return metadata;
}

async function readValue(cursor: ByteCursor, type: ValueType): Promise<MetadataValue> {
  if (type === 'array') return skipArray(cursor);
  if (type === 'string') return readText(cursor);
  await cursor.need(FIXED_SIZES[type]);
  return cursor.scalar(type);
}

async function readText(cursor: ByteCursor): Promise<string | Skipped> {
  await cursor.need(8);
  const length = stringLength(cursor);
  if (length > GGUF_LIMITS.keptTextBytes) {
    cursor.skip(length);
    return { skipped: 'text', length };
  }
  await cursor.need(length);
  return cursor.text(length);
}

/** Tokens and merges make up most of a header; nothing here needs them. */
async function skipArray(cursor: ByteCursor): Promise<Skipped> {
  await cursor.need(12);
  const type = valueType(cursor.u32(), 'an array');
  const length = cursor.size('An array’s length');
  if (length > GGUF_LIMITS.arrayElements) {
    throw malformed(`An array claims ${String(length)} elements.`);
  }
  if (type === 'array') {
    // The format allows it, the engine's own reader does not.
    throw new AppError('model-unsupported', {
      details: 'Its metadata holds arrays within arrays.',
    });
  }
  if (type === 'string') await skipTexts(cursor, length);
  else cursor.skip(length * FIXED_SIZES[type]);
  return { skipped: 'array', length };
}

async function skipTexts(cursor: ByteCursor, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const filled = cursor.need(8);
    if (filled) await filled;
    cursor.skip(stringLength(cursor));
  }
}

function stringLength(cursor: ByteCursor): number {
  const length = cursor.size('A text’s length');
  if (length > GGUF_LIMITS.stringBytes) throw malformed(`A text claims ${String(length)} bytes.`);
  return length;
}

function valueType(id: number, where: string): ValueType {
  const type = VALUE_TYPES[id];
  if (type) return type;
  throw malformed(`"${printable(where)}" has the unknown value type ${String(id)}.`);
}

function alignmentOf(metadata: ReadonlyMap<string, MetadataValue>): number {
  const value = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  const powerOfTwo = typeof value === 'number' && Number.isInteger(Math.log2(value));
  if (powerOfTwo && value >= 1 && value <= GGUF_LIMITS.alignment) return value;
  throw malformed('general.alignment is no sensible power of two.');
}
