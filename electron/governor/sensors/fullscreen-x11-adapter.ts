/** Asks an X server for the window in front, with a limit for the whole question. */
import { readFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createClient, type Rectangle, type Reply, type XClient } from 'x11';
import type { Clock } from '../../platform/clock.ts';
import { createDeferred } from '../../platform/deferred.ts';
import { codeOf } from './files.ts';
import type { FrontWindow, Rect } from './fullscreen-judge.ts';

export interface FrontWindows {
  /** @returns null when there is none. @throws Error when the server does not answer in time or has gone */
  front(): Promise<FrontWindow | null>;
  /** Lets go of the connection; the next question makes a new one. */
  close(): void;
}

const ANSWER_MS = 2_000;
/** A server that cannot be reached is not tried more often. */
const RETRY_MS = 5_000;
const MOST_LONGS = 64;
const VIEWABLE = 2;
const LONG_BYTES = 4;
const FIRST_PORT = 6_000;

interface Connection {
  readonly client: XClient;
  readonly root: number;
}

/** @param display as in the variable of that name: `:0` */
export function createX11Windows(display: string, clock: Clock): FrontWindows {
  let current: { readonly opening: Promise<Connection>; readonly stream: Socket } | null = null;
  /** Ends what waits for an answer. */
  let fail = (_why: Error): void => undefined;
  let failedAtMs = -Infinity;

  const abandon = (why: Error): void => {
    current?.stream.destroy();
    current = null;
    fail(why);
  };

  const connect = (): Promise<Connection> => {
    if (current !== null) return current.opening;
    const stream = openDisplay(display);
    const { promise, resolve, reject } = createDeferred<Connection>();
    /** The end of an earlier connection is no news. */
    const end = (why: Error): void => {
      reject(why);
      if (current?.stream === stream) abandon(why);
    };
    // The key of the display is looked for only when this says that there is none yet.
    const options = { display, stream, auth: undefined };
    const client = createClient(options, (error, found) => {
      const root = found?.screen[0]?.root;
      if (root === undefined) {
        end(asError(error));
        return;
      }
      // The library would keep them for the next server as well, where they are others.
      client.atoms = { ...client.atoms };
      resolve({ client, root });
    });
    client.on('error', (error: unknown) => end(asError(error)));
    client.on('end', () => end(new Error('the X server has gone')));
    stream.on('close', () => end(new Error('the X server has gone')));
    current = { opening: promise, stream };
    return promise;
  };

  return {
    front: () =>
      new Promise((resolve, reject) => {
        if (clock.monotonicMs() - failedAtMs < RETRY_MS) {
          reject(new Error('the X server could not be reached a moment ago'));
          return;
        }
        fail = (why) => {
          stopTimer();
          failedAtMs = clock.monotonicMs();
          reject(why);
        };
        const stopTimer = clock.after(ANSWER_MS, () => {
          abandon(new Error('the X server does not answer'));
        });
        void (current === null ? readKey() : Promise.resolve())
          .then(connect)
          .then(readFront)
          .then(
            (window) => {
              stopTimer();
              resolve(window);
            },
            (error: unknown) => fail(asError(error)),
          );
      }),
    close() {
      abandon(new Error('the X server was let go'));
      failedAtMs = -Infinity;
    },
  };
}

/**
 * The library ends the process when the file with the display's key is there and cannot be read.
 * @throws the system's error then
 */
