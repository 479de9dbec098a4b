/** Hashes that commit to a request and to a response without carrying a word of either. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fromHex, toHex, ZERO_WORD, type Hex } from './hex.ts';
import { defineStruct, hashStruct, type Values } from './typed-data.ts';

export const RELAY = defineStruct('Relay', {
  session: 'bytes32',
  /** Random, so that nobody can find a short prompt by trying. */
  salt: 'bytes32',
  bodyHash: 'bytes32',
  seedNonce: 'bytes32',
  maxCu: 'uint64',
  /** Unix time in milliseconds. */
  deadlineMs: 'uint64',
  topLogprobs: 'uint8',
});

const RESPONSE = defineStruct('Response', {
  textHash: 'bytes32',
  tokensHash: 'bytes32',
  /** Zero when no logprobs were asked for. */
  logprobsHash: 'bytes32',
});

/** The request hash, `ref` in vouchers and receipts. */
export function relayRef(relay: Values<typeof RELAY.fields>): Hex {
  return toHex(hashStruct(RELAY, relay));
}

export function bodyHash(body: string): Hex {
  return toHex(keccak_256(utf8ToBytes(body)));
}

/**
 * The sampler's seed, 31 bits: neither side can choose it alone (notes on replayable sampling: the Supplier's
 * address is in it, so that a copied answer does not fit).
 */
export function samplerSeed(seedNonce: Hex, ref: Hex, supplier: Hex): number {
  const hash = keccak_256(fromHex(`0x${seedNonce.slice(2)}${ref.slice(2)}${supplier.slice(2)}`));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0) & 0x7fff_ffff;
}

/** The most likely tokens at one position, as an auditor needs them. */
export interface TopLogprobs {
  /** Likeliest first. */
  readonly ids: readonly number[];
  /** Natural logarithms in thousandths, as whole numbers. */
  readonly milliNats: readonly number[];
}

export interface StreamPart {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly logprobs?: readonly TopLogprobs[] | undefined;
}

export interface ResponseHasher {
  add(part: StreamPart): void;
  /** The hash over everything added, however it was cut into parts. Ends the hasher. */
  finish(): Hex;
}

/** Gathered before they are hashed: a token at a time, the encoding would cost more than the hash. */
const GATHER_LENGTH = 1_024;

/** Hashes a stream as it passes; text, token ids and logprobs each in their own order. */
export function createResponseHasher(): ResponseHasher {
  const text = keccak_256.create();
  const tokens = keccak_256.create();
  const logprobs = keccak_256.create();
  let hasLogprobs = false;
  let gatheredText = '';
  let gatheredIds: number[] = [];

  function hashTokens(): void {
    tokens.update(words(gatheredIds));
    gatheredIds = [];
  }
  /** Keeps the first half of a character whose second half comes later; each alone would hash as U+FFFD. */
  function hashText(): void {
    const half = /[\uD800-\uDBFF]$/.test(gatheredText) ? gatheredText.slice(-1) : '';
    text.update(utf8ToBytes(gatheredText.slice(0, gatheredText.length - half.length)));
    gatheredText = half;
  }

  return {
    add(part) {
      gatheredText += part.text;
      if (gatheredText.length >= GATHER_LENGTH) hashText();
      for (const id of part.tokenIds) gatheredIds.push(id);
      if (gatheredIds.length >= GATHER_LENGTH) hashTokens();
      for (const { ids, milliNats } of part.logprobs ?? []) {
        hasLogprobs = true;
        logprobs.update(words([ids.length, ...ids, ...milliNats]));
      }
    },
    finish() {
      text.update(utf8ToBytes(gatheredText));
      hashTokens();
      const logprobsHash = hasLogprobs ? toHex(logprobs.digest()) : ZERO_WORD;
      return toHex(
        hashStruct(RESPONSE, {
          textHash: toHex(text.digest()),
          tokensHash: toHex(tokens.digest()),
          logprobsHash,
        }),
      );
    },
  };
}

/** Four bytes each, big-endian, two's complement. */
function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setInt32(index * 4, value);
  });
  return bytes;
}
