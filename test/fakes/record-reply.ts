/** A reply that keeps what was sent, with a reader that can be made slow. */
import type { HttpReply } from '../../electron/platform/http-reply.ts';

export interface RecordedReply extends HttpReply {
  readonly sent: {
    status: number | null;
    body: unknown;
    headers: Readonly<Record<string, string>>;
    readonly frames: string[];
    ended: boolean;
    cut: boolean;
  };
  /** Whether `write` reports that the reader is behind. */
  slow: boolean;
  drain(): void;
}

export function recordReply(): RecordedReply {
  const drains: (() => void)[] = [];
  const reply: RecordedReply = {
    sent: { status: null, body: null, headers: {}, frames: [], ended: false, cut: false },
    slow: false,
    drain() {
      reply.slow = false;
      for (const listener of drains) listener();
    },
    json(status, body, headers = {}) {
      Object.assign(reply.sent, { status, body, headers });
    },
    events() {
      reply.sent.status = 200;
      return {
        write(text) {
          reply.sent.frames.push(text);
          return !reply.slow;
        },
        onDrain: (listener) => drains.push(listener),
        end() {
          reply.sent.ended = true;
        },
        cut() {
          reply.sent.cut = true;
        },
      };
    },
  };
  return reply;
}
