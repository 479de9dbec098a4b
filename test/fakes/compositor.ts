/** A Wayland compositor that knows nothing but seats and idleness, and says what the test wants. */
import net from 'node:net';
import {
  createWireSplitter,
  wireRequest,
  type WireMessage,
} from '../../electron/governor/sensors/wayland-wire.ts';

export interface Compositor {
  readonly requests: readonly string[];
  /** Every notification that was asked for is told that its seat is idle. */
  idle(): void;
  /** The seat with this number, from 0, has input. */
  input(seat?: number): void;
  /** Resolves once so many notifications have been asked for in all. */
  asked(count: number): Promise<void>;
  /** Sends bytes as they are. */
  raw(bytes: Buffer): void;
  /** Ends every connection. */
  drop(): void;
  dispose(): Promise<void>;
}

export interface CompositorOptions {
  /** Version of ext_idle_notifier_v1; 0 for a compositor without it. */
  readonly notifier?: number;
  readonly seats?: number;
  /** Says nothing at all. */
  readonly isMute?: boolean;
}

const DISPLAY = 1;

export async function startCompositor(
  socket: string,
  { notifier = 2, seats = 1, isMute = false }: CompositorOptions = {},
): Promise<Compositor> {
  const requests: string[] = [];
  const streams = new Set<net.Socket>();
  const notifications: number[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  const send = (object: number, opcode: number, args: readonly (number | string)[] = []): void => {
    for (const stream of streams) stream.write(wireRequest(object, opcode, args));
  };
  const globals: readonly (readonly [kind: string, version: number])[] = [
    ['wl_compositor', 5],
    ...Array.from({ length: seats }, () => ['wl_seat', 8] as const),
    ...(notifier > 0 ? [['ext_idle_notifier_v1', notifier] as const] : []),
  ];

  const onDisplay = ({ opcode, body }: WireMessage): void => {
    const id = body.uint();
    if (opcode === 0) send(id, 0, [0]);
    else
      globals.forEach(([kind, version], index) => {
        send(id, 0, [index + 1, kind, version]);
      });
  };
  const take = (message: WireMessage): void => {
    if (isMute) return;
    const { object, opcode, body } = message;
    if (object === DISPLAY) onDisplay(message);
    else if (object === 2) requests.push(`bind ${body.uint()} ${body.text()} ${body.uint()}`);
    else {
      const id = body.uint();
      requests.push(`${opcode === 2 ? 'input' : 'idle'} after ${body.uint()} at ${body.uint()}`);
      notifications.push(id);
      for (const { count, resolve } of waiting) if (notifications.length >= count) resolve();
    }
  };

  const server = net.createServer((stream) => {
    streams.add(stream);
    const split = createWireSplitter();
    stream.on('data', (chunk: Buffer) => {
      for (const message of split(chunk)) take(message);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => streams.delete(stream));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));

  return {
    requests,
    idle() {
      for (const id of notifications) send(id, 0);
    },
    input(seat = 0) {
      send(notifications[seat] ?? 0, 1);
    },
    asked: (count) =>
      new Promise((resolve) => {
        if (notifications.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    raw(bytes) {
      for (const stream of streams) stream.write(bytes);
    },
    drop() {
      for (const stream of streams) stream.destroy();
    },
    async dispose() {
      for (const stream of streams) stream.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
