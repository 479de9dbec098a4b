/** Asking one Supplier on the practice network: who it is, what it would cost, and the answer. */
import type { Edge } from '../edge/edge-supervisor.ts';
import { answerCost } from '../market/prices.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Hex } from '../protocol/hex.ts';
import { weightsHash } from '../protocol/cu.ts';
import { epochAt, serviceId } from '../protocol/session.ts';
import type { Card, ServedModel } from '../protocol/wire-peer.ts';
import type { Offer } from '../relay/application.ts';
import type { RelayQuestion } from '../relay/ports.ts';
import type { AskEvent } from '../relay/relay-stream.ts';
import type { Market } from './compose-market.ts';

/** Most tokens of a network answer in the pane, so that the most it can cost stays a small number. */
export const MAX_ANSWER_TOKENS = 2_048;
/** An answer of ordinary length, and how many bytes a token of a prompt has. */
const TYPICAL_OUTPUT_TOKENS = 250;
const BYTES_PER_TOKEN = 4;
const CARD_MS = 10_000;

/** All amounts in token units. */
export interface AskPrice {
  readonly most: bigint;
  readonly typical: bigint;
  readonly maxTokens: number;
}

export interface Asking {
  /** Lets this Application ask, if the chain does not do so yet. @throws AppError */
  prepare(allow: (supplier: Hex, model: ServedModel) => Promise<void>): Promise<void>;
  /** What the Supplier offers now, on the session of the running epoch. @throws AppError */
  offer(): Promise<Offer>;
  priceOf(offer: Offer, request: RelayQuestion): AskPrice;
  /** @throws AppError while iterating */
  ask(offer: Offer, request: RelayQuestion, signal: AbortSignal): AsyncIterable<AskEvent>;
}

export interface AskingParts {
  readonly market: Market;
  readonly edge: Pick<Edge, 'peers'>;
  readonly clock: Clock;
  /** The Supplier. */
  readonly peerKey: Hex;
}

export function createAsking({ market, edge, clock, peerKey }: AskingParts): Asking {
  const { application, network, owner, reader } = market;
  let known: Offer | null = null;

  async function meet(): Promise<{ readonly card: Card; readonly model: ServedModel }> {
    const limit = new AbortController();
    const stopTimer = clock.after(CARD_MS, () => limit.abort());
    const card = await edge.peers.card(peerKey, limit.signal).finally(stopTimer);
    const [model] = card.services;
    if (!model) throw new AppError('network-unavailable', { details: 'It offers no model now.' });
    return { card, model };
  }

  async function offer(): Promise<Offer> {
    const { card, model } = await meet();
    const epoch = epochAt(clock.nowMs(), network.epochSeconds);
    const draw = await reader.quote(owner.address, serviceOf(model), epoch, card.supplier);
    const { allowance } = draw;
    const terms = { peerKey, application: owner.address, epoch, draw: draw.draw, allowance };
    const fresh = application.offer(card, model, terms);
    if (known?.id !== fresh.id) await application.connected(peerKey);
    known = fresh;
    return fresh;
  }

  return {
    async prepare(allow) {
      const { card, model } = await meet();
      await allow(card.supplier, model);
    },
    offer,
    priceOf({ model }, request) {
      const { maxCharge, maxTokens } = application.priceOf(request, model);
      const bytes = request.turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
      const promptTokens = Math.ceil(bytes / BYTES_PER_TOKEN);
      const outputTokens = Math.min(TYPICAL_OUTPUT_TOKENS, maxTokens);
      const { atMost } = answerCost(model, {
        promptTokens,
        cachedTokens: 0,
        outputTokens,
        heldTokenSeconds: BigInt((promptTokens + outputTokens) * (request.holdSeconds ?? 0)),
      });
      return { most: maxCharge, typical: atMost < maxCharge ? atMost : maxCharge, maxTokens };
    },
    ask: (offered, request, signal) => application.ask(offered, request, signal),
  };
}

function serviceOf({ ggufSha256, source, weights }: ServedModel): Hex {
  return serviceId({ ggufSha256, source, weightsHash: weightsHash(weights) });
}
