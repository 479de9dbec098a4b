/** Bytes as hex, the form in which hashes, addresses and signatures travel and are kept. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** `0x` and an even number of lower-case hex digits. */
export type Hex = `0x${string}`;

export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** @throws Error when this is not hex; whatever comes from outside was checked by a schema before. */
export function fromHex(hex: Hex): Uint8Array {
  return hexToBytes(hex.slice(2));
}

export const ZERO_WORD: Hex = `0x${'0'.repeat(64)}`;
