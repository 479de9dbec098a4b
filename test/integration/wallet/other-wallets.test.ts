/** The account that another library finds behind a phrase is the one that Lull finds. */
import fc from 'fast-check';
import { mnemonicToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import { addressOfKey } from '../../../electron/wallet/key-address-adapter.ts';
import { privateKeyFrom, wordsFrom } from '../../../electron/wallet/phrase-adapter.ts';
import { entropyOf } from '../../../electron/wallet/phrase.ts';

const PHRASES = 200;
/** Each takes 2048 rounds of a hash, twice; about 20 ms. */
const ENOUGH_MS = 60_000;

it(
  'has the same address from the same phrase, whichever it is',
  () => {
    const entropy = fc.constantFrom(16, 32).chain((bytes) => {
      return fc.uint8Array({ minLength: bytes, maxLength: bytes });
    });
    fc.assert(
      fc.property(entropy, (bytes) => {
        const phrase = wordsFrom(bytes).join(' ');
        const address = addressOfKey(privateKeyFrom(entropyOf(phrase)));
        expect(address).toBe(mnemonicToAccount(phrase).address);
      }),
      { numRuns: PHRASES },
    );
  },
  ENOUGH_MS,
);
