/** A streamx duplex as one of Node's, with back pressure both ways. */
import { Duplex } from 'node:stream';
import type { EventEmitter } from 'node:events';

export interface StreamxDuplex extends EventEmitter {
  /** False when the sender should wait for `drain`. */
  write(bytes: Uint8Array): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(error?: Error): void;
}

export function toNodeDuplex(stream: StreamxDuplex): Duplex {
  let onDrained: (() => void) | null = null;
  const send = (bytes: Uint8Array, done: () => void): void => {
    if (stream.write(bytes)) done();
    else onDrained = done;
  };
  const duplex = new Duplex({
    read: () => {
      stream.resume();
    },
    write: (chunk: Buffer, _encoding, done) => {
      send(chunk, done);
    },
    // Each write is a message with a head and a tag of its own, so what waits goes out as one.
    writev: (chunks, done) => {
      send(Buffer.concat(chunks.map(({ chunk }: { chunk: Buffer }) => chunk)), done);
    },
    final: (done) => {
      stream.end();
      done();
    },
    destroy: (error, done) => {
      stream.destroy();
      done(error);
    },
  });
  stream.on('data', (chunk: Uint8Array) => {
    if (!duplex.push(chunk)) stream.pause();
  });
  stream.on('drain', () => {
    const drained = onDrained;
    onDrained = null;
    drained?.();
  });
  stream.on('end', () => duplex.push(null));
  stream.on('error', (error: Error) => {
    duplex.destroy(error);
  });
  stream.on('close', () => {
    duplex.destroy();
  });
  return duplex;
}
