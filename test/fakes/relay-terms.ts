/** One Supplier, one Application and the terms between them, for tests of relays. */
import { DEFAULT_WEIGHTS, weightsHash } from '../../electron/protocol/cu.ts';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../electron/protocol/generate.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { epochAt, serviceId, type Session } from '../../electron/protocol/session.ts';
import type { Card, ServedModel } from '../../electron/protocol/wire-peer.ts';
import type { Quote, RelayNetwork } from '../../electron/relay/ports.ts';

const byte = (pair: string, count: number): Hex => `0x${pair.repeat(count)}`;

export const NOW_MS = 1_700_000_000_000;
export const NETWORK: RelayNetwork = {
  chainId: 31_337n,
  hub: byte('aa', 20),
  epochSeconds: 43_200,
  graceSeconds: 120,
};
export const SUPPLIER: Hex = byte('51', 20);
export const HOT_KEY: Hex = byte('a1', 20);
export const STAKER: Hex = byte('a9', 20);
export const SUPPLIER_PEER: Hex = byte('5e', 32);
export const APPLICATION_PEER: Hex = byte('ae', 32);
export const EPOCH = epochAt(NOW_MS, NETWORK.epochSeconds);
export const ALLOWANCE = 1_000_000n;

export const MODEL: ServedModel = {
  name: 'starter',
  ggufSha256: byte('60', 32),
  source: byte('50', 20),
  weights: DEFAULT_WEIGHTS,
  price: 200_000n,
  profile: byte('70', 32),
  contextTokens: 2_048,
};

export const SERVICE = serviceId({
  ggufSha256: MODEL.ggufSha256,
  source: MODEL.source,
  weightsHash: weightsHash(MODEL.weights),
});

export const SESSION: Session = {
  chainId: NETWORK.chainId,
  hub: NETWORK.hub,
  application: STAKER,
  service: SERVICE,
  epoch: EPOCH,
  draw: 0,
  supplier: SUPPLIER,
  price: MODEL.price,
};

export const QUOTE: Quote = {
  solvent: true,
  draw: 0,
  allowance: ALLOWANCE,
  paid: 0n,
  hotKey: HOT_KEY,
  keyValid: true,
};

export const CARD: Card = {
  version: 1,
  chainId: NETWORK.chainId,
  hub: NETWORK.hub,
  supplier: SUPPLIER,
  services: [MODEL],
  freeSlots: 4,
  serving: true,
};

export const TERMS = {
  peerKey: SUPPLIER_PEER,
  application: STAKER,
  epoch: EPOCH,
  draw: 0,
  allowance: ALLOWANCE,
};

export function question(text: string, maxTokens: number | null): GenerateRequest {
  return { turns: [{ role: 'user', text }], sampling: DEFAULT_SAMPLING, maxTokens, stop: [] };
}
