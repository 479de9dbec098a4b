import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GGUF_LIMITS, readGgufHeader } from '../../../electron/models/gguf-reader.ts';
import { modelFacts, splitPlace } from '../../../electron/models/model-facts.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import {
  countingReader,
  SMALL_ENTRIES,
  SMALL_TENSORS,
  smallGguf,
  smallGgufWith,
  tensor,
} from '../../fixtures/small-gguf.ts';

const LARGEST_READ = GGUF_LIMITS.keptTextBytes + 16;

/** Reads the bytes as `inspectModel` would, and returns the failure, if it is one. */
async function failureOf(bytes: Uint8Array, fileSize = bytes.length): Promise<AppError | null> {
  const { readAt, asked } = countingReader(bytes);
  try {
    const header = await readGgufHeader(readAt, fileSize);
    splitPlace(header.metadata);
    modelFacts(header);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  } finally {
    expect(asked.largest).toBeLessThanOrEqual(LARGEST_READ);
  }
}

async function codeOf(bytes: Uint8Array, fileSize?: number): Promise<string | null> {
  return (await failureOf(bytes, fileSize))?.code ?? null;
}

function patched(bytes: Uint8Array, offset: number, value: bigint | number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  if (typeof value === 'bigint') view.setBigUint64(offset, value, true);
  else view.setUint32(offset, value, true);
  return copy;
}

/** Where `text` begins in the file. */
function find(bytes: Uint8Array, text: string): number {
  return Buffer.from(bytes).indexOf(text);
}

const valid = smallGguf();
const typeOf = (key: string) => find(valid, key) + key.length;

