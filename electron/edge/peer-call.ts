/** One call to a peer and the reading of what comes back, believed only as far as the schemas go. */
import {
  constants,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createCredits, type Credits } from './credits.ts';
import { EventFault } from './event-reader.ts';
import type { CreditLimits, PeerLimits } from './limits.ts';
import { PEER_ROUTES } from './peer-http.ts';
import {
  callAnswerSchema,
  type CallAnswerWire,
  type PeerAskKind,
  type RelayEventWire,
} from './peer-messages.ts';
import { EVENTS_TYPE } from './peer-reply.ts';
import type { PeerSession } from './peer-sessions.ts';
import { createRelayStream, parseJson } from './relay-stream.ts';

/** Hears what came back: one answer, or events and an end; a failure instead or in between; then nothing more. */
export interface CallSink {
  answer(answer: CallAnswerWire): void;
  events(events: readonly RelayEventWire[]): void;
  end(): void;
  fail(error: AppError): void;
}

export interface PeerCall {
  /** So many events were used; a reader that takes none stops the peer. */
  taken(count: number): void;
  /** Nobody waits any more: the peer is told to stop, and the sink hears nothing further. */
  drop(): void;
}

export interface CallOptions {
  readonly session: PeerSession;
  readonly kind: PeerAskKind;
  /** JSON text. */
  readonly body: string | null;
  readonly clock: Clock;
  readonly limits: PeerLimits;
  readonly credits: CreditLimits;
  readonly sink: CallSink;
}

/** @throws AppError `peer-unreachable` when the session has just ended */
export function startPeerCall(options: CallOptions): PeerCall {
  const { session, kind, clock, limits, sink } = options;
  const stream = request(options);
  const release = session.use();
  const credits = createCredits(options.credits);
  const patience = createPatience(clock, (details) => {
    fail(new AppError('peer-unreachable', { details }));
  });
  let isOver = false;

  const finish = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    patience.stop();
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    // A request that was answered before it was sent to its end would linger.
    stream.destroy();
    tell();
  };
  const fail = (error: AppError): void => {
    finish(() => {
      sink.fail(error);
    });
  };
  const guarded = (read: () => void): void => {
    try {
      if (!isOver) read();
    } catch (error) {
      if (!(error instanceof EventFault)) throw error;
      fail(new AppError('peer-broke-rules', { details: error.message }));
    }
  };

  stream.on('error', () => undefined);
  stream.once('close', () => {
    release();
    if (!isOver) fail(new AppError('peer-unreachable', { details: 'The connection was lost.' }));
  });
  patience.whole(limits.wholeMs);
  patience.next(kind === 'relay' ? limits.firstTokenMs : limits.answerMs);
  stream.once('response', (headers) => {
    const isEvents = headers['content-type'] === EVENTS_TYPE;
    if (kind === 'relay' && headers[':status'] === 200 && isEvents) {
      readEvents(stream, { limits, credits, patience, sink, guarded, finish });
      return;
    }
    readWhole(stream, limits.maxAnswerBytes, guarded, (text) => {
      const answer = parseAnswer(headers, kind, parseJson(text));
      finish(() => {
        sink.answer(answer);
      });
    });
  });

  return {
    taken(count) {
      credits.taken(count);
      if (isOver || credits.isFull || !stream.isPaused()) return;
      patience.next(limits.gapMs);
      stream.resume();
    },
    drop() {
      finish(() => undefined);
    },
  };
}

function request({ session, kind, body }: CallOptions): ClientHttp2Stream {
  const { method, path } = PEER_ROUTES[kind];
  try {
    const stream = session.http.request(
      {
        ':method': method,
        ':path': path,
        ...(body === null
          ? {}
          : {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
      },
      { endStream: body === null },
    );
    if (body !== null) stream.end(body);
    return stream;
  } catch (cause) {
    throw new AppError('peer-unreachable', { cause });
  }
}

interface Reading {
  readonly limits: PeerLimits;
  readonly credits: Credits;
  readonly patience: Patience;
  readonly sink: CallSink;
  readonly guarded: (read: () => void) => void;
  readonly finish: (tell: () => void) => void;
}

function readEvents(stream: ClientHttp2Stream, reading: Reading): void {
  const { limits, credits, patience, sink, guarded, finish } = reading;
  const relay = createRelayStream(limits);
  stream.on('data', (bytes: Buffer) => {
    guarded(() => {
      const events = relay.push(bytes);
      if (events.length === 0) return;
      for (const { length } of events) credits.spend(length);
      sink.events(events.map(({ event }) => event));
      patience.next(limits.gapMs);
      if (!credits.isFull) return;
      // The reader is slow, not the peer.
      patience.pause();
      stream.pause();
    });
  });
  stream.once('end', () => {
    // What ends without its last event was cut off, and `close` says so.
    if (relay.isComplete) finish(sink.end);
  });
}

function readWhole(
  stream: ClientHttp2Stream,
  maxBytes: number,
  guarded: (read: () => void) => void,
  onText: (text: string) => void,
): void {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (bytes: Buffer) => {
    guarded(() => {
      size += bytes.length;
      if (size > maxBytes) throw new EventFault('the answer is too long');
      parts.push(bytes);
    });
  });
  stream.once('end', () => {
    guarded(() => {
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR) onText(Buffer.concat(parts).toString());
    });
  });
}

/** @throws EventFault when it is neither an answer to that question nor a refusal */
function parseAnswer(
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  kind: PeerAskKind,
  value: unknown,
): CallAnswerWire {
  const isRefusal = headers[':status'] !== 200;
  if (kind === 'relay' && !isRefusal) throw new EventFault('it is no stream of events');
  const body = kind === 'cancel' && !isRefusal ? {} : { body: value };
  const parsed = callAnswerSchema.safeParse({ kind: isRefusal ? 'refusal' : kind, ...body });
  if (!parsed.success) throw new EventFault('the answer has the wrong form');
  return z.encode(callAnswerSchema, parsed.data);
}

interface Patience {
  /** From now on something must come within `ms`. */
  next(ms: number): void;
  /** It need not come for the time being. */
  pause(): void;
  /** Everything must have come within `ms`. */
  whole(ms: number): void;
  stop(): void;
}

function createPatience(clock: Clock, onLost: (details: string) => void): Patience {
  let stopNext: () => void = () => undefined;
  let stopWhole: () => void = () => undefined;
  const after = (ms: number): (() => void) =>
    clock.after(ms, () => {
      onLost(`Nothing came for ${String(ms)} ms.`);
    });
  return {
    next(ms) {
      stopNext();
      stopNext = after(ms);
    },
    pause() {
      stopNext();
    },
    whole(ms) {
      stopWhole = clock.after(ms, () => {
        onLost(`It took longer than ${String(ms)} ms.`);
      });
    },
    stop() {
      stopNext();
      stopWhole();
    },
  };
}
