/** The answer to one peer: one JSON text, a refusal, or events, with an eye on readers that do not read. */
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../platform/clock.ts';
import { refusalRow, type RefusalCode } from '../protocol/refusal.ts';
import type { Refusal } from '../protocol/wire-relay.ts';
import { PEER_CREDITS, type PeerLimits } from './limits.ts';
import { createTakings } from './takings.ts';

export const EVENTS_TYPE = 'text/event-stream';
const ALIVE_COMMENT = ': working\n\n';

export interface PeerReply {
  answer(text: string): void;
  /** @param status other than the one that belongs to the code */
  refuse(refusal: Refusal, status?: number): void;
  /** Sends JSON texts of one event each. */
  events(texts: readonly string[]): void;
  /** Says in between that it is alive, for as long as there is no event. */
  begin(): void;
  /** @param texts what is still to be sent, as by `events` */
  end(texts?: readonly string[]): void;
  /** What was begun cannot be finished; what was said so far is still sent to a reader that takes it. */
  fail(): void;
}

export function refusalOf(code: RefusalCode): Refusal {
  return { code, retryElsewhere: refusalRow(code).retryElsewhere };
}

/** @param onTaken told how many events the reader's connection took, several at a time */
export function createPeerReply(
  stream: ServerHttp2Stream,
  clock: Clock,
  limits: PeerLimits,
  onTaken: (count: number) => void,
): PeerReply {
  const takings = createTakings(PEER_CREDITS);
  let pending = 0;
  let stopStall: (() => void) | null = null;
  let stopComments: (() => void) | null = null;
  /** Nothing more is said; what was said before is still on its way. */
  let isBreaking = false;
  const isOver = (): boolean =>
    isBreaking || stream.destroyed || stream.closed || stream.writableEnded;
  const close = (code: number): void => {
    if (!stream.destroyed && !stream.closed) stream.close(code);
  };
  const calm = (): void => {
    stopStall?.();
    stopStall = null;
  };
  const watch = (): void => {
    // The one that was set then has the last word.
    if (isBreaking) return;
    calm();
    if (pending === 0 || stream.destroyed) return;
    stopStall = clock.after(limits.stallMs, () => {
      close(constants.NGHTTP2_CANCEL);
    });
  };
  const breakOff = (): void => {
    close(constants.NGHTTP2_INTERNAL_ERROR);
  };
  const quiet = (): void => {
    stopComments?.();
    stopComments = null;
  };
  stream.once('close', () => {
    calm();
    quiet();
  });

  const write = (text: string, count: number): void => {
    pending += 1;
    stream.write(text, (error) => {
      pending -= 1;
      watch();
      if (isBreaking && pending === 0) breakOff();
      const due = error ? 0 : takings.add(count, text.length);
      if (due > 0) onTaken(due);
    });
    if (stopStall === null) watch();
  };
  const open = (): void => {
    if (stream.headersSent) return;
    stream.respond({
      ':status': 200,
      'content-type': EVENTS_TYPE,
      'cache-control': 'no-store',
    });
  };
  const finish = (text?: string): void => {
    pending += 1;
    // A body that is still coming in is not waited for.
    stream.end(text, () => {
      pending -= 1;
      calm();
      close(constants.NGHTTP2_NO_ERROR);
    });
    watch();
  };
  const json = (status: number, text: string): void => {
    stream.respond({
      ':status': status,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      ...(status === 503 ? { 'retry-after': '1' } : {}),
    });
    finish(text);
  };

  const refuse: PeerReply['refuse'] = (refusal, status) => {
    quiet();
    if (isOver()) return;
    if (stream.headersSent) {
      write(frame(JSON.stringify({ type: 'refusal', refusal })), 0);
      finish();
    } else json(status ?? refusalRow(refusal.code).status, JSON.stringify(refusal));
  };

  return {
    answer(text) {
      if (!isOver()) json(200, text);
    },
    refuse,
    events(texts) {
      quiet();
      if (isOver()) return;
      open();
      write(texts.map(frame).join(''), texts.length);
    },
    begin() {
      stopComments = clock.every(limits.commentMs, () => {
        if (isOver()) return;
        open();
        if (pending === 0) write(ALIVE_COMMENT, 0);
      });
    },
    end(texts = []) {
      quiet();
      if (isOver()) return;
      if (texts.length > 0) open();
      finish(texts.map(frame).join(''));
    },
    fail() {
      quiet();
      if (!stream.headersSent) refuse(refusalOf('internal'));
      else if (pending === 0) breakOff();
      else if (!isBreaking) {
        // A reset overtakes what still waits to be sent, and a receipt given later covers every word.
        isBreaking = true;
        calm();
        stopStall = clock.after(limits.stallMs, breakOff);
      }
    },
  };
}

/** JSON never holds a raw line break, so one value is always one `data:` line. */
function frame(text: string): string {
  return `data: ${text}\n\n`;
}
