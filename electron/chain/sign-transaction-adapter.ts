/** Turns transactions into signed bytes: viem writes them, secp256k1 signs them with a key that stays in bytes. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { serializeTransaction, type TransactionSerializableEIP1559 } from 'viem';
import { fromHex, toHex, type Hex } from '../protocol/hex.ts';
import { keccakHex } from '../protocol/typed-data.ts';
import type { TransactionSigner, UnsignedTransaction } from './ports.ts';

/** A signature over 32 bytes, with low s. */
export interface RecoverableSignature {
  readonly r: Hex;
  readonly s: Hex;
  readonly yParity: 0 | 1;
}

/** Signs 32 bytes; whoever holds the key. */
export type SignDigest = (digest: Uint8Array) => Promise<RecoverableSignature>;

const PUBLIC_KEY_HEX_DIGITS = 128;
const ADDRESS_HEX_DIGITS = 40;

/** @param address of the key behind `signDigest`, lower case */
export function createTransactionSigner(address: Hex, signDigest: SignDigest): TransactionSigner {
  return {
    address,
    async sign(transaction) {
      const unsigned = toSerializable(transaction);
      const digest = fromHex(keccakHex(fromHex(serializeTransaction(unsigned))));
      const raw = serializeTransaction(unsigned, await signDigest(digest));
      return { raw, hash: keccakHex(fromHex(raw)) };
    },
  };
}

/** @param key 32 bytes, read at each signature and never copied into a string */
export function signDigestWith(key: Uint8Array): SignDigest {
  return (digest) => {
    const bytes = secp256k1.sign(digest, key, { prehash: false, lowS: true, format: 'recovered' });
    const [recovery = 0] = bytes;
    return Promise.resolve({
      r: toHex(bytes.subarray(1, 33)),
      s: toHex(bytes.subarray(33, 65)),
      yParity: recovery === 0 ? 0 : 1,
    });
  };
}

/** @param key 32 bytes */
export function keySigner(key: Uint8Array): TransactionSigner {
  return createTransactionSigner(addressOf(key), signDigestWith(key));
}

/** @param key 32 bytes @returns lower case */
export function addressOf(key: Uint8Array): Hex {
  const point = toHex(secp256k1.getPublicKey(key, false)).slice(-PUBLIC_KEY_HEX_DIGITS);
  return `0x${keccakHex(fromHex(`0x${point}`)).slice(-ADDRESS_HEX_DIGITS)}`;
}

function toSerializable(transaction: UnsignedTransaction): TransactionSerializableEIP1559 {
  const { chainId, nonce, to, data, valueWei, gas } = transaction;
  return {
    type: 'eip1559',
    chainId,
    nonce,
    ...(to === null ? {} : { to }),
    data,
    value: valueWei,
    gas: BigInt(gas),
    maxFeePerGas: transaction.maxFeePerGasWei,
    maxPriorityFeePerGas: transaction.maxPriorityFeePerGasWei,
  };
}
