/** Peers over HyperDHT, on 127.0.0.1 only: encrypted, authenticated by ed25519 keys, found through a bootstrap node. */
import { createSocket } from 'node:dgram';
import HyperDHT from 'hyperdht';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { toHex, fromHex } from '../protocol/hex.ts';
import type { PeerLimits } from './limits.ts';
import type { PeerTransport } from './peer-transport.ts';
import { toNodeDuplex } from './streamx-duplex.ts';

const LOOPBACK = '127.0.0.1';
/** Keeps the path through address translators open; peers notice a dead end by their own pings. */
const KEEP_ALIVE_MS = 2_000;
const ANY_PORT = [0, 0] as const;

type SecretStream = HyperDHT.SecretStream;

export interface BootstrapHost {
  readonly port: number;
  dispose(): Promise<void>;
}

/**
 * The node that others ask where a peer is.
 * @param wanted 0 lets the system choose. @throws the system's error, `EADDRINUSE` for one
 */
export async function hostBootstrap(wanted: number): Promise<BootstrapHost> {
  const port = wanted === 0 ? await freePort() : wanted;
  // Without a host of its own the library would listen on every address.
  const node = HyperDHT.bootstrapper(port, LOOPBACK, { host: LOOPBACK, bootstrap: [] });
  try {
    await node.fullyBootstrapped();
  } catch (error) {
    await node.destroy({ force: true });
    throw error;
  }
  return { port, dispose: () => node.destroy({ force: true }) };
}

export interface HyperdhtOptions {
  /** 32 bytes, from which the key pair follows. */
  readonly seed: Uint8Array;
  /** Ports on this computer. */
  readonly bootstrapPorts: readonly number[];
  readonly limits: Pick<PeerLimits, 'connectMs' | 'maxUnopened' | 'maxMessageBytes'>;
  readonly clock: Clock;
}

export function createHyperdhtTransport(options: HyperdhtOptions): PeerTransport {
  const { limits, clock } = options;
  const keyPair = HyperDHT.keyPair(options.seed);
  const node = new HyperDHT({
    host: LOOPBACK,
    port: ANY_PORT,
    bootstrap: options.bootstrapPorts.map((port) => ({ host: LOOPBACK, port })),
    keyPair,
    connectionKeepAlive: KEEP_ALIVE_MS,
    ephemeral: true,
    // Nothing translates addresses on the way to 127.0.0.1; punching a hole where there is no wall may fail.
    firewalled: false,
  });
  const streams = new Set<SecretStream>();
  const unopened = createUnopened(clock, limits);
  const peerKey = toHex(keyPair.publicKey);

  const adopt = (stream: SecretStream): SecretStream => {
    streams.add(stream);
    stream.on('close', () => streams.delete(stream));
    return stream;
  };

  return {
    peerKey,
    async dial(remoteKey, signal) {
      const stream = adopt(node.connect(Buffer.from(fromHex(remoteKey))));
      await opened(stream, signal, clock, limits.connectMs);
      boundMessages(stream, limits.maxMessageBytes);
      return toNodeDuplex(stream);
    },
    async listen(onDuplex) {
      const server = node.createServer({ firewall: () => !unopened.enter() });
      server.on('connection', (stream) => {
        unopened.leave();
        adopt(stream);
        boundMessages(stream, limits.maxMessageBytes);
        onDuplex(toNodeDuplex(stream), toHex(stream.remotePublicKey));
      });
      await server.listen(keyPair);
      return { peerKey };
    },
    async dispose() {
      for (const stream of streams) stream.destroy();
      await node.destroy({ force: true });
    },
  };
}

/** Handshakes that were answered and have led to no connection yet. One that never does counts until it is given up. */
function createUnopened(clock: Clock, limits: Pick<PeerLimits, 'connectMs' | 'maxUnopened'>) {
  const waiting: (() => void)[] = [];
  return {
    enter(): boolean {
      if (waiting.length >= limits.maxUnopened) return false;
      const stop = clock.after(limits.connectMs, () => {
        waiting.splice(waiting.indexOf(stop), 1);
      });
      waiting.push(stop);
      return true;
    },
    leave(): void {
      waiting.shift()?.();
    },
  };
}

function opened(
  stream: SecretStream,
  signal: AbortSignal,
  clock: Clock,
  connectMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error: Error | null): void => {
      stopTimer();
      signal.removeEventListener('abort', onAbort);
      if (error === null) {
        resolve();
        return;
      }
      stream.destroy();
      reject(error);
    };
    const onAbort = (): void => {
      finish(new AppError('cancelled'));
    };
    const stopTimer = clock.after(connectMs, () => {
      finish(new AppError('peer-unreachable', { details: 'It did not answer in time.' }));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    stream.on('open', () => {
      finish(null);
    });
    // A failure after the opening is the duplex's affair, and finds this promise settled.
    stream.on('error', (cause: Error) => {
      finish(new AppError('peer-unreachable', { details: cause.message, cause }));
    });
    stream.on('close', () => {
      finish(new AppError('peer-unreachable'));
    });
  });
}

/** A peer may declare messages of 16 MB, for which the library makes room at once. */
function boundMessages(stream: SecretStream, maxBytes: number): void {
  stream.rawStream?.on('data', () => {
    if (stream._len > maxBytes) stream.destroy(new Error('a message is too large'));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, LOOPBACK, () => {
      const { port } = socket.address();
      socket.close(() => {
        resolve(port);
      });
    });
  });
}
