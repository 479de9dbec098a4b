/** Encodes rows of weights as Q8_0: blocks of 32 with one half-precision scale and 32 signed bytes. */

export const Q8_0_BLOCK_ELEMENTS = 32;
export const Q8_0_BLOCK_BYTES = 34;

/** The largest finite half is 65504; from here on the nearest half is infinity. */
const HALF_OVERFLOW = 65520;
const SMALLEST_NORMAL_HALF = 2 ** -14;
const LARGEST_QUANT = 127;

const scratch = new DataView(new ArrayBuffer(8));

/** The 16 bits of the half nearest to `value`, ties to even, subnormals included. */
export function toHalfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= HALF_OVERFLOW) return sign | 0x7c00;
  // Scaling by a power of two is exact, so this is the only rounding.
  if (magnitude < SMALLEST_NORMAL_HALF) return sign | roundHalfToEven(magnitude * 2 ** 24);
  scratch.setFloat64(0, magnitude);
  const exponent = (scratch.getUint16(0) >>> 4) - 1023;
  const mantissa = roundHalfToEven(magnitude * 2 ** (10 - exponent));
  // The mantissa keeps its leading one (1024), so a carry moves into the exponent by itself.
  return sign | (((exponent + 14) << 10) + mantissa);
}

/** The number that 16 bits of half precision stand for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Writes `row` as Q8_0 blocks into `target` from byte `offset` on.
 *
 * @throws RangeError when the row is no whole number of blocks, or a weight is not finite or too large for the
 * scale to be a half.
 */
export function encodeQ8Row(row: Float32Array, target: Uint8Array, offset: number): void {
  if (row.length % Q8_0_BLOCK_ELEMENTS !== 0) {
    throw new RangeError(`a row of ${String(row.length)} weights is no whole number of blocks`);
  }
  for (let start = 0, at = offset; start < row.length; start += Q8_0_BLOCK_ELEMENTS) {
    encodeBlock(row, start, target, at);
    at += Q8_0_BLOCK_BYTES;
  }
}

function encodeBlock(row: Float32Array, start: number, target: Uint8Array, offset: number): void {
  let largest = 0;
  for (let index = start; index < start + Q8_0_BLOCK_ELEMENTS; index += 1) {
    const magnitude = Math.abs(row[index] ?? 0);
    // Written so that NaN is caught as well: every comparison with it is false.
    if (!(magnitude <= largest)) largest = magnitude;
  }
  const scaleBits = toHalfBits(largest / LARGEST_QUANT);
  const scale = fromHalfBits(scaleBits);
  if (!Number.isFinite(scale)) throw new RangeError('a weight is too large for Q8_0');
  target[offset] = scaleBits & 0xff;
  target[offset + 1] = scaleBits >>> 8;
  for (let index = 0; index < Q8_0_BLOCK_ELEMENTS; index += 1) {
    const weight = row[start + index] ?? 0;
    target[offset + 2 + index] = scale === 0 ? 0 : quantise(weight / scale) & 0xff;
  }
}

function quantise(value: number): number {
  return Math.max(-LARGEST_QUANT, Math.min(LARGEST_QUANT, roundHalfToEven(value)));
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
