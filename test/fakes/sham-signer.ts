/** Signatures that cost nothing: an address and a hash under it. For tests of what is signed, not of how. */
import { fromHex, type Hex } from '../../electron/protocol/hex.ts';
import { keccakHex } from '../../electron/protocol/typed-data.ts';
import { createDigestSigner, type DigestSigner } from './digest-signer.ts';

const ADDRESS_CHARS = 40;
const PADDING = '0'.repeat(24);

function sealOf(address: Hex, digest: Uint8Array): string {
  return keccakHex(Uint8Array.from([...fromHex(address), ...digest])).slice(2);
}

export function createShamSigner(address: Hex): DigestSigner {
  return createDigestSigner(
    address,
    async (digest) => `0x${address.slice(2)}${sealOf(address, digest)}${PADDING}`,
  );
}

export function recoverSham(digest: Uint8Array, signature: Hex): Hex | null {
  const address: Hex = `0x${signature.slice(2, 2 + ADDRESS_CHARS)}`;
  const rest = signature.slice(2 + ADDRESS_CHARS);
  return rest === sealOf(address, digest) + PADDING ? address : null;
}
