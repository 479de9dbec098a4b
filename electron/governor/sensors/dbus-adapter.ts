/** Speaks D-Bus over a socket of this computer, with a limit for every answer. */
import type { EventEmitter } from 'node:events';
import net from 'node:net';
import { createClient, type ClientBus } from '@homebridge/dbus-native';
import type { Clock } from '../../platform/clock.ts';
import { BusError, type Bus, type BusCall, type BusFailure } from './bus.ts';

/** Whoever does not answer by then is not waited for. */
const ANSWER_MS = 2_000;
/** A bus that cannot be reached is not tried more often. */
const RETRY_MS = 10_000;
const NO_AUTO_START = 0x2;
const ABSENT = new Set([
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.NameHasNoOwner',
]);

interface Connection {
  readonly client: ClientBus;
  /** Told of once, when nothing more can come. */
  readonly fail: (error: BusError) => void;
  readonly waiting: Set<(error: BusError) => void>;
  /** Whether the bus has let us in. */
  isOpen: boolean;
}

/** @param address as D-Bus writes it: `unix:path=/run/dbus/system_bus_socket` */
export function createBus(address: string, clock: Clock): Bus {
  const socket = socketOf(address);
  let connection: Connection | null = null;
  let failedAtMs = -Infinity;

  const connect = (): Connection => {
    if (connection !== null) return connection;
    if (socket === null) throw new BusError('broken', 'the bus has an address of unknown kind');
    if (clock.monotonicMs() - failedAtMs < RETRY_MS) {
      throw new BusError('broken', 'the bus could not be reached a moment ago');
    }
    const opened: Connection = open(socket, () => {
      if (connection === opened) connection = null;
      failedAtMs = clock.monotonicMs();
    });
    return (connection = opened);
  };

  return {
    call: (call) =>
      new Promise((resolve, reject) => {
        const current = connect();
        const finish = (): void => {
          stopTimer();
          current.waiting.delete(onBroken);
        };
        const onBroken = (error: BusError): void => {
          finish();
          reject(error);
        };
        const stopTimer = clock.after(ANSWER_MS, () => {
          const error = new BusError('broken', `${call.service} does not answer`);
          // One service that hangs says nothing about the others; a bus that lets nobody in does.
          if (current.isOpen) onBroken(error);
          else current.fail(error);
        });
        current.waiting.add(onBroken);
        current.client.invoke(messageOf(call), (error, ...values) => {
          finish();
          if (error == null) resolve(values);
          else reject(failureOf(error));
        });
      }),
    close() {
      connection?.fail(new BusError('broken', 'the bus was let go'));
      failedAtMs = -Infinity;
    },
  };
}

function open(socket: string, onEnd: () => void): Connection {
  const stream = net.createConnection({ path: socket });
  const waiting = new Set<(error: BusError) => void>();
  let hasFailed = false;
  const fail = (error: BusError): void => {
    if (hasFailed) return;
    hasFailed = true;
    onEnd();
    stream.destroy();
    for (const reject of [...waiting]) reject(error);
  };
  const end = (cause?: unknown): void => {
    fail(new BusError('broken', 'the bus has gone', cause));
  };
  guard(stream, (cause) => {
    fail(new BusError('broken', 'somebody on the bus speaks nonsense', cause));
  });
  const client = createClient({ stream, authMethods: ['EXTERNAL'] });
  const connection: Connection = { client, fail, waiting, isOpen: false };
  client.connection.on('connect', () => {
    connection.isOpen = true;
  });
  client.connection.on('error', end);
  stream.on('error', end);
  stream.on('close', end);
  return connection;
}

/**
 * The library reads in listeners of the stream and throws there at what it does not expect, which any program on the
 * bus can send: nobody would catch that, and the whole process would end.
 */
function guard(stream: net.Socket, onThrow: (error: unknown) => void): void {
  const emitter: EventEmitter = stream;
  const emit = emitter.emit.bind(emitter);
  emitter.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    try {
      return emit(event, ...args);
    } catch (error) {
      onThrow(error);
      return true;
    }
  };
}

function messageOf(call: BusCall) {
  return {
    destination: call.service,
    path: call.path,
    interface: call.interface,
    member: call.member,
    flags: NO_AUTO_START,
    ...(call.signature !== undefined && { signature: call.signature, body: call.args ?? [] }),
  };
}

/** The library hands over an object with the error's D-Bus name, or an error of its own. */
function failureOf(error: unknown): BusError {
  const name =
    typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  const failure: BusFailure = ABSENT.has(name) ? 'absent' : 'refused';
  return new BusError(failure, name === '' ? 'the bus refuses' : name, error);
}

/** Only sockets of this computer: a bus elsewhere would tell of another machine. */
function socketOf(address: string): string | null {
  for (const each of address.split(';')) {
    const match = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(each);
    const name = match?.[2] === undefined ? null : decodeURIComponent(match[2]);
    if (name !== null) return match?.[1] === 'abstract' ? `\0${name}` : name;
  }
  return null;
}
