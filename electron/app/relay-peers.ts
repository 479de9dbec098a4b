/** Connects relays to the edge: a refused resync is a failure here, and short calls have a limit. */
import type { PeerClient as EdgePeers } from '../edge/peer-ports.ts';
import { AppError } from '../platform/app-error.ts';
import { refusalRow } from '../protocol/refusal.ts';
import type { PeerClient } from '../relay/ports.ts';

/** Resyncs and cancels are short; one that takes longer than this has failed. */
const CALL_MS = 10_000;

export function relayPeers(edge: EdgePeers): PeerClient {
  return {
    relay: edge.relay,
    async resync(peerKey, request, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
      const answer = await edge.resync(peerKey, request, limited);
      if (!('code' in answer)) return answer;
      throw new AppError('relay-refused', { details: refusalRow(answer.code).sentence });
    },
    cancel: (peerKey, request) => edge.cancel(peerKey, request, AbortSignal.timeout(CALL_MS)),
  };
}
