/** Sessions and services: what an Application and a Supplier agree on without any transaction. */
import type { Hex } from './hex.ts';
import { toHex } from './hex.ts';
import { defineStruct, hashStruct, type Values } from './typed-data.ts';

export const SESSION = defineStruct('Session', {
  chainId: 'uint256',
  hub: 'address',
  application: 'address',
  service: 'bytes32',
  epoch: 'uint32',
  draw: 'uint8',
  supplier: 'address',
  /** Token units per 1,000,000 CU. */
  price: 'uint96',
});

/** One Application, one Service, one epoch, one draw, one Supplier, one price. */
export type Session = Values<typeof SESSION.fields>;

export const SERVICE = defineStruct('Service', {
  ggufSha256: 'bytes32',
  source: 'address',
  weightsHash: 'bytes32',
});

/** @returns 32 bytes; the chain and the hub are in it, so no signature serves two of them. */
export function sessionId(session: Session): Hex {
  return toHex(hashStruct(SESSION, session));
}

/** @param service the file, who listed it, and the weights its CU are counted with */
export function serviceId(service: Values<typeof SERVICE.fields>): Hex {
  return toHex(hashStruct(SERVICE, service));
}

/** @returns the number of the settlement period that contains a moment */
export function epochAt(nowMs: number, epochSeconds: number): number {
  return Math.floor(nowMs / 1000 / epochSeconds);
}
