/** What a hot key signs to show that it belongs to an Application. */
import type { Hex } from '../protocol/hex.ts';
import { toHex } from '../protocol/hex.ts';
import {
  defineStruct,
  digestOf,
  hashDomain,
  type Domain,
  type Values,
} from '../protocol/typed-data.ts';

export const KEY_GRANT = defineStruct('KeyGrant', {
  application: 'address',
  key: 'address',
  fromEpoch: 'uint32',
  untilEpoch: 'uint32',
  nonce: 'uint256',
  /** Unix time in seconds. */
  deadline: 'uint64',
});

export type KeyGrant = Values<typeof KEY_GRANT.fields>;

/** @returns the 32 bytes that the key signs */
export function keyGrantDigest(domain: Domain, grant: KeyGrant): Hex {
  return toHex(digestOf(hashDomain(domain), KEY_GRANT, grant));
}
