/** Vouchers: the Application's signature over the most it may owe on a session so far. */
import { defineStruct, type Values } from './typed-data.ts';

export const VOUCHER = defineStruct('Voucher', {
  session: 'bytes32',
  /** Token units: charged so far and the maxima of every relay in flight, this one included. */
  cumulative: 'uint96',
  /** Hash of the relay request that carries it. */
  ref: 'bytes32',
});

export type Voucher = Values<typeof VOUCHER.fields>;
