/** Reads a safetensors file: a length, a JSON header, then the tensors as they lie in memory. */
import { z } from 'zod';

export interface SafeTensor {
  readonly dtype: string;
  /** Slowest axis first. */
  readonly shape: readonly number[];
  /** A view into the file, little endian. */
  readonly bytes: Uint8Array;
}

export interface SafeTensors {
  /** @throws Error when there is no such tensor, or it has another type or shape */
  get(name: string, dtype: string, shape: readonly number[]): SafeTensor;
}

const LENGTH_BYTES = 8;
/** The format's own bound. */
const MAX_HEADER_BYTES = 100_000_000;

const offset = z.int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.string(),
      shape: z.array(offset),
      data_offsets: z.tuple([offset, offset]),
    }),
    // `__metadata__`: texts about the file.
    z.record(z.string(), z.string()),
  ]),
);

/** @throws Error when it is not a safetensors file */
export function readSafeTensors(file: Uint8Array): SafeTensors {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < LENGTH_BYTES ? 0n : view.getBigUint64(0, true);
  if (length === 0n || length > BigInt(Math.min(MAX_HEADER_BYTES, file.length - LENGTH_BYTES))) {
    throw new Error('the file has no safetensors header');
  }
  const start = LENGTH_BYTES + Number(length);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(LENGTH_BYTES, start));
  const header = headerSchema.parse(JSON.parse(text));
  return {
    get(name, dtype, shape) {
      const found = Object.hasOwn(header, name) ? header[name] : undefined;
      if (found === undefined || !isTensor(found)) throw new Error(`there is no tensor ${name}`);
      const [from, to] = found.data_offsets;
      const bytes = file.subarray(start + from, start + to);
      if (from > to || bytes.length !== to - from) throw new Error(`${name} ends too early`);
      if (found.dtype !== dtype || found.shape.join() !== shape.join()) {
        throw new Error(`${name} is ${found.dtype} [${found.shape.join()}]`);
      }
      return { dtype, shape: found.shape, bytes };
    },
  };
}

function isTensor(
  entry: z.infer<typeof headerSchema>[string],
): entry is { dtype: string; shape: number[]; data_offsets: [number, number] } {
  return Array.isArray(entry['data_offsets']);
}
