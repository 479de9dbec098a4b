/** Reads named weights out of an ONNX file that was quantised to eight bits with one scale per tensor. */
import onnxProto from 'onnx-proto';
import { AppError } from '../platform/app-error.ts';

type Tensor = onnxProto.onnx.ITensorProto;

/** ONNX's own numbers for the element types that occur here. */
const ELEMENT = { float: 1, uint8: 2, int8: 3 } as const;

/** A matrix whose rows are the outputs, whatever the order it is stored in. */
export interface WeightMatrix {
  readonly outputs: number;
  readonly inputs: number;
  /** Fills `into` (of length `inputs`) with the weights of one output. */
  readRow(output: number, into: Float32Array): void;
}

export interface OnnxWeights {
  /** The weight of the linear layer at this path, `layers.0.mlp.up_proj` for example. */
  linear(path: string): WeightMatrix;
  /** The token embedding, one row per token. */
  embedding(name: string): WeightMatrix;
  /** A vector kept in single precision. */
  vector(name: string): Float32Array;
}

/** @throws AppError `starter-failed` when the bytes are no ONNX model, or, later, when a weight is not in it. */
export function readOnnxWeights(bytes: Uint8Array): OnnxWeights {
  const graph = decodeGraph(bytes);
  const tensors = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  const linearWeights = findLinearWeights(graph);
  const get = (name: string): Tensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw broken(`the tensor ${name} is missing`);
    return tensor;
  };
  const matrix = (base: string, stored: 'by-input' | 'by-output'): WeightMatrix =>
    dequantised(get(`${base}_quantized`), {
      scale: scaleOf(get(`${base}_scale`)),
      zeroPoint: zeroPointOf(get(`${base}_zero_point`)),
      stored,
    });
  return {
    linear(path) {
      const base = linearWeights.get(path);
      if (base === undefined) throw broken(`the layer ${path} is missing`);
      return matrix(base, 'by-input');
    },
    embedding: (name) => matrix(name, 'by-output'),
    vector: (name) => floatsOf(get(name)),
  };
}

function decodeGraph(bytes: Uint8Array): onnxProto.onnx.IGraphProto {
  try {
    // As a plain array: for a Buffer the library calls a constructor that Node warns about.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    const { graph } = onnxProto.onnx.ModelProto.decode(plain);
    if (graph) return graph;
  } catch (cause) {
    throw broken('the weights are no readable ONNX file', cause);
  }
  throw broken('the ONNX file holds no graph');
}

/** From layer path to the common part of its tensors' names, which the exporter numbered without meaning. */
function findLinearWeights(graph: onnxProto.onnx.IGraphProto): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const node of graph.node ?? []) {
    if (node.opType !== 'MatMulInteger') continue;
    const path = /^\/model\/(.+)\/MatMul_quant$/.exec(node.name ?? '')?.[1];
    const base = /^(.+)_quantized$/.exec(node.input?.[1] ?? '')?.[1];
    if (path !== undefined && base !== undefined) found.set(path.replaceAll('/', '.'), base);
  }
  return found;
}

interface Quantisation {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly stored: 'by-input' | 'by-output';
}

function dequantised(tensor: Tensor, { scale, zeroPoint, stored }: Quantisation): WeightMatrix {
  const [first, second] = shapeOf(tensor);
  if (first === undefined || second === undefined) throw broken(`${nameOf(tensor)} is no matrix`);
  const [inputs, outputs] = stored === 'by-input' ? [first, second] : [second, first];
  const values = bytesOf(tensor, first * second);
  const outputStride = stored === 'by-input' ? 1 : inputs;
  const inputStride = stored === 'by-input' ? outputs : 1;
  return {
    outputs,
    inputs,
    readRow(output, into) {
      let at = output * outputStride;
      for (let input = 0; input < inputs; input += 1) {
        into[input] = ((values[at] ?? 0) - zeroPoint) * scale;
        at += inputStride;
      }
    },
  };
}

function bytesOf(tensor: Tensor, count: number): Int8Array | Uint8Array {
  const raw = tensor.rawData;
  if (raw?.length !== count) throw broken(`${nameOf(tensor)} has not ${String(count)} bytes`);
  if (tensor.dataType === ELEMENT.uint8) return raw;
  if (tensor.dataType === ELEMENT.int8) {
    return new Int8Array(raw.buffer, raw.byteOffset, raw.length);
  }
  throw broken(`${nameOf(tensor)} is not quantised to eight bits`);
}

function floatsOf(tensor: Tensor): Float32Array {
  const raw = tensor.rawData;
  const [count] = shapeOf(tensor);
  if (tensor.dataType !== ELEMENT.float || raw?.length !== (count ?? 0) * 4) {
    throw broken(`${nameOf(tensor)} is no vector in single precision`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return Float32Array.from({ length: count ?? 0 }, (_, index) => view.getFloat32(index * 4, true));
}

function scaleOf(tensor: Tensor): number {
  const scale = tensor.floatData?.[0] ?? (tensor.rawData?.length === 4 ? rawFloat(tensor) : NaN);
  if (Number.isFinite(scale) && scale > 0) return scale;
  throw broken(`${nameOf(tensor)} is no scale`);
}

function rawFloat(tensor: Tensor): number {
  const raw = tensor.rawData ?? new Uint8Array(4);
  return new DataView(raw.buffer, raw.byteOffset, 4).getFloat32(0, true);
}

function zeroPointOf(tensor: Tensor): number {
  const raw = tensor.rawData;
  if (raw?.length === 1) return bytesOf(tensor, 1)[0] ?? 0;
  const value = tensor.int32Data?.[0];
  if (value === undefined) throw broken(`${nameOf(tensor)} is no zero point`);
  return value;
}

/** Dimensions arrive as numbers or as 64-bit objects, depending on which packages are installed. */
function shapeOf(tensor: Tensor): number[] {
  return (tensor.dims ?? []).map((size) => Number(String(size)));
}

function nameOf(tensor: Tensor): string {
  return tensor.name ?? 'a tensor without a name';
}

function broken(what: string, cause?: unknown): AppError {
  return new AppError('starter-failed', {
    details: `The source model is damaged: ${what}.`,
    cause,
  });
}
