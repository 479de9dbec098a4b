/** In main: the calls to other peers that are under way in the edge. */
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import { createAsyncQueue, type AsyncQueue } from '../platform/async-queue.ts';
import type { Hex } from '../protocol/hex.ts';
import { cancelRequestSchema, resyncRequestSchema } from '../protocol/wire-peer.ts';
import { relayRequestSchema, type RelayEvent } from '../protocol/wire-relay.ts';
import { PEER_CREDITS } from './limits.ts';
import type { FromEdge, ToEdgeWire } from './messages.ts';
import type { CallAnswer, PeerAskKind } from './peer-messages.ts';
import type { PeerClient } from './peer-ports.ts';
import { createTakings } from './takings.ts';

/** JSON text of a chunk at most: for each unit of its text, for each of its tokens, and for the rest. */
const UNIT_LENGTH = 6;
const TOKEN_LENGTH = 11;
const CHUNK_LENGTH = 128;

export interface PeerCalls {
  readonly client: PeerClient;
  /** What comes for a call that is over is dropped. */
  receive(message: Extract<FromEdge, { type: `call-${string}` }>): void;
  /** The edge is gone. */
  failAll(error: AppError): void;
}

/** What a call hears; a call that is no relay hears one answer. */
type Heard = CallAnswer | RelayEvent;

interface Call {
  readonly queue: AsyncQueue<Heard>;
}

/** @param post false when there is no edge to take it */
export function createPeerCalls(post: (message: ToEdgeWire) => boolean): PeerCalls {
  const calls = new Map<number, Call>();
  let lastId = 0;

  async function* call(
    peerKey: Hex,
    kind: PeerAskKind,
    body: unknown,
    signal: AbortSignal,
  ): AsyncGenerator<Heard, void> {
    if (signal.aborted) throw new AppError('cancelled');
    lastId += 1;
    const id = lastId;
    const mine: Call = { queue: createAsyncQueue<Heard>() };
    calls.set(id, mine);
    const leave = (): void => {
      if (calls.delete(id)) post({ type: 'call-drop', id });
    };
    const cancel = (): void => {
      leave();
      mine.queue.fail(new AppError('cancelled'));
    };
    signal.addEventListener('abort', cancel, { once: true });
    const takings = createTakings(PEER_CREDITS);
    try {
      const text = body === null ? null : JSON.stringify(body);
      if (!post({ type: 'call', id, peerKey, kind, body: text })) {
        throw new AppError('network-unavailable');
      }
      for await (const heard of mine.queue) {
        yield heard;
        // Asked for the next one, the reader has used this one.
        const count = takings.add(1, lengthOf(heard));
        if (count > 0) post({ type: 'call-taken', id, count });
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      leave();
    }
  }

  async function ask(
    peerKey: Hex,
    kind: Exclude<PeerAskKind, 'relay'>,
    body: unknown,
    signal: AbortSignal,
  ): Promise<CallAnswer> {
    for await (const heard of call(peerKey, kind, body, signal)) {
      if ('kind' in heard) return heard;
    }
    throw new AppError('peer-unreachable');
  }

  async function* relay(
    ...[peerKey, request, signal]: Parameters<PeerClient['relay']>
  ): AsyncGenerator<RelayEvent, void> {
    const body = z.encode(relayRequestSchema, request);
    for await (const heard of call(peerKey, 'relay', body, signal)) {
      if ('type' in heard) yield heard;
      else if (heard.kind === 'refusal') yield { type: 'refusal', refusal: heard.body };
    }
  }

  return {
    client: {
      relay,
      async card(peerKey, signal) {
        const answer = await ask(peerKey, 'card', null, signal);
        if (answer.kind === 'card') return answer.body;
        throw refused(answer);
      },
      async resync(peerKey, request, signal) {
        const body = z.encode(resyncRequestSchema, request);
        const answer = await ask(peerKey, 'resync', body, signal);
        if (answer.kind === 'resync' || answer.kind === 'refusal') return answer.body;
        throw refused(answer);
      },
      async cancel(peerKey, request, signal) {
        const body = z.encode(cancelRequestSchema, request);
        const answer = await ask(peerKey, 'cancel', body, signal);
        if (answer.kind !== 'cancel') throw refused(answer);
      },
    },
    receive(message) {
      if (message.type === 'call-events') {
        for (const { id, events, isLast } of message.streams) {
          const queue = calls.get(id)?.queue;
          for (const event of events) queue?.push(event);
          if (isLast !== true) continue;
          calls.delete(id);
          queue?.end();
        }
        return;
      }
      const known = calls.get(message.id);
      if (!known) return;
      const { queue } = known;
      calls.delete(message.id);
      if (message.type === 'call-failed') {
        const { code, details } = message.failure;
        queue.fail(new AppError(code, details === null ? {} : { details }));
        return;
      }
      if (message.type === 'call-answer') queue.push(message.answer);
      queue.end();
    },
    failAll(error) {
      for (const { queue } of calls.values()) queue.fail(error);
      calls.clear();
    },
  };
}

/** At least as long as it was: only the edge has seen its text. */
function lengthOf(heard: Heard): number {
  if (!('type' in heard) || heard.type !== 'chunk') return 0;
  const { text, tokenIds, logprobs } = heard;
  if (logprobs !== undefined) return PEER_CREDITS.maxLength;
  return CHUNK_LENGTH + UNIT_LENGTH * text.length + TOKEN_LENGTH * tokenIds.length;
}

function refused(answer: CallAnswer): AppError {
  const details = answer.kind === 'refusal' ? `It refused: ${answer.body.code}.` : undefined;
  return new AppError('peer-unreachable', details === undefined ? {} : { details });
}
