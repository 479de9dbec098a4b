/** In main: what other peers may ask of this one, and what this one may ask of them. */
import type { Hex } from '../protocol/hex.ts';
import type { CancelRequest, Card, ResyncAnswer, ResyncRequest } from '../protocol/wire-peer.ts';
import type { Refusal, RelayEvent, RelayRequest } from '../protocol/wire-relay.ts';

/** Answers other peers. Every request has passed its schema; who asks has proved its key. */
export interface PeerServerHandlers {
  card(): Card;
  resync(peerKey: Hex, request: ResyncRequest): Promise<ResyncAnswer | Refusal>;
  /**
   * Chunks numbered from 0 and then a receipt, or one refusal and nothing else. Is pulled no faster than the peer
   * reads. `signal` aborts when the peer has gone; what is yielded after that goes nowhere, but is pulled to its end.
   * `onSaid` is called once every chunk has been yielded and only the end is still to come.
   */
  relay(
    peerKey: Hex,
    request: RelayRequest,
    signal: AbortSignal,
    onSaid: () => void,
  ): AsyncIterable<RelayEvent>;
  cancel(peerKey: Hex, request: CancelRequest): void;
}

/**
 * Asks other peers. What comes back has passed its schema; nothing in it is proved by that.
 * All throw AppError: `peer-unreachable` (never there, gone, or silent for too long; the details say which),
 * `peer-broke-rules`, `network-unavailable` when this peer itself has no connection, `cancelled` when `signal` aborts.
 */
export interface PeerClient {
  card(peerKey: Hex, signal: AbortSignal): Promise<Card>;
  resync(
    peerKey: Hex,
    request: ResyncRequest,
    signal: AbortSignal,
  ): Promise<ResyncAnswer | Refusal>;
  /**
   * Ends after a receipt or a refusal, and throws when neither comes. Not pulling it stops the peer. Aborting
   * `signal`, or leaving the loop, drops the stream; whoever wants the receipt asks to cancel and reads on.
   */
  relay(peerKey: Hex, request: RelayRequest, signal: AbortSignal): AsyncIterable<RelayEvent>;
  cancel(peerKey: Hex, request: CancelRequest, signal: AbortSignal): Promise<void>;
}

export interface PeersReport {
  readonly peerKey: Hex;
  /** Where the bootstrap node that this process hosts listens, if it does. */
  readonly bootstrapPort: number | null;
}
