/** A TCP client that sends exactly the bytes it is given, well-formed or not. */
import { connect, type Socket } from 'node:net';

export interface RawClient {
  readonly socket: Socket;
  send(text: string): void;
  /** All that came so far. */
  text(): string;
  /** Resolves with all that came, once it contains `part`; rejects when the connection ends before. */
  seen(part: string): Promise<string>;
  /** Resolves with all that came, once the connection is closed. */
  closed(): Promise<string>;
}

export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  // A reset is one of the ways to be refused; `close` follows it.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  return {
    socket,
    send(part) {
      socket.write(part);
    },
    text: () => text,
    seen: (part) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (text.includes(part)) resolve(text);
        };
        socket.on('data', look);
        look();
        void closed.then(() => {
          reject(new Error(`closed before ${part}, after ${text}`));
        });
      }),
    closed: async () => {
      await closed;
      return text;
    },
  };
}

/** The head of a request, with the lines that every good one has unless `headers` says otherwise. */
export function requestHead(
  first: string,
  port: number,
  token: string | null,
  headers: Readonly<Record<string, string | number>> = {},
): string {
  const all: Record<string, string | number> = {
    host: `127.0.0.1:${String(port)}`,
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return `${first} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
