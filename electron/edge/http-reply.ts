/** Writes the answer to one request: JSON or server-sent events, never faster than the client reads. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import { refusalFor, type RefusalKind } from './http-refusals.ts';
import type { EventStream, HttpReply } from '../platform/http-reply.ts';

/** On every answer. There is no CORS header on purpose: no web page may read any of this. */
const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export interface ServerReply extends HttpReply {
  refuse(kind: RefusalKind, headers?: Readonly<Record<string, string>>): void;
}

/** @param stallMs how long a client may leave ready data lying before it is cut off. */
export function createHttpReply(
  response: ServerResponse,
  clock: Clock,
  stallMs: number,
): ServerReply {
  let disarm: (() => void) | null = null;
  const moved = (): void => {
    disarm?.();
    disarm = null;
  };
  const waitForReader = (): void => {
    disarm ??= clock.after(stallMs, () => {
      response.destroy();
    });
  };
  response.on('drain', moved);
  response.once('finish', moved);
  response.once('close', moved);

  const isGone = (): boolean => response.destroyed || response.writableEnded;

  function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    if (isGone() || response.headersSent) return;
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, {
      ...COMMON_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': bytes.length,
      ...headers,
    });
    response.end(bytes);
    waitForReader();
  }

  function events(): EventStream {
    if (!isGone() && !response.headersSent) {
      response.writeHead(200, {
        ...COMMON_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
      });
    }
    return {
      write(text) {
        // Nothing waits for a client that has gone: its request is being cancelled.
        if (isGone()) return true;
        const more = response.write(text);
        if (!more) waitForReader();
        return more;
      },
      onDrain(listener) {
        response.on('drain', listener);
      },
      end() {
        if (isGone()) return;
        response.end();
        waitForReader();
      },
      cut() {
        response.destroy();
      },
    };
  }

  return {
    json,
    events,
    refuse(kind, extra = {}) {
      const { status, body, headers } = refusalFor(kind);
      json(status, body, { ...headers, ...extra });
    },
  };
}
