/** Random values of everything that is signed, small and extreme ones among them. */
import fc from 'fast-check';
import type { Hex } from '../../electron/protocol/hex.ts';
import { FINISHES } from '../../electron/protocol/finish.ts';
import type { Receipt } from '../../electron/protocol/receipt.ts';
import type { Session } from '../../electron/protocol/session.ts';
import type { Voucher } from '../../electron/protocol/voucher.ts';

export function hexOf(bytes: number): fc.Arbitrary<Hex> {
  return fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((value): Hex => `0x${Buffer.from(value).toString('hex')}`);
}

export const word = hexOf(32);
export const address = hexOf(20);
export const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
export const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt(0n, 2n ** BigInt(bits) - 1n);

export const session: fc.Arbitrary<Session> = fc.record({
  chainId: uint(64),
  hub: address,
  application: address,
  service: word,
  epoch: uint32,
  draw: fc.nat(255),
  supplier: address,
  price: uint(96),
});

export const voucher: fc.Arbitrary<Voucher> = fc.record({
  session: word,
  cumulative: uint(96),
  ref: word,
});

export const receipt: fc.Arbitrary<Receipt> = fc.record({
  session: word,
  ref: word,
  sequence: uint32.map((value) => Math.max(1, value)),
  cumulative: uint(96),
  responseHash: word,
  modelSha256: word,
  profile: word,
  promptTokens: uint32,
  cachedTokens: uint32,
  heldTokens: uint32,
  outputTokens: uint32,
  heldTokenSeconds: uint(64),
  refundTokenSeconds: uint(64),
  owedTokenSeconds: uint(64),
  cu: uint(64),
  totalCu: uint(64),
  charged: uint(96),
  totalCharged: uint(96),
  finish: fc.nat(FINISHES.length - 1),
  queuedMs: uint32,
  firstTokenMs: uint32,
  totalMs: uint32,
  endedAtMs: uint(64),
});
