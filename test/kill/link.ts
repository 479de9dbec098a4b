/** The way between two nodes, with its steps: a bad one in this process, or the real edges. */
import { setImmediate as turn } from 'node:timers/promises';
import type { PeerClient, PeerServerHandlers } from '../../electron/edge/peer-ports.ts';
import { AppError } from '../../electron/platform/app-error.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import type { RelayEvent, RelayRequest } from '../../electron/protocol/wire-relay.ts';
import { reach } from './death.ts';
import type { Witness } from './witness.ts';

const ignore = (): void => undefined;

/** The Supplier's half of the steps. */
export function tapHandlers(handlers: PeerServerHandlers, witness: Witness): PeerServerHandlers {
  return {
    ...handlers,
    async *relay(peerKey, request, signal, onSaid) {
      for await (const event of handlers.relay(peerKey, request, signal, onSaid)) {
        if (event.type === 'chunk' && event.number === 0) {
          witness.saw('relay-accepted', request.voucher.signature);
        }
        if (event.type === 'receipt') {
          witness.saw('relay-served', event.signed.signature);
          reach('receipt leaving');
        }
        yield event;
      }
    },
    async resync(peerKey, request) {
      const answer = await handlers.resync(peerKey, request);
      for (const fate of 'refs' in answer ? answer.refs : []) {
        if (fate.state === 'void') witness.saw('relay-voided', fate.ref);
        else if (fate.state === 'settled') witness.saw('relay-served', fate.signed.signature);
      }
      return answer;
    },
  };
}

/** The Application's half. */
export function tapClient(client: PeerClient, witness: Witness): PeerClient {
  return {
    card: client.card,
    async *relay(peerKey, request, signal) {
      witness.saw('relay-sent', request.voucher.signature);
      reach('request leaving');
      for await (const event of client.relay(peerKey, request, signal)) {
        if (event.type === 'receipt') reach('receipt arriving');
        yield event;
      }
    },
    async resync(peerKey, request, signal) {
      reach('resync asked');
      const answer = await client.resync(peerKey, request, signal);
      reach('resync answered');
      return answer;
    },
    async cancel(peerKey, request, signal) {
      reach('cancel leaving');
      await client.cancel(peerKey, request, signal);
    },
  };
}

export interface LinkFaults {
  /** Whether something goes wrong, this time. */
  strikes(oneIn: number): boolean;
}

const LOST_ONE_IN = 7;

/**
 * Carries everything to the other node of this process; loses requests, whole answers and receipts, and delivers
 * some requests twice.
 */
export function createMemoryLink(
  ownKey: Hex,
  other: () => PeerServerHandlers,
  { strikes }: LinkFaults,
): PeerClient {
  const lost = (): AppError => new AppError('peer-unreachable');

  async function deliverAgain(request: RelayRequest): Promise<void> {
    await turn();
    const { signal } = new AbortController();
    const events = other().relay(ownKey, request, signal, ignore)[Symbol.asyncIterator]();
    try {
      while ((await events.next()).done !== true);
    } catch {
      // Nobody reads this answer, so nobody hears how it broke off.
    }
  }

  async function* relay(request: RelayRequest, signal: AbortSignal): AsyncGenerator<RelayEvent> {
    await turn();
    if (strikes(LOST_ONE_IN)) throw lost();
    if (strikes(LOST_ONE_IN)) void deliverAgain(request);
    if (strikes(LOST_ONE_IN)) {
      void deliverAgain(request);
      throw lost();
    }
    const far = new AbortController();
    const cut = (): void => far.abort();
    signal.addEventListener('abort', cut);
    try {
      for await (const event of other().relay(ownKey, request, far.signal, ignore)) {
        await turn();
        if (signal.aborted) throw lost();
        if (event.type === 'receipt' && strikes(LOST_ONE_IN)) throw lost();
        yield event;
      }
    } finally {
      cut();
      signal.removeEventListener('abort', cut);
    }
  }

  return {
    card: async () => other().card(),
    relay: (_peerKey, request, signal) => relay(request, signal),
    async resync(_peerKey, request) {
      await turn();
      if (strikes(LOST_ONE_IN)) throw lost();
      const answer = await other().resync(ownKey, request);
      await turn();
      if (strikes(LOST_ONE_IN)) throw lost();
      return answer;
    },
    async cancel(_peerKey, request) {
      await turn();
      if (!strikes(LOST_ONE_IN)) other().cancel(ownKey, request);
    },
  };
}
