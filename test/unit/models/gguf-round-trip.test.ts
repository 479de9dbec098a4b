import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TENSOR_TYPES } from '../../../electron/models/gguf-format.ts';
import { readGgufHeader, type MetadataValue } from '../../../electron/models/gguf-reader.ts';
import {
  tensorByteLength,
  type GgufEntry,
  type GgufTensor,
  type GgufValue,
} from '../../../electron/models/gguf-writer.ts';
import { countingReader, smallGguf, smallGgufWith } from '../../fixtures/small-gguf.ts';

const whole = (type: 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32', min: number, max: number) =>
  fc.integer({ min, max }).map((value): GgufValue => ({ type, value }));

const values: fc.Arbitrary<GgufValue> = fc.oneof(
  whole('u8', 0, 255),
  whole('i8', -128, 127),
  whole('u16', 0, 65535),
  whole('i16', -32768, 32767),
  whole('u32', 0, 2 ** 32 - 1),
  whole('i32', -(2 ** 31), 2 ** 31 - 1),
  fc.float({ noNaN: true }).map((value): GgufValue => ({ type: 'f32', value })),
  fc.double({ noNaN: true }).map((value): GgufValue => ({ type: 'f64', value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): GgufValue => ({ type: 'u64', value })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value): GgufValue => ({ type: 'i64', value })),
  fc.boolean().map((value): GgufValue => ({ type: 'bool', value })),
  fc.string({ unit: 'binary' }).map((value): GgufValue => ({ type: 'string', value })),
  fc.array(fc.string()).map((list): GgufValue => ({ type: 'array', of: 'string', values: list })),
  fc.array(fc.integer()).map((list): GgufValue => ({ type: 'array', of: 'i32', values: list })),
);

const entries: fc.Arbitrary<GgufEntry[]> = fc.uniqueArray(
  fc.tuple(
    fc.string({ maxLength: 30 }).map((key) => `x.${key}`),
    values,
  ),
  { selector: ([key]) => key, maxLength: 20 },
);

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 3 });

const tensors: fc.Arbitrary<GgufTensor[]> = fc.uniqueArray(
  fc
    .tuple(fc.stringMatching(/^[a-z.]{1,40}$/), fc.constantFrom(...TENSOR_TYPES.values()), shapes)
    .map(([name, type, rest]) => {
      const shape = [type.blockElements, ...rest];
      const bytes = () => new Uint8Array(tensorByteLength({ name, shape, typeId: type.id }));
      return { name, shape, typeId: type.id, bytes };
    }),
  { selector: ({ name }) => name, maxLength: 6 },
);

function expected(value: GgufValue): MetadataValue {
  if (value.type === 'array') return { skipped: 'array', length: value.values.length };
  if (typeof value.value !== 'bigint') return value.value;
  return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : value.value;
}

describe('what the writer writes, the reader reads', () => {
  it('for any metadata and tensors', async () => {
    await fc.assert(
      fc.asyncProperty(entries, tensors, async (written, weights) => {
        const bytes = smallGguf(written, weights);
        const header = await readGgufHeader(countingReader(bytes).readAt, bytes.length);
        expect([...header.metadata]).toEqual(written.map(([key, value]) => [key, expected(value)]));
        expect(header.tensorCount).toBe(weights.length);
        const sizes = weights.map(({ shape }) =>
          shape.reduce((product, size) => product * size, 1),
        );
        expect(header.parameterCount).toBe(sizes.reduce((sum, size) => sum + size, 0));
      }),
    );
  });

  it('also in version 2', async () => {
    const bytes = smallGguf();
    bytes[4] = 2;
    const header = await readGgufHeader(countingReader(bytes).readAt, bytes.length);
    expect(header).toMatchObject({ version: 2, tensorCount: 2, parameterCount: 101 });
  });

  it('keeps a byte order mark, which is text like any other', async () => {
    const bytes = smallGgufWith(['\ufeffgeneral.name', { type: 'string', value: '\ufeffx' }]);
    const { metadata } = await readGgufHeader(countingReader(bytes).readAt, bytes.length);
    expect(metadata.get('\ufeffgeneral.name')).toBe('\ufeffx');
    expect(metadata.get('general.name')).toBe('Tiny');
  });

  it('skips a vocabulary larger than its window without keeping it', async () => {
    const tokens = Array.from({ length: 60_000 }, (_, index) => `token ${String(index)}`);
    const bytes = smallGgufWith(
      ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens }],
      ['x.long', { type: 'string', value: 'y'.repeat(2_000_000) }],
      ['x.last', { type: 'u8', value: 7 }],
    );
    const { readAt, asked } = countingReader(bytes);
    const { metadata } = await readGgufHeader(readAt, bytes.length);
    expect(metadata.get('tokenizer.ggml.tokens')).toEqual({ skipped: 'array', length: 60_000 });
    expect(metadata.get('x.long')).toEqual({ skipped: 'text', length: 2_000_000 });
    expect(metadata.get('x.last')).toBe(7);
    expect(asked.largest).toBeLessThanOrEqual(256 * 1024);
  });

  it('refuses a tensor whose bytes do not fit its shape', () => {
    const wrong = { name: 'w', shape: [4], typeId: 0, bytes: () => new Uint8Array(15) };
    expect(() => smallGguf([], [wrong])).toThrow('w has 15 bytes, not 16');
  });
});
