/** Addresses of the tests' own keys, by viem, so that ours are not checked against themselves. */
import { privateKeyToAddress } from 'viem/accounts';
import { toHex, type Hex } from '../../electron/protocol/hex.ts';

export function addressOfKey(key: Uint8Array): Hex {
  return `0x${privateKeyToAddress(toHex(key)).slice(2).toLowerCase()}`;
}
