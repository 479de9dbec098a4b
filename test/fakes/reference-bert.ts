/** BERT's forward pass in plain arithmetic, straight from the weights: what the engine's vectors are compared with. */
import { fromHalf } from '../../electron/models/embedder-model.ts';
import type { SafeTensors } from '../../electron/models/safetensors.ts';

const LAYERS = 6;
const HEADS = 12;
const HIDDEN = 384;
const INNER = 1536;
const VOCABULARY = 30_522;
const HEAD = HIDDEN / HEADS;
const EPSILON = 1e-12;

type Matrix = readonly Float64Array[];

/** The mean over all tokens, not of length 1. @param tokens with the two around the text */
export function referenceEmbedding(weights: SafeTensors, tokens: readonly number[]): Float64Array {
  const read = (name: string, shape: readonly number[]) =>
    halves(weights.get(name, 'F16', shape).bytes);
  const norm = (rows: Matrix, name: string): Matrix => {
    const scale = read(`${name}.weight`, [HIDDEN]);
    const shift = read(`${name}.bias`, [HIDDEN]);
    return rows.map((row) =>
      normalised(row).map((value, at) => value * item(scale, at) + item(shift, at)),
    );
  };
  const dense = (rows: Matrix, name: string, outputs: number): Matrix => {
    const [first] = rows;
    const inputs = first?.length ?? 0;
    const matrix = read(`${name}.weight`, [outputs, inputs]);
    const bias = read(`${name}.bias`, [outputs]);
    return rows.map((row) =>
      Float64Array.from({ length: outputs }, (_, output) => {
        let sum = item(bias, output);
        for (let input = 0; input < inputs; input += 1) {
          sum += item(row, input) * item(matrix, output * inputs + input);
        }
        return sum;
      }),
    );
  };
  const words = read('embeddings.word_embeddings.weight', [VOCABULARY, HIDDEN]);
  const places = read('embeddings.position_embeddings.weight', [512, HIDDEN]);
  const kinds = read('embeddings.token_type_embeddings.weight', [2, HIDDEN]);
  let rows: Matrix = tokens.map((token, place) =>
    Float64Array.from(
      { length: HIDDEN },
      (_, at) =>
        item(words, token * HIDDEN + at) + item(places, place * HIDDEN + at) + item(kinds, at),
    ),
  );
  rows = norm(rows, 'embeddings.LayerNorm');
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const name = `encoder.layer.${String(layer)}`;
    const attended = attend(
      dense(rows, `${name}.attention.self.query`, HIDDEN),
      dense(rows, `${name}.attention.self.key`, HIDDEN),
      dense(rows, `${name}.attention.self.value`, HIDDEN),
    );
    const told = dense(attended, `${name}.attention.output.dense`, HIDDEN);
    rows = norm(added(rows, told), `${name}.attention.output.LayerNorm`);
    const inner = dense(rows, `${name}.intermediate.dense`, INNER).map((row) => row.map(gelu));
    rows = norm(
      added(rows, dense(inner, `${name}.output.dense`, HIDDEN)),
      `${name}.output.LayerNorm`,
    );
  }
  return Float64Array.from(
    { length: HIDDEN },
    (_, at) => rows.reduce((sum, row) => sum + item(row, at), 0) / rows.length,
  );
}

function attend(queries: Matrix, keys: Matrix, values: Matrix): Matrix {
  return queries.map((query) => {
    const out = new Float64Array(HIDDEN);
    for (let head = 0; head < HEADS; head += 1) {
      const from = head * HEAD;
      const scores = keys.map((key) => {
        let sum = 0;
        for (let at = from; at < from + HEAD; at += 1) sum += item(query, at) * item(key, at);
        return sum / Math.sqrt(HEAD);
      });
      const most = Math.max(...scores);
      const shares = scores.map((score) => Math.exp(score - most));
      const total = shares.reduce((sum, share) => sum + share, 0);
      for (const [index, value] of values.entries()) {
        const share = item(shares, index) / total;
        for (let at = from; at < from + HEAD; at += 1)
          out[at] = item(out, at) + share * item(value, at);
      }
    }
    return out;
  });
}

function added(left: Matrix, right: Matrix): Matrix {
  return left.map((row, index) => row.map((value, at) => value + item(right[index] ?? [], at)));
}

function normalised(row: Float64Array): Float64Array {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value) => (value - mean) / Math.sqrt(variance + EPSILON));
}

/** By the error function, as the model was trained. */
function gelu(value: number): number {
  return (value * (1 + erf(value / Math.SQRT2))) / 2;
}

/** Abramowitz and Stegun 7.1.26; off by at most 1.5e-7. */
function erf(value: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(value));
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const result = 1 - series * Math.exp(-value * value);
  return value < 0 ? -result : result;
}

function halves(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 2 }, (_, at) =>
    fromHalf(view.getUint16(at * 2, true)),
  );
}

function item(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
