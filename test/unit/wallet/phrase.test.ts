/** Phrases against published vectors, and what is said about ones that are wrong. */
import { HDKey } from '@scure/bip32';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/platform/app-error.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { addressOfKey } from '../../../electron/wallet/key-address-adapter.ts';
import {
  deriveKey,
  entropyFrom,
  privateKeyFrom,
  WORDS,
  wordsFrom,
} from '../../../electron/wallet/phrase-adapter.ts';
import { checkPhrase, entropyOf, makeEntropy, wordsIn } from '../../../electron/wallet/phrase.ts';
import vectors from '../../fixtures/wallet-vectors.json' with { type: 'json' };

const JUNK = `${'test '.repeat(11)}junk`;
const HARDENED = 2 ** 31;

const hexOf = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');
const entropy = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);

function detailsOf(text: string): string | undefined {
  try {
    entropyOf(text);
  } catch (error) {
    if (error instanceof AppError && error.code === 'phrase-invalid') return error.details;
    throw error;
  }
  throw new Error('it was taken');
}

describe('published vectors', () => {
  it.each(vectors.bip39)('BIP-39: %s', (hex = '', phrase = '') => {
    expect(wordsFrom(Buffer.from(hex, 'hex')).join(' ')).toBe(phrase.trim());
    expect(hexOf(entropyOf(phrase))).toBe(hex);
  });

  it.each(vectors.bip32.chain)('BIP-32: %s', (path = '', xprv = '') => {
    const indices = path
      .split('/')
      .slice(1)
      .map((part) => Number.parseInt(part) + (part.endsWith("'") ? HARDENED : 0));
    const key = deriveKey(Buffer.from(vectors.bip32.seed, 'hex'), indices);
    expect(hexOf(key)).toBe(hexOf(HDKey.fromExtendedKey(xprv).privateKey));
  });

  it.each(vectors.addresses)('address of: %s', (phrase = '', address = '') => {
    expect(addressOfKey(privateKeyFrom(entropyOf(phrase)))).toBe(address);
  });
});

describe('a new phrase', () => {
  it('has 12 words from 16 bytes or 24 from 32, all of the list', () => {
    for (const count of [12, 24] as const) {
      const words = wordsFrom(makeEntropy(count, systemRandom));
      expect(words).toHaveLength(count);
      expect(words.every((word) => WORDS.includes(word))).toBe(true);
    }
  });

  it('gives its bytes back', () => {
    fc.assert(
      fc.property(entropy, (bytes) => {
        expect(hexOf(entropyFrom(wordsFrom(bytes)))).toBe(hexOf(bytes));
      }),
    );
  });
});

describe('a typed phrase', () => {
  it('may come with capitals, numbers, commas, accents and line ends', () => {
    const text = wordsIn(JUNK)
      .map((word, index) => `${index + 1}. ${word.toUpperCase()},\n`)
      .join('  ');
    expect(hexOf(entropyOf(text))).toBe(hexOf(entropyOf(JUNK)));
    const copied = [
      '\uFEFF1)\u00A0Test',
      '2 - \u200Btest\u200B',
      '③ｔｅｓｔ',
      '4:\u3000te\u00ADst',
    ];
    expect(wordsIn(copied.join('\u2028'))).toEqual(['test', 'test', 'test', 'test']);
    expect(wordsIn('Tést  test')).toEqual(['test', 'test']);
  });

  it('is refused with the first bad word, and the one that was meant', () => {
    expect(detailsOf(JUNK.replace('test', 'tset'))).toContain('Word 1, “tset”');
    expect(detailsOf(JUNK.replace('test', 'tset'))).toContain('“test”');
    expect(detailsOf(`abandn ${'test '.repeat(10)}junk`)).toContain('Did you mean “abandon”?');
    expect(detailsOf('test test')).toContain('these are 2');
    expect(detailsOf(`${JUNK} ${JUNK} test`)).toContain('these are 25');
    expect(checkPhrase(`${JUNK} ${JUNK} test`).state).toBe('typing');
    expect(detailsOf('test '.repeat(12))).toContain('out of order');
    expect(detailsOf(`${'test '.repeat(4)}xyzzy ${'test '.repeat(6)}junk`)).toMatch(
      /^Word 5, “xyzzy”, is not in the list\.$/,
    );
  });

  it('is refused when its words are swapped, but for the few that pass the check by chance', () => {
    let taken = 0;
    let tried = 0;
    fc.assert(
      fc.property(entropy, fc.nat(), fc.nat(), (bytes, a, b) => {
        const words = [...wordsFrom(bytes)];
        const [i, j] = [a % words.length, b % words.length];
        const [first = '', second = ''] = [words[i], words[j]];
        if (first === second) return;
        words[i] = second;
        words[j] = first;
        tried += 1;
        if (entropyFrom(words) !== null) taken += 1;
      }),
      { numRuns: 500 },
    );
    // Four bits of check for 12 words, eight for 24: one in 16 or in 256 passes.
    expect(tried).toBeGreaterThan(300);
    expect(taken / tried).toBeLessThan(0.12);
  });

  it('is judged as it is typed', () => {
    expect(checkPhrase('')).toEqual({ count: 0, state: 'typing', bad: null });
    expect(checkPhrase('test tes')).toEqual({ count: 2, state: 'typing', bad: null });
    expect(checkPhrase('test tesx').state).toBe('bad-word');
    expect(checkPhrase('test tesst ')).toEqual({
      count: 2,
      state: 'bad-word',
      bad: { position: 2, word: 'tesst', suggestion: 'test' },
    });
    expect(checkPhrase(JUNK).state).toBe('good');
    expect(checkPhrase('test '.repeat(12)).state).toBe('bad-checksum');
    expect(checkPhrase(`${'test '.repeat(12)}t`).state).toBe('typing');
  });

  it('never makes the judge fail, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
        const { state, bad } = checkPhrase(text);
        expect((state === 'bad-word') === (bad !== null)).toBe(true);
      }),
    );
  });
});
