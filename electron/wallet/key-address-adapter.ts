/** A private key's address, by noble's secp256k1: for the wallet's main key, which signs seldom. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccakHex } from '../protocol/typed-data.ts';

const ADDRESS_CHARS = 40;
/** A letter of the address is upper case when its digit of the hash is at least this (EIP-55). */
const UPPER_FROM = 8;

/** @returns with the checksum of EIP-55 in the case of its letters */
export function addressOfKey(key: Uint8Array): string {
  const point = secp256k1.getPublicKey(key, false);
  return withChecksum(keccakHex(point.subarray(1)).slice(-ADDRESS_CHARS));
}

/** @param digits 40 in lower case, without `0x` */
function withChecksum(digits: string): string {
  const hash = keccakHex(new TextEncoder().encode(digits)).slice(2);
  const letters = digits.replace(/[a-f]/g, (digit, at: number) =>
    Number.parseInt(hash.charAt(at), 16) >= UPPER_FROM ? digit.toUpperCase() : digit,
  );
  return `0x${letters}`;
}
