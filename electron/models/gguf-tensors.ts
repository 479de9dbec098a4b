/** Checks a GGUF file's table of tensors: shapes, types, and that the data follow each other without a gap. */
import { AppError } from '../platform/app-error.ts';
import { malformed, type ByteCursor } from './byte-cursor.ts';
import { alignUp, TENSOR_TYPES, type TensorType } from './gguf-format.ts';
import { printable } from './printable.ts';

/** The engine's own limits. */
const MAX_NAME_BYTES = 63;
const MAX_DIMENSIONS = 4;

export interface TensorTotals {
  readonly parameterCount: number;
  /** From the start of the data to the end of the last tensor. */
  readonly dataBytes: number;
}

/** @throws AppError `model-malformed`, `model-unsupported` or, when the file ends within, `model-truncated`. */
export async function readTensorInfos(
  cursor: ByteCursor,
  count: number,
  alignment: number,
): Promise<TensorTotals> {
  const names = new Set<string>();
  let parameterCount = 0;
  let dataBytes = 0;
  for (let index = 0; index < count; index += 1) {
    const tensor = await readTensorInfo(cursor);
    if (names.has(tensor.rawName)) throw malformed(`The tensor ${tensor.name} occurs twice.`);
    names.add(tensor.rawName);
    // The engine's loader insists on this order too, and it rules out tensors that overlap.
    const expected = alignUp(dataBytes, alignment);
    if (tensor.offset !== expected) {
      throw malformed(`The tensor ${tensor.name} does not start where the one before it ends.`);
    }
    dataBytes = safe(expected + tensor.bytes, tensor.name);
    parameterCount = safe(parameterCount + tensor.elements, tensor.name);
  }
  return { parameterCount, dataBytes };
}

interface TensorInfo {
  readonly rawName: string;
  /** As it is shown. */
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  /** From the start of the data. */
  readonly offset: number;
}

async function readTensorInfo(cursor: ByteCursor): Promise<TensorInfo> {
  await cursor.need(8);
  const nameBytes = cursor.size('The length of a tensor’s name');
  if (nameBytes > MAX_NAME_BYTES) {
    throw malformed(`A tensor’s name claims ${String(nameBytes)} bytes.`);
  }
  await cursor.need(nameBytes + 4);
  const rawName = cursor.text(nameBytes);
  const name = printable(rawName);
  const dimensions = cursor.u32();
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    throw malformed(`The tensor ${name} claims ${String(dimensions)} dimensions.`);
  }
  await cursor.need(dimensions * 8 + 12);
  const shape = Array.from({ length: dimensions }, () => cursor.size(`A dimension of ${name}`));
  const type = tensorType(cursor.u32(), name);
  const offset = cursor.size(`The offset of ${name}`);
  return { rawName, name, offset, ...measure(name, shape, type) };
}

function tensorType(id: number, name: string): TensorType {
  const type = TENSOR_TYPES.get(id);
  if (type) return type;
  throw new AppError('model-unsupported', {
    details: `The tensor ${name} is stored as type ${String(id)}, which this version does not know.`,
  });
}

function measure(
  name: string,
  shape: readonly number[],
  type: TensorType,
): Pick<TensorInfo, 'elements' | 'bytes'> {
  if (shape.includes(0)) throw malformed(`The tensor ${name} has an empty dimension.`);
  if ((shape[0] ?? 0) % type.blockElements !== 0) {
    throw malformed(`The rows of ${name} are no whole number of ${type.name} blocks.`);
  }
  const elements = shape.reduce((product, size) => safe(product * size, name), 1);
  return { elements, bytes: safe((elements / type.blockElements) * type.blockBytes, name) };
}

function safe(value: number, name: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw malformed(`The tensor ${name} is absurdly large.`);
}
