import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextStream } from '../../../electron/engine/text-stream.ts';

/** Cuts the bytes of a text anywhere; each part is one token. */
function tokens(text: string, cuts: readonly number[]): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  const at = [...new Set([0, bytes.length, ...cuts.map((cut) => cut % (bytes.length + 1))])];
  at.sort((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index] ?? 0, end));
}

function stream(parts: readonly Uint8Array[]): readonly string[] {
  const detokenize = (ids: readonly number[]) =>
    Buffer.concat(ids.map((id) => parts[id] ?? new Uint8Array())).toString('utf8');
  const text = createTextStream(detokenize, []);
  return parts.map((_part, id) => text.push(id));
}

const wellFormed = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\uFFFD'));

test('the pieces make up the text wherever its bytes are cut, and each is whole characters', () => {
  fc.assert(
    fc.property(wellFormed, fc.array(fc.nat(200)), (text, cuts) => {
      const pieces = stream(tokens(text, cuts));
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
      for (const piece of pieces) expect(piece).not.toContain('\uFFFD');
    }),
    { numRuns: 2000 },
  );
});

test('bytes that are no text come out as replacement characters once that is certain', () => {
  const parts = [Buffer.from([0xf0, 0x9f]), Buffer.from('ok')];
  expect(stream(parts)).toEqual(['', '\uFFFDok']);
});

test('a character that never becomes whole is not let out', () => {
  expect(stream([Buffer.from('a'), Buffer.from([0xf0, 0x9f])])).toEqual(['a', '']);
});
