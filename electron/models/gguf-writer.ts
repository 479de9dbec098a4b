/** Writes a GGUF version 3 file as a sequence of chunks, so that it never lies in memory as a whole. */
import {
  alignUp,
  DEFAULT_ALIGNMENT,
  FIXED_SIZES,
  GGUF_MAGIC,
  TENSOR_TYPES,
  VALUE_TYPES,
  type ValueType,
} from './gguf-format.ts';

type NumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64';

export type GgufScalar =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: 'u64' | 'i64'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string };

export type GgufValue =
  | GgufScalar
  | { readonly type: 'array'; readonly of: 'string'; readonly values: readonly string[] }
  | { readonly type: 'array'; readonly of: NumberType; readonly values: readonly number[] };

export type GgufEntry = readonly [key: string, value: GgufValue];

export interface GgufTensor {
  readonly name: string;
  /** Fastest axis first, so a matrix is `[inputs, outputs]`. */
  readonly shape: readonly number[];
  /** A number of the format's tensor types. */
  readonly typeId: number;
  /** Called once, when its turn to be written comes. */
  readonly bytes: () => Uint8Array;
}

/**
 * Yields the file's bytes in order: the header first, then one chunk per tensor with its padding.
 *
 * @throws RangeError when a tensor's bytes do not have the length that its shape and type ask for.
 */
export function* encodeGguf(
  entries: readonly GgufEntry[],
  tensors: readonly GgufTensor[],
): Generator<Uint8Array, void, undefined> {
  yield encodeHeader(entries, tensors);
  for (const tensor of tensors) {
    const bytes = tensor.bytes();
    const length = tensorByteLength(tensor);
    if (bytes.length !== length) {
      throw new RangeError(
        `${tensor.name} has ${String(bytes.length)} bytes, not ${String(length)}`,
      );
    }
    yield bytes;
    const padding = alignUp(length, DEFAULT_ALIGNMENT) - length;
    if (padding > 0) yield new Uint8Array(padding);
  }
}

/** Bytes that the tensor takes in the file, without padding. */
export function tensorByteLength(tensor: Pick<GgufTensor, 'shape' | 'typeId' | 'name'>): number {
  const type = TENSOR_TYPES.get(tensor.typeId);
  if (!type) throw new RangeError(`${tensor.name} has the unknown type ${String(tensor.typeId)}`);
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  return (elements / type.blockElements) * type.blockBytes;
}

function encodeHeader(entries: readonly GgufEntry[], tensors: readonly GgufTensor[]): Uint8Array {
  const out = new ByteBuilder();
  out.number('u32', GGUF_MAGIC);
  out.number('u32', 3);
  out.big(BigInt(tensors.length));
  out.big(BigInt(entries.length));
  for (const [key, value] of entries) {
    out.text(key);
    writeValue(out, value);
  }
  let offset = 0;
  for (const tensor of tensors) {
    out.text(tensor.name);
    out.number('u32', tensor.shape.length);
    for (const size of tensor.shape) out.big(BigInt(size));
    out.number('u32', tensor.typeId);
    out.big(BigInt(offset));
    offset = alignUp(offset + tensorByteLength(tensor), DEFAULT_ALIGNMENT);
  }
  return out.finish(DEFAULT_ALIGNMENT);
}

function writeValue(out: ByteBuilder, value: GgufValue): void {
  out.number('u32', typeNumber(value.type));
  if (value.type !== 'array') {
    writeScalar(out, value);
    return;
  }
  out.number('u32', typeNumber(value.of));
  out.big(BigInt(value.values.length));
  if (value.of === 'string') {
    for (const text of value.values) out.text(text);
    return;
  }
  for (const number of value.values) out.number(value.of, number);
}

function writeScalar(out: ByteBuilder, scalar: GgufScalar): void {
  switch (scalar.type) {
    case 'string':
      out.text(scalar.value);
      return;
    case 'bool':
      out.number('u8', scalar.value ? 1 : 0);
      return;
    case 'u64':
    case 'i64':
      out.big(scalar.value);
      return;
    default:
      out.number(scalar.type, scalar.value);
  }
}

function typeNumber(type: ValueType): number {
  return VALUE_TYPES.indexOf(type);
}

/** Bytes that grow by doubling. */
class ByteBuilder {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  number(type: NumberType, value: number): void {
    const at = this.#grow(FIXED_SIZES[type]);
    const view = new DataView(this.#bytes.buffer);
    if (type === 'f32') view.setFloat32(at, value, true);
    else if (type === 'f64') view.setFloat64(at, value, true);
    else if (FIXED_SIZES[type] === 4) view.setUint32(at, value, true);
    else if (FIXED_SIZES[type] === 2) view.setUint16(at, value, true);
    else view.setUint8(at, value);
  }

  big(value: bigint): void {
    const at = this.#grow(8);
    new DataView(this.#bytes.buffer).setBigUint64(at, BigInt.asUintN(64, value), true);
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.big(BigInt(encoded.length));
    const at = this.#grow(encoded.length);
    this.#bytes.set(encoded, at);
  }

  finish(alignment: number): Uint8Array {
    this.#grow(alignUp(this.#length, alignment) - this.#length);
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room for `count` bytes and returns where they start. */
  #grow(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return start;
  }
}