async function readKey(): Promise<void> {
  const file = process.env['XAUTHORITY'] ?? path.join(homedir(), '.Xauthority');
  try {
    await readFile(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** @throws Error for a display that is written in no known way */
function openDisplay(display: string): Socket {
  const [, host = '', number] = /^(?:unix|tcp\/)?([^:/]*):(\d{1,5})(?:\.\d+)?$/.exec(display) ?? [];
  if (number === undefined) throw new Error('the display has an unknown kind of name');
  return host === ''
    ? createConnection({ path: `/tmp/.X11-unix/X${number}` })
    : createConnection({ host, port: FIRST_PORT + Number(number) });
}

async function readFront({ client, root }: Connection): Promise<FrontWindow | null> {
  const window = await frontWindow(client, root);
  if (window === null) return null;
  try {
    return await describe(client, root, window);
  } catch (error) {
    // It was closed meanwhile.
    if (isProtocolError(error)) return null;
    throw error;
  }
}

async function frontWindow(client: XClient, root: number): Promise<number | null> {
  const active = await longs(client, root, '_NET_ACTIVE_WINDOW');
  if (active.length > 0) return active[0] === 0 ? null : (active[0] ?? null);
  // Without a desktop that says so, it is the uppermost one.
  const { children } = await ask<{ children: readonly number[] }>((reply) =>
    client.QueryTree(root, reply),
  );
  for (const child of [...children].reverse().slice(0, MOST_LONGS)) {
    const { mapState } = await ask<{ mapState: number }>((reply) =>
      client.GetWindowAttributes(child, reply),
    ).catch(() => ({ mapState: 0 }));
    if (mapState === VIEWABLE) return child;
  }
  return null;
}

async function describe(client: XClient, root: number, window: number): Promise<FrontWindow> {
  const size = (of: number): Promise<{ width: number; height: number }> =>
    ask((reply) => client.GetGeometry(of, reply));
  const atom = (name: string): Promise<number> =>
    ask((reply) => client.InternAtom(false, name, reply));
  const place = await ask<{ destX: number; destY: number }>((reply) =>
    client.TranslateCoordinates(window, root, 0, 0, reply),
  );
  const { width, height } = await size(window);
  const states = await longs(client, window, '_NET_WM_STATE');
  const types = await longs(client, window, '_NET_WM_WINDOW_TYPE');
  const desktop = [
    await atom('_NET_WM_WINDOW_TYPE_DESKTOP'),
    await atom('_NET_WM_WINDOW_TYPE_DOCK'),
  ];
  const [pid] = await longs(client, window, '_NET_WM_PID');
  const classes = await bytes(client, window, 'WM_CLASS');
  const whole = await size(root);
  return {
    pid: pid ?? null,
    classes: classes.toString('latin1').split('\0').filter(Boolean),
    area: { x: place.destX, y: place.destY, width, height },
    isFullscreen: states.includes(await atom('_NET_WM_STATE_FULLSCREEN')),
    isDesktop: window === root || types.some((type) => desktop.includes(type)),
    monitors: await monitors(client, { x: 0, y: 0, width: whole.width, height: whole.height }),
  };
}

/** All of the screen is one monitor where the server cannot tell them apart. */
async function monitors(client: XClient, whole: Rect): Promise<readonly Rect[]> {
  try {
    const xinerama = await ask<{
      QueryScreens(reply: Reply<readonly Rectangle[]>): void;
    }>((reply) => client.require('xinerama', reply));
    const found = await ask<readonly Rectangle[]>((reply) => xinerama.QueryScreens(reply));
    return found.length > 0 ? found : [whole];
  } catch {
    return [whole];
  }
}

async function longs(client: XClient, window: number, name: string): Promise<readonly number[]> {
  const data = await bytes(client, window, name);
  return Array.from({ length: Math.floor(data.length / LONG_BYTES) }, (_, index) =>
    data.readUInt32LE(index * LONG_BYTES),
  );
}

async function bytes(client: XClient, window: number, name: string): Promise<Buffer> {
  const atom = await ask<number>((reply) => client.InternAtom(false, name, reply));
  const { data } = await ask<{ data: Buffer }>((reply) =>
    client.GetProperty(0, window, atom, 0, 0, MOST_LONGS, reply),
  );
  return data;
}

function ask<Value>(send: (reply: Reply<Value>) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    send((error, value) => {
      if (error == null) resolve(value);
      else reject(asError(error));
      return true;
    });
  });
}

/** Errors about one question carry its number; all others end the connection. */
function isProtocolError(error: unknown): boolean {
  return error instanceof Error && 'majorOpcode' in error;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the X server refuses');
}
