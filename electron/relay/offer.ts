/** What an Application can ask a Supplier for: a model of its card, on a session of this epoch. */
import { AppError } from '../platform/app-error.ts';
import { weightsHash } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import { serviceId, sessionId, type Session } from '../protocol/session.ts';
import type { Card, ServedModel } from '../protocol/wire-peer.ts';
import type { ApplicationPorts } from './ports.ts';

/** What the chain and the owner say about a session with one Supplier. */
export interface SessionTerms {
  readonly peerKey: Hex;
  /** The address with the stake. */
  readonly application: Hex;
  readonly epoch: number;
  readonly draw: number;
  /** Token units that this draw can pay in this epoch. */
  readonly allowance: bigint;
}

/** A Supplier's model on a session: everything needed to ask. */
export interface Offer {
  readonly id: Hex;
  readonly session: Session;
  readonly model: ServedModel;
  readonly peerKey: Hex;
  readonly allowance: bigint;
}

/** @throws AppError `peer-broke-rules` for a card of another network */
export function offerOf(
  card: Card,
  model: ServedModel,
  { peerKey, application, epoch, draw, allowance }: SessionTerms,
  { network: { chainId, hub } }: ApplicationPorts,
): Offer {
  const fault = (details: string): AppError => new AppError('peer-broke-rules', { details });
  if (card.chainId !== chainId || card.hub !== hub) throw fault('It belongs to another network.');
  const { ggufSha256, source, weights, price } = model;
  const service = serviceId({ ggufSha256, source, weightsHash: weightsHash(weights) });
  const session = {
    chainId,
    hub,
    application,
    service,
    epoch,
    draw,
    supplier: card.supplier,
    price,
  };
  return { id: sessionId(session), session, model, peerKey, allowance };
}
