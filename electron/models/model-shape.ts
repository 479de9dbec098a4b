/** What a model file says of its attention, from which the memory of a conversation follows. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { readGgufHeader, type GgufHeader } from './gguf-reader.ts';
import { asModelError } from './model-file.ts';

/** Null where the file does not say. */
export interface ModelShape {
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number | null;
  readonly cacheHeads: number | null;
  readonly keyLength: number | null;
  readonly valueLength: number | null;
}

/** @throws AppError why the file cannot be read */
export async function readModelShape(path: string): Promise<ModelShape> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      const header = await readGgufHeader(async (offset, length) => {
        const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      }, size);
      return shapeOf(header);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asModelError(error, path);
  }
}

export function shapeOf({ metadata }: Pick<GgufHeader, 'metadata'>): ModelShape {
  const architecture = metadata.get('general.architecture');
  const prefix = typeof architecture === 'string' ? architecture : '';
  const whole = (key: string): number | null => {
    const value = metadata.get(`${prefix}.${key}`);
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  return {
    layers: whole('block_count') ?? 0,
    embedding: whole('embedding_length') ?? 0,
    heads: whole('attention.head_count'),
    // A list with one number for each layer is passed over by the reader: then all heads count.
    cacheHeads: whole('attention.head_count_kv'),
    keyLength: whole('attention.key_length'),
    valueLength: whole('attention.value_length'),
  };
}
