/** How much a voucher has to cover, the same sum on both sides. */
import { chargeOf } from '../protocol/cu.ts';

/** What a session has cost and may still cost. */
export interface Commitment {
  /** CU of all receipts so far. */
  readonly settledCu: bigint;
  /** Maxima of all relays in flight, or whose fate is not known. */
  readonly inFlightCu: bigint;
  /** Token units per 1,000,000 CU. */
  readonly price: bigint;
}

/** Token units that a session costs at most when a relay of `maxCu` joins it. */
export function coverOf({ settledCu, inFlightCu, price }: Commitment, maxCu: bigint): bigint {
  return chargeOf(settledCu + inFlightCu + maxCu, price);
}

/** Vouchers need not arrive in order: the highest one counts. */
export function bestOf(held: bigint, given: bigint): bigint {
  return given > held ? given : held;
}
