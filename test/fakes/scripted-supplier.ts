/** Serves peers by doing what the body of the relay says, and keeps account of what became of it. */
import type { PeerServerHandlers } from '../../electron/edge/peer-ports.ts';
import type { RefusalCode } from '../../electron/protocol/refusal.ts';
import type { RelayEvent } from '../../electron/protocol/wire-relay.ts';
import { CARD, chunk, RECEIPT } from './peer-values.ts';

/** One event of a flood, in characters. */
export const FLOOD_LENGTH = 2048;

export interface ScriptedSupplier extends PeerServerHandlers {
  readonly running: number;
  /** Relays whose asker has gone before the end. */
  readonly aborted: number;
  /** Relays that were pulled to their end, receipt included. */
  readonly finished: number;
  /** Chunks that were pulled, by the body of the relay. */
  pulled(body: string): number;
  /** Resolves once `isReached` holds; looked at whenever something changes. */
  until(isReached: (supplier: ScriptedSupplier) => boolean): Promise<void>;
  readonly cancels: readonly string[];
  readonly peers: ReadonlySet<string>;
}

/**
 * `say N` answers with N chunks; `hang` says one and then nothing until the asker has gone; `wait` says nothing;
 * `flood NAME` never ends while the asker is there; `refuse CODE` refuses; `throw` fails; `fail TEXT` fails once the
 * text has been said and only the receipt is missing.
 */
export function createScriptedSupplier(): ScriptedSupplier {
  const state = { running: 0, aborted: 0, finished: 0 };
  const pulled = new Map<string, number>();
  const cancels: string[] = [];
  const peers = new Set<string>();
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };

  async function* act(
    body: string,
    signal: AbortSignal,
    onSaid: () => void,
  ): AsyncGenerator<RelayEvent> {
    const [verb, word = ''] = body.split(' ');
    if (verb === 'throw') throw new Error('it fell over');
    if (verb === 'refuse') {
      const refusal = { code: word as RefusalCode, retryElsewhere: true };
      yield { type: 'refusal', refusal };
      return;
    }
    if (verb === 'fail') {
      yield chunk(0);
      yield chunk(1, word);
      onSaid();
      throw new Error('nobody signs');
    }
    if (verb === 'wait') await gone(signal);
    if (verb === 'hang') {
      yield chunk(0);
      await gone(signal);
    }
    for (let number = 0; verb === 'flood' && !signal.aborted; number += 1) {
      pulled.set(body, number + 1);
      changed();
      yield chunk(number, 'x'.repeat(FLOOD_LENGTH));
    }
    for (let number = 0; verb === 'say' && number < Number(word); number += 1) {
      pulled.set(body, number + 1);
      yield chunk(number);
    }
    yield RECEIPT;
    state.finished += 1;
  }

  async function* relay(
    ...[peerKey, request, signal, onSaid]: Parameters<PeerServerHandlers['relay']>
  ): AsyncGenerator<RelayEvent> {
    peers.add(peerKey);
    state.running += 1;
    changed();
    signal.addEventListener('abort', () => {
      state.aborted += 1;
      changed();
    });
    try {
      yield* act(request.body, signal, onSaid);
    } finally {
      state.running -= 1;
      changed();
    }
  }

  const supplier: ScriptedSupplier = {
    relay,
    card: () => CARD,
    async resync(_peerKey, request) {
      const refs = request.refs.map((ref) => ({ ref, state: 'void' as const }));
      return { bestCumulative: request.lastVoucher.cumulative, lastReceipt: RECEIPT.signed, refs };
    },
    cancel(_peerKey, { ref }) {
      cancels.push(ref);
    },
    cancels,
    peers,
    get running() {
      return state.running;
    },
    get aborted() {
      return state.aborted;
    },
    get finished() {
      return state.finished;
    },
    pulled: (body) => pulled.get(body) ?? 0,
    until(isReached) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (!isReached(supplier)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      });
    },
  };
  return supplier;
}

function gone(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