describe('a damaged file', () => {
  it('fails with an AppError or not at all, whatever bytes were changed', async () => {
    const change = fc.tuple(
      fc.nat(valid.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const bytes = Uint8Array.from(valid);
        for (const [at, byte] of changes) bytes[at] = byte;
        await failureOf(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('fails with an AppError when a number in it became huge', async () => {
    const huge = fc.constantFrom(
      2n ** 64n - 1n,
      2n ** 63n,
      2n ** 53n,
      2n ** 40n,
      2n ** 31n,
      2n ** 24n,
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length - 8), huge, async (at, value) => {
        await failureOf(patched(valid, at, value));
      }),
      { numRuns: 2000 },
    );
  });

  it('is truncated at every length short of the whole', async () => {
    // The padding after the last tensor is nothing that anybody misses.
    const whole = valid.length - 12;
    for (let length = 0; length < whole; length += 1) {
      const code = await codeOf(valid.subarray(0, length));
      if (code !== 'model-truncated') expect.fail(`${String(length)} bytes: ${String(code)}`);
    }
    expect(await codeOf(valid.subarray(0, whole))).toBeNull();
  });

  it('is truncated when it shrinks while it is read', async () => {
    expect(await codeOf(valid.subarray(0, 100), valid.length)).toBe('model-truncated');
  });

  it('is refused quickly when it is random', async () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(bytes, async (rest) => {
        const file = Buffer.concat([valid.subarray(0, 8), rest]);
        expect(await failureOf(file)).toBeInstanceOf(AppError);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a lie in the header', () => {
  it.each([
    ['tensor count', patched(valid, 8, 70_000n)],
    ['tensor count beyond 2^53', patched(valid, 8, 2n ** 60n)],
    ['entry count', patched(valid, 16, 20_000n)],
    ['key length', patched(valid, 24, 70_000n)],
    ['text length', patched(valid, typeOf('general.name') + 4, 2n ** 30n)],
    ['value type', patched(valid, typeOf('general.name'), 13)],
    ['array length', patched(valid, typeOf('tokenizer.ggml.tokens') + 8, 2n ** 40n)],
    ['tensor dimensions', patched(valid, typeOf('token_embd.weight'), 5)],
    ['no tensor dimensions', patched(valid, typeOf('token_embd.weight'), 0)],
    ['row that is no whole block', patched(valid, typeOf('token_embd.weight') + 4, 33n)],
    ['empty dimension', patched(valid, typeOf('output_norm.weight') + 4, 0n)],
    ['product beyond 2^53', patched(valid, typeOf('token_embd.weight') + 4, 2n ** 52n)],
    ['offset', patched(valid, typeOf('output_norm.weight') + 16, 32n)],
    ['unaligned offset', patched(valid, typeOf('output_norm.weight') + 16, 129n)],
    [
      'duplicate tensor',
      smallGguf(SMALL_ENTRIES, [...SMALL_TENSORS, tensor('output_norm.weight', [1], 0, 4)]),
    ],
    ['name of a tensor', smallGguf(SMALL_ENTRIES, [tensor('n'.repeat(64), [1], 0, 4)])],
    ['duplicate key', smallGguf([...SMALL_ENTRIES, ['general.name', { type: 'u8', value: 1 }]])],
    ['alignment', smallGgufWith(['general.alignment', { type: 'u32', value: 33 }])],
    ['alignment of zero', smallGgufWith(['general.alignment', { type: 'u32', value: 0 }])],
    ['alignment as text', smallGgufWith(['general.alignment', { type: 'string', value: '32' }])],
    ['missing architecture', smallGguf(SMALL_ENTRIES.slice(1))],
    [
      'split place',
      smallGgufWith(
        ['split.count', { type: 'u16', value: 2 }],
        ['split.no', { type: 'u16', value: 2 }],
      ),
    ],
  ])('is malformed: %s', async (_, bytes) => {
    expect(await codeOf(bytes)).toBe('model-malformed');
  });

  it('is malformed: a yes-or-no value of 2', async () => {
    const bytes = smallGgufWith(['x.flag', { type: 'bool', value: true }]);
    bytes[find(bytes, 'x.flag') + 6 + 4] = 2;
    expect(await codeOf(bytes)).toBe('model-malformed');
  });

  it('does not make it read a header without end', async () => {
    // A sparse file of a terabyte that claims a list of texts, as long as a list may be.
    const fileSize = 2 ** 40;
    const lengthAt = typeOf('tokenizer.ggml.tokens') + 8;
    const start = patched(valid, lengthAt, 16n * 1024n * 1024n).subarray(0, lengthAt + 8);
    let total = 0;
    const reading = readGgufHeader((offset, length) => {
      total += length;
      const bytes = new Uint8Array(length);
      // Every text is eight bytes long, and those say the same of the next.
      const first = (((start.length - offset) % 8) + 8) % 8;
      for (let at = first; at < length; at += 8) bytes[at] = 8;
      bytes.set(start.subarray(offset, offset + length));
      return Promise.resolve(bytes);
    }, fileSize);
    await expect(reading).rejects.toMatchObject({ code: 'model-malformed' });
    expect(total).toBeGreaterThan(GGUF_LIMITS.headerBytes / 2);
    expect(total).toBeLessThanOrEqual(GGUF_LIMITS.headerBytes + 2 * GGUF_LIMITS.windowBytes);
  });

  it('does not make it keep text without end', async () => {
    const text = { type: 'string', value: 'x'.repeat(1024 * 1024) } as const;
    const many = Array.from({ length: 10 }, (_, index) => [`x.${String(index)}`, text] as const);
    expect(await codeOf(smallGgufWith(...many))).toBe('model-malformed');
  });
});

describe('a file of a kind that cannot chat', () => {
  const text = (key: string, value: string) => smallGgufWith([key, { type: 'string', value }]);
  it.each([
    ['version 1', patched(valid, 4, 1), 'version 1'],
    ['version 4', patched(valid, 4, 4), 'version 4'],
    ['big-endian', patched(valid, 4, 0x03000000), 'big-endian'],
    ['a type withdrawn', patched(valid, typeOf('token_embd.weight') + 20, 4), 'type 4'],
    ['a projector', text('general.architecture', 'clip'), 'projector'],
    ['an encoder', text('general.architecture', 'bert'), 'embeddings'],
    ['a LoRA', text('general.type', 'adapter'), 'LoRA'],
    ['pictures', text('general.architecture', 'flux'), 'pictures'],
    [
      'a pooling model',
      smallGgufWith(['llama.pooling_type', { type: 'u32', value: 3 }]),
      'embeddings',
    ],
    ['a vocabulary', smallGguf(SMALL_ENTRIES, []), 'vocabulary'],
  ])('is named: %s', async (_, bytes, words) => {
    const failure = await failureOf(bytes);
    expect(failure?.code).toBe('model-unsupported');
    expect(failure?.details).toContain(words);
  });

  it('is named: arrays within arrays', async () => {
    expect(await codeOf(patched(valid, typeOf('tokenizer.ggml.token_type') + 4, 9))).toBe(
      'model-unsupported',
    );
  });
});

describe('model facts', () => {
  it('come from the header', async () => {
    const header = await readGgufHeader(countingReader(valid).readAt, valid.length);
    expect(modelFacts(header)).toEqual({
      architecture: 'llama',
      name: 'Tiny',
      quantisation: 'Q8_0',
      licence: 'mit',
      contextTokens: 128,
      hasChatTemplate: true,
    });
  });

  it.each([-1, 0, -(2 ** 31)])('know no context of %i tokens', async (value) => {
    const bytes = smallGgufWith(['llama.context_length', { type: 'i32', value }]);
    const header = await readGgufHeader(countingReader(bytes).readAt, bytes.length);
    expect(modelFacts(header).contextTokens).toBeNull();
  });

  it('are null where the header is silent, and plain where it is not', async () => {
    const name = `  Fine\u0007\n\u202e model ${'x'.repeat(200)}`;
    const bytes = smallGguf(
      [
        ['general.architecture', { type: 'string', value: 'new-one' }],
        ['general.name', { type: 'string', value: name }],
        ['tokenizer.chat_template', { type: 'string', value: '' }],
        ['new-one.context_length', { type: 'u64', value: 2n ** 60n }],
      ],
      SMALL_TENSORS,
    );
    const facts = modelFacts(await readGgufHeader(countingReader(bytes).readAt, bytes.length));
    expect(facts).toMatchObject({
      quantisation: null,
      licence: null,
      contextTokens: null,
      hasChatTemplate: false,
    });
    expect(facts.name).toMatch(/^Fine model x{109}$/);
  });
});
