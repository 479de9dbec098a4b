/** Stands in for the relays' secp256k1: the real one, with a step before and after each voucher's and receipt's signature. */
import type { Hex } from '../../../electron/protocol/hex.ts';
import { signDigest as signReal } from '../../../electron/relay/secp256k1-adapter.ts';
import { reach } from '../death.ts';

export { recoverSigner } from '../../../electron/relay/secp256k1-adapter.ts';

export function signDigest(key: Uint8Array, digest: Uint8Array): Hex {
  reach('signing');
  const signature = signReal(key, digest);
  reach('signed');
  return signature;
}
