/** One connection to a Wayland compositor that does nothing but wait for input to end and to begin. */
import net from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { createDeferred } from '../../platform/deferred.ts';
import { createWireSplitter, wireRequest, type WireMessage } from './wayland-wire.ts';

/** Without input for so long the compositor speaks up; until then the owner counts as typing. */
const IDLE_AFTER_MS = 1_000;
/** A compositor that has not introduced itself by then is of no use. */
const READY_MS = 2_000;

const NOTIFIER = 'ext_idle_notifier_v1';
/** From this version on it can tell input alone, whatever programs ask it to stay awake. */
const INPUT_VERSION = 2;

/** Numbers of objects that are always the same here. */
const DISPLAY = 1;
const REGISTRY = 2;
const CALLBACK = 3;
const NOTIFIER_ID = 4;
const FIRST_FREE = 5;

const DISPLAY_SYNC = 0;
const DISPLAY_GET_REGISTRY = 1;
const DISPLAY_ERROR = 0;
const REGISTRY_BIND = 0;
const REGISTRY_GLOBAL = 0;
const GET_NOTIFICATION = 1;
const GET_INPUT_NOTIFICATION = 2;
const NOTIFICATION_IDLED = 0;

export interface IdleClient {
  /** Rejects when this compositor cannot tell. */
  readonly ready: Promise<{ readonly seesInhibited: boolean }>;
  /** Of the seat with the latest input; meaningful once ready. */
  idleMs(): number;
  close(): void;
}

export interface IdleListener {
  onInput(): void;
  /** Called at most once, not after `close`. */
  onLost(error: Error): void;
}

interface Global {
  readonly name: number;
  readonly version: number;
}

export function openIdleClient(socket: string, clock: Clock, listener: IdleListener): IdleClient {
  const stream = net.createConnection({ path: socket });
  const ready = createDeferred<{ readonly seesInhibited: boolean }>();
  const split = createWireSplitter();
  const seats: Global[] = [];
  let notifier: Global | null = null;
  /** Since when each seat is idle, by the number of its notification; null while somebody is there. */
  const idleSince = new Map<number, number | null>();
  let isOver = false;

  const send = (object: number, opcode: number, args: readonly (number | string)[]): void => {
    stream.write(wireRequest(object, opcode, args));
  };
  const end = (error: Error | null): void => {
    if (isOver) return;
    isOver = true;
    stopTimer();
    stream.destroy();
    ready.reject(error ?? new Error('it was let go'));
    if (error !== null) listener.onLost(error);
  };
  const stopTimer = clock.after(READY_MS, () => {
    end(new Error('the Wayland compositor does not answer'));
  });

  /** Everything that the compositor offers has been told. */
  const bind = (): void => {
    if (notifier === null || seats.length === 0) {
      end(new Error('the Wayland compositor does not tell idle time (ext-idle-notify-v1)'));
      return;
    }
    const version = Math.min(notifier.version, INPUT_VERSION);
    const request = version >= INPUT_VERSION ? GET_INPUT_NOTIFICATION : GET_NOTIFICATION;
    send(REGISTRY, REGISTRY_BIND, [notifier.name, NOTIFIER, version, NOTIFIER_ID]);
    seats.forEach((seat, index) => {
      const [seatId, notification] = [FIRST_FREE + 2 * index, FIRST_FREE + 2 * index + 1];
      send(REGISTRY, REGISTRY_BIND, [seat.name, 'wl_seat', 1, seatId]);
      send(NOTIFIER_ID, request, [notification, IDLE_AFTER_MS, seatId]);
      idleSince.set(notification, null);
    });
    stopTimer();
    ready.resolve({ seesInhibited: version >= INPUT_VERSION });
  };

  const take = ({ object, opcode, body }: WireMessage): void => {
    if (object === DISPLAY && opcode === DISPLAY_ERROR) {
      body.uint();
      body.uint();
      end(new Error(`the Wayland compositor refuses: ${body.text()}`));
    } else if (object === REGISTRY && opcode === REGISTRY_GLOBAL) {
      const name = body.uint();
      const kind = body.text();
      const global = { name, version: body.uint() };
      if (kind === NOTIFIER) notifier = global;
      else if (kind === 'wl_seat') seats.push(global);
    } else if (object === CALLBACK) {
      bind();
    } else if (idleSince.has(object)) {
      const isIdle = opcode === NOTIFICATION_IDLED;
      idleSince.set(object, isIdle ? clock.monotonicMs() - IDLE_AFTER_MS : null);
      if (!isIdle) listener.onInput();
    }
  };

  stream.on('data', (chunk: Buffer) => {
    try {
      for (const message of split(chunk)) if (!isOver) take(message);
    } catch (error) {
      end(new Error('the Wayland compositor speaks nonsense', { cause: error }));
    }
  });
  stream.on('error', (error) => {
    end(new Error('the Wayland compositor cannot be reached', { cause: error }));
  });
  stream.on('close', () => {
    end(new Error('the Wayland compositor has gone'));
  });
  // Whoever opens it may not be waiting any more when it fails.
  ready.promise.catch(() => undefined);
  send(DISPLAY, DISPLAY_GET_REGISTRY, [REGISTRY]);
  send(DISPLAY, DISPLAY_SYNC, [CALLBACK]);

  return {
    ready: ready.promise,
    idleMs() {
      const nowMs = clock.monotonicMs();
      const each = [...idleSince.values()].map((since) => (since === null ? 0 : nowMs - since));
      return Math.min(...each);
    },
    close() {
      end(null);
    },
  };
}
