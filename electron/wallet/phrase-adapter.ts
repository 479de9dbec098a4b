/** BIP-39 and BIP-32 by the scure libraries: words from bytes, bytes from words, the wallet's key from bytes. */
import { HARDENED_OFFSET, HDKey } from '@scure/bip32';
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

/** m/44'/60'/0'/0/0, the first account of every Ethereum wallet. */
const PATH = [HARDENED_OFFSET + 44, HARDENED_OFFSET + 60, HARDENED_OFFSET, 0, 0] as const;

/** The English list of BIP-39, sorted; the first four letters of each word are its own. */
export const WORDS: readonly string[] = wordlist;

/** @param entropy 16 or 32 bytes */
export function wordsFrom(entropy: Uint8Array): readonly string[] {
  return entropyToMnemonic(entropy, wordlist).split(' ');
}

/** @returns null when the checksum does not fit, or a word is not in the list */
export function entropyFrom(words: readonly string[]): Uint8Array | null {
  try {
    return mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    // Its message quotes the words.
    return null;
  }
}

/** @returns the private key, 32 bytes, the caller's to overwrite; everything between is overwritten here */
export function privateKeyFrom(entropy: Uint8Array): Uint8Array {
  const seed = mnemonicToSeedSync(entropyToMnemonic(entropy, wordlist));
  try {
    return deriveKey(seed, PATH);
  } finally {
    seed.fill(0);
  }
}

/** BIP-32. @param path indices, hardened ones from 2^31 */
export function deriveKey(seed: Uint8Array, path: readonly number[]): Uint8Array {
  let node = HDKey.fromMasterSeed(seed);
  try {
    for (const index of path) {
      const child = node.deriveChild(index);
      node.wipePrivateData();
      node = child;
    }
    if (node.privateKey === null) throw new Error('the derived node has no private key');
    return Uint8Array.from(node.privateKey);
  } finally {
    node.wipePrivateData();
  }
}
