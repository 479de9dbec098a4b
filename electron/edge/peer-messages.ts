/** The messages between main and the edge that are about peers. Values travel in their wire form. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';
import {
  cancelRequestSchema,
  cardSchema,
  resyncAnswerSchema,
  resyncRequestSchema,
} from '../protocol/wire-peer.ts';
import { refusalSchema, relayEventSchema, relayRequestSchema } from '../protocol/wire-relay.ts';
import { peerKeySchema } from '../protocol/wire-values.ts';

const SEED_BYTES = 32;
const MAX_BOOTSTRAP = 16;
/** As many as one message can carry: what one read of a peer's stream brings, and some. */
const MAX_EVENTS = 4096;
/** As many as have something to say at the same moment: fewer than there are calls at once. */
export const MAX_STREAMS = 1024;
const MAX_DETAILS_LENGTH = 1024;

const id = z.int().min(1);
const port = z.int().min(1).max(65_535);
const count = z.int().min(1);
const peerFailure = z.strictObject({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  details: z.string().max(MAX_DETAILS_LENGTH).nullable(),
});

/** Set when nothing follows, so that a stream needs no message of its own to end. */
const isLast = z.literal(true).optional();

/** What one stream has to say; the streams of one message are told apart by their ids. */
const peerEvents = z.strictObject({
  id,
  /** JSON texts of one event each. */
  events: z.array(z.string()).readonly(),
  isLast,
});
const callEvents = z.strictObject({
  id,
  events: z.array(relayEventSchema).max(MAX_EVENTS).readonly(),
  isLast,
});

/** What one peer may ask another for. */
export const peerAskSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('card') }),
  z.strictObject({ kind: z.literal('resync'), body: resyncRequestSchema }),
  z.strictObject({ kind: z.literal('relay'), body: relayRequestSchema }),
  z.strictObject({ kind: z.literal('cancel'), body: cancelRequestSchema }),
]);

/** What came back, unless it came as a stream. */
export const callAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('card'), body: cardSchema }),
  z.strictObject({ kind: z.literal('resync'), body: resyncAnswerSchema }),
  z.strictObject({ kind: z.literal('cancel') }),
  z.strictObject({ kind: z.literal('refusal'), body: refusalSchema }),
]);

export const peerToEdge = [
  z.strictObject({
    type: z.literal('peers'),
    /** The secret from which this peer's key follows. */
    seed: z.instanceof(Uint8Array).refine((bytes) => bytes.length === SEED_BYTES),
    /** The port to host a bootstrap node on, 0 for any; null hosts none. */
    hostPort: port.or(z.literal(0)).nullable(),
    bootstrapPorts: z.array(port).max(MAX_BOOTSTRAP).readonly(),
    /** Whether other peers may call. */
    listen: z.boolean(),
  }),
  z.strictObject({ type: z.literal('peer-events'), streams: z.array(peerEvents).readonly() }),
  z.strictObject({ type: z.literal('peer-answer'), id, text: z.string() }),
  z.strictObject({ type: z.literal('peer-refused'), id, refusal: refusalSchema }),
  z.strictObject({ type: z.literal('peer-end'), id }),
  z.strictObject({ type: z.literal('peer-broken'), id }),
  z.strictObject({
    type: z.literal('call'),
    id,
    peerKey: peerKeySchema,
    kind: z.enum(['card', 'resync', 'relay', 'cancel']),
    /** JSON text; null when there is nothing to say. */
    body: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('call-drop'), id }),
  z.strictObject({ type: z.literal('call-taken'), id, count }),
] as const;

export const peerFromEdge = [
  z.strictObject({
    type: z.literal('peers-ready'),
    peerKey: peerKeySchema,
    bootstrapPort: port.nullable(),
  }),
  z.strictObject({ type: z.literal('peers-failed'), details: z.string().max(MAX_DETAILS_LENGTH) }),
  z.strictObject({ type: z.literal('peer-ask'), id, peerKey: peerKeySchema, ask: peerAskSchema }),
  z.strictObject({ type: z.literal('peer-drop'), id }),
  z.strictObject({ type: z.literal('peer-taken'), id, count }),
  z.strictObject({ type: z.literal('call-answer'), id, answer: callAnswerSchema }),
  z.strictObject({
    type: z.literal('call-events'),
    streams: z.array(callEvents).min(1).max(MAX_STREAMS).readonly(),
  }),
  z.strictObject({ type: z.literal('call-end'), id }),
  z.strictObject({ type: z.literal('call-failed'), id, failure: peerFailure }),
] as const;

export type PeerAsk = z.output<typeof peerAskSchema>;
/** As it is sent: numbers beyond 53 bits are decimal texts. */
export type PeerAskWire = z.input<typeof peerAskSchema>;
export type PeerAskKind = PeerAsk['kind'];
export type CallAnswer = z.output<typeof callAnswerSchema>;
export type CallAnswerWire = z.input<typeof callAnswerSchema>;
export type PeerEvents = Readonly<z.infer<typeof peerEvents>>;
export type CallEventsWire = Readonly<z.input<typeof callEvents>>;
export type RelayEventWire = z.input<typeof relayEventSchema>;
export type PeerFailure = Readonly<z.infer<typeof peerFailure>>;

export interface PeersOptions extends Omit<z.input<(typeof peerToEdge)[0]>, 'type' | 'seed'> {
  /** Asked again for every process that needs it; the bytes are overwritten once they were sent. */
  readonly seed: () => Promise<Uint8Array<ArrayBuffer>>;
}
