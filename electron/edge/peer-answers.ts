/** In main: serves what other peers ask through the edge, no faster than they read. */
import { z } from 'zod';
import { toAppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import { refusalRow, type RefusalCode } from '../protocol/refusal.ts';
import { cardSchema, resyncAnswerSchema } from '../protocol/wire-peer.ts';
import {
  relayEventSchema,
  type Refusal,
  type RelayEvent,
  type RelayRequest,
} from '../protocol/wire-relay.ts';
import { createCredits, type Credits } from './credits.ts';
import { PEER_CREDITS } from './limits.ts';
import { createMergeChunks } from './merge-chunks.ts';
import type { ToEdgeWire } from './messages.ts';
import type { PeerAsk, PeerEvents } from './peer-messages.ts';
import type { PeerServerHandlers } from './peer-ports.ts';

/** Twice what the edge has under way at once: dropped ones count until their handler has ended. */
const MAX_RUNS = 512;

export interface PeerAnswersPorts {
  /** Null when nobody may ask here. */
  readonly handlers: PeerServerHandlers | null;
  readonly log: Log;
  /** Calls back once what happens at the moment has been dealt with. */
  readonly soon: (callback: () => void) => void;
  /** Calls back at the next beat; returns what calls it off. */
  readonly later: (callback: () => void) => () => void;
  readonly post: (message: ToEdgeWire) => void;
}

export interface PeerAnswers {
  /** False when the edge uses an id twice. */
  ask(id: number, peerKey: Hex, ask: PeerAsk): boolean;
  taken(id: number, count: number): void;
  drop(id: number): void;
  /** The edge is gone, and all who asked with it. */
  dropAll(): void;
}

interface Run {
  readonly controller: AbortController;
  readonly credits: Credits;
}

export function createPeerAnswers(ports: PeerAnswersPorts): PeerAnswers {
  const { handlers, log, post } = ports;
  const runs = new Map<number, Run>();
  const streams = createStreams(ports);

  const end = (run: Run): void => {
    run.controller.abort();
    run.credits.lift();
  };

  return {
    ask(id, peerKey, ask) {
      if (runs.has(id)) return false;
      if (handlers === null || runs.size >= MAX_RUNS) {
        const code = handlers === null ? 'not-serving' : 'queue-full';
        post({ type: 'peer-refused', id, refusal: refusalOf(code) });
        return true;
      }
      const run: Run = { controller: new AbortController(), credits: createCredits(PEER_CREDITS) };
      runs.set(id, run);
      const work = answer(id, peerKey, ask, run, { ...ports, handlers, streams }).catch(
        (error: unknown) => {
          // Whoever signs is started again, and the peer asks for its receipt; anything else is a fault.
          const isPassing = toAppError(error).code === 'signer-unavailable';
          log[isPassing ? 'warn' : 'error']('a peer could not be answered', { error });
          // Ends it in either state: before its first byte, or in the middle.
          post({ type: 'peer-broken', id });
        },
      );
      drop(
        work.finally(() => runs.delete(id)),
        'answering a peer',
        log,
      );
      return true;
    },
    taken(id, count) {
      runs.get(id)?.credits.taken(count);
    },
    drop(id) {
      const run = runs.get(id);
      if (run) end(run);
    },
    dropAll() {
      for (const run of runs.values()) end(run);
    },
  };
}

function refusalOf(code: RefusalCode): Refusal {
  return { code, retryElsewhere: refusalRow(code).retryElsewhere };
}

/** Gives what one stream has to say by now; null for nothing. */
type Take = () => PeerEvents | null;

/** What all streams share: the message that carries what they have to say at the same moment. */
interface Streams {
  /** Takes from this stream with the next message. */
  ready(take: Take): void;
  /** Sends that message now. */
  send(): void;
}

/** Nothing waits here for more to come: the engine tells of all answers together, and no more often than it has to. */
function createStreams({ soon, post }: PeerAnswersPorts): Streams {
  let due = new Set<Take>();
  const send = (): void => {
    const takes = due;
    due = new Set();
    const streams = [...takes].flatMap((take) => take() ?? []);
    if (streams.length > 0) post({ type: 'peer-events', streams });
  };
  return {
    send,
    ready(take) {
      if (due.size === 0) soon(send);
      due.add(take);
    },
  };
}

type AnswerPorts = PeerAnswersPorts & {
  readonly handlers: PeerServerHandlers;
  readonly streams: Streams;
};

async function answer(
  id: number,
  peerKey: Hex,
  ask: PeerAsk,
  run: Run,
  ports: AnswerPorts,
): Promise<void> {
  const { handlers, post } = ports;
  const say = (value: unknown): void => {
    post({ type: 'peer-answer', id, text: JSON.stringify(value) });
  };
  switch (ask.kind) {
    case 'card':
      say(z.encode(cardSchema, handlers.card()));
      break;
    case 'resync': {
      const result = await handlers.resync(peerKey, ask.body);
      if ('code' in result) post({ type: 'peer-refused', id, refusal: result });
      else say(z.encode(resyncAnswerSchema, result));
      break;
    }
    case 'cancel':
      handlers.cancel(peerKey, ask.body);
      say({});
      break;
    case 'relay':
      await answerRelay(id, peerKey, ask.body, run, ports);
      break;
  }
}

async function answerRelay(
  id: number,
  peerKey: Hex,
  request: RelayRequest,
  { controller, credits }: Run,
  { handlers, streams, later, post }: AnswerPorts,
): Promise<void> {
  const { signal } = controller;
  const { maxEvents, maxLength } = PEER_CREDITS;
  const merge = createMergeChunks();
  let isFirst = true;
  const now = { isSaid: false, isWaiting: false, hasEnded: false };
  let stopWaiting = (): void => undefined;
  let held: RelayEvent[] = [];
  let heldLength = 0;
  // However fast they come, no more wait than one stream may have on its way.
  const isEnough = (): boolean => held.length >= maxEvents || heldLength >= maxLength;
  const take: Take = () => {
    const isReceiptDue = now.isSaid && held.at(-1)?.type === 'chunk';
    if (!isReceiptDue || isFirst || isEnough()) return takeAll();
    // The last words travel with it, unless its signature takes longer than a moment.
    if (!now.isWaiting) {
      stopWaiting = later(() => {
        now.isWaiting = false;
        streams.ready(takeAll);
        streams.send();
      });
    }
    now.isWaiting = true;
    return null;
  };
  const takeAll: Take = () => {
    const events = held;
    held = [];
    heldLength = 0;
    if (signal.aborted || events.length === 0) return null;
    const texts = merge(events).map(textOf);
    for (const { length } of texts) credits.spend(length);
    now.hasEnded = events.at(-1)?.type === 'receipt';
    return { id, events: texts, ...(now.hasEnded && { isLast: true as const }) };
  };
  const onSaid = (): void => {
    now.isSaid = true;
  };
  try {
    for await (const event of handlers.relay(peerKey, request, signal, onSaid)) {
      if (event.type === 'refusal') {
        post({ type: 'peer-refused', id, refusal: event.refusal });
        continue;
      }
      // The supplier's receipt is due to its own books even when nobody hears of it any more.
      if (signal.aborted) continue;
      held.push(event);
      if (event.type === 'chunk') heldLength += event.text.length;
      streams.ready(take);
      // The first goes alone.
      if (isFirst || isEnough()) streams.send();
      isFirst = false;
      // Nothing follows a receipt that would have to wait for room.
      if (event.type === 'chunk') await credits.room();
    }
  } finally {
    stopWaiting();
    // Without a receipt the last words still wait.
    streams.ready(takeAll);
    streams.send();
  }
  if (!now.hasEnded) post({ type: 'peer-end', id });
}

/** Of a chunk JSON is the wire form; only a receipt holds numbers that are texts there. */
function textOf(event: RelayEvent): string {
  return JSON.stringify(event.type === 'chunk' ? event : z.encode(relayEventSchema, event));
}
