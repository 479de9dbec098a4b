/** Values as peers exchange them: well-formed, signed by nobody. */
import type { Hex } from '../../electron/protocol/hex.ts';
import type { Card, ResyncRequest } from '../../electron/protocol/wire-peer.ts';
import type { RelayChunk, RelayEvent, RelayRequest } from '../../electron/protocol/wire-relay.ts';

export const hexOf = (bytes: number, byte: number): Hex =>
  `0x${byte.toString(16).padStart(2, '0').repeat(bytes)}`;

export const SESSION: RelayRequest['session'] = {
  chainId: 31_337n,
  hub: hexOf(20, 1),
  application: hexOf(20, 2),
  service: hexOf(32, 3),
  epoch: 7,
  draw: 0,
  supplier: hexOf(20, 4),
  price: 2_000_000n,
};

export const CARD: Card = {
  version: 1,
  chainId: 31_337n,
  hub: hexOf(20, 1),
  supplier: hexOf(20, 4),
  services: [
    {
      name: 'Small 1B',
      ggufSha256: hexOf(32, 5),
      source: hexOf(20, 6),
      weights: { promptMilli: 1000, cachedMilli: 100, outputMilli: 4000, heldMilli: 1 },
      price: 79_228_162_514_264_337_593_543_950_335n,
      profile: hexOf(32, 7),
      contextTokens: 4096,
    },
  ],
  freeSlots: 4,
  serving: true,
};

/** @param body what the scripted supplier is to do */
export function relayRequest(body: string): RelayRequest {
  return {
    session: SESSION,
    voucher: { cumulative: 5_000n, signature: hexOf(64, 8) },
    salt: hexOf(32, 9),
    seedNonce: hexOf(32, 10),
    maxCu: 1_000_000n,
    deadlineMs: 1_800_000_000_000n,
    topLogprobs: 0,
    body,
  };
}

export const RESYNC: ResyncRequest = {
  session: SESSION,
  lastVoucher: { cumulative: 5_000n, ref: hexOf(32, 11), signature: hexOf(64, 8) },
  refs: [hexOf(32, 11), hexOf(32, 12)],
};

export function chunk(number: number, text = `word ${String(number)} `): RelayChunk {
  return { type: 'chunk', number, text, tokenIds: [number] };
}

export const RECEIPT: Extract<RelayEvent, { type: 'receipt' }> = {
  type: 'receipt',
  signed: {
    receipt: {
      session: hexOf(32, 13),
      ref: hexOf(32, 11),
      sequence: 1,
      cumulative: 5_000n,
      responseHash: hexOf(32, 14),
      modelSha256: hexOf(32, 5),
      profile: hexOf(32, 7),
      promptTokens: 20,
      cachedTokens: 0,
      outputTokens: 3,
      heldTokens: 0,
      heldTokenSeconds: 0n,
      refundTokenSeconds: 0n,
      owedTokenSeconds: 0n,
      cu: 32n,
      totalCu: 32n,
      charged: 64n,
      totalCharged: 64n,
      finish: 0,
      queuedMs: 0,
      firstTokenMs: 5,
      totalMs: 9,
      endedAtMs: 1_700_000_000_000n,
    },
    signature: hexOf(64, 15),
  },
};
