/** What a person is told about a file that is refused: never what the file holds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGgufHeader } from '../../../electron/models/gguf-reader.ts';
import { modelFacts, splitPlace } from '../../../electron/models/model-facts.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import {
  countingReader,
  SMALL_ENTRIES,
  smallGguf,
  smallGgufWith,
  tensor,
} from '../../fixtures/small-gguf.ts';

async function failureOf(bytes: Uint8Array): Promise<AppError | null> {
  try {
    const header = await readGgufHeader(countingReader(bytes).readAt, bytes.length);
    splitPlace(header.metadata);
    modelFacts(header);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('the details of a failure', () => {
  const SECRET = 'correct horse battery staple';
  const texts = smallGgufWith(
    ['x.secret', { type: 'string', value: SECRET }],
    ['x.secrets', { type: 'array', of: 'string', values: [SECRET, SECRET] }],
    ['tokenizer.chat_template', { type: 'string', value: SECRET }],
  );

  it('name a key or a tensor only when it has a name', async () => {
    const twice = (name: string) =>
      smallGguf([], [tensor(name, [1], 0, 4), tensor(name, [1], 0, 4)]);
    const plain = await failureOf(twice('blk.0.attn_q.weight'));
    expect(plain?.details).toBe('The tensor blk.0.attn_q.weight occurs twice.');
    const odd = await failureOf(twice('é\u202e\u001b'));
    expect(odd?.details).toBe('The tensor (unreadable) occurs twice.');
    const different = smallGguf(SMALL_ENTRIES, [tensor('é', [8], 0, 32), tensor('è', [8], 0, 32)]);
    expect(await failureOf(different)).toBeNull();
  });

  it('never hold what a file says, whatever kind of file it is', async () => {
    const start = fc.oneof(
      fc.uint8Array({ maxLength: 16 }),
      fc
        .constantFrom('PK\x03\x04', '{"', '<html', 'GGUF', 'ggjt', '', '\x08\x07\x12')
        .map(Buffer.from),
    );
    await fc.assert(
      fc.asyncProperty(start, async (first) => {
        const failure = await failureOf(Buffer.concat([first, Buffer.from(SECRET.repeat(8))]));
        expect(failure?.details ?? '').not.toContain('horse');
      }),
      { numRuns: 500 },
    );
  });

  it('never hold a text of the header, however it is damaged', async () => {
    let failures = 0;
    const change = fc.tuple(fc.nat(texts.length - 1), fc.constantFrom(0, 1, 8, 9, 13, 127, 255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Uint8Array.from(texts);
        for (const [at, byte] of changes) bytes[at] = byte;
        const failure = await failureOf(bytes);
        if (failure) failures += 1;
        expect(failure?.details ?? '').not.toContain(SECRET);
        expect(failure?.details ?? '').toMatch(/^[\x20-\x7e’]{0,200}$/);
      }),
      { numRuns: 3000 },
    );
    expect(failures).toBeGreaterThan(500);
  });
});
