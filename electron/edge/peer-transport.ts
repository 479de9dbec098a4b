/** How one peer reaches another: an encrypted, authenticated duplex per connection, whatever lies below. */
import type { Duplex } from 'node:stream';
import type { Hex } from '../protocol/hex.ts';

export interface PeerTransport {
  /** The key under which other peers know this one, whether it listens or not. */
  readonly peerKey: Hex;
  /**
   * Whoever answers has proved that it holds the secret of `peerKey`.
   * @throws AppError `peer-unreachable`; `cancelled` when `signal` aborts.
   */
  dial(peerKey: Hex, signal: AbortSignal): Promise<Duplex>;
  /**
   * Takes connections of peers that have proved their keys. Once only.
   * @returns the key under which this peer is dialled.
   */
  listen(onDuplex: (duplex: Duplex, peerKey: Hex) => void): Promise<{ readonly peerKey: Hex }>;
  /** Drops every connection. Resolves once nothing of it is left. */
  dispose(): Promise<void>;
}
