/** The window in front, on a real X server that may stop answering. */
import { createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFullscreenReaders } from '../../../../electron/governor/sensors/fullscreen-readers.ts';
import {
  createX11Windows,
  type FrontWindows,
} from '../../../../electron/governor/sensors/fullscreen-x11-adapter.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../../fakes/memory-log.ts';
import {
  startXProgram,
  startXScreen,
  type XProgram,
  type XScreen,
  type XWindow,
} from '../../../fakes/x-screen.ts';

const WISH = { everyMs: 1_000, withGpu: false, games: [], ownPids: [100] };
const WHOLE = { width: 640, height: 480 };
const PART = { x: 10, y: 10, width: 600, height: 400 };

let clock: ReturnType<typeof createManualClock>;
let windows: FrontWindows;
beforeEach(() => {
  clock = createManualClock();
});
afterEach(() => {
  windows.close();
});

/** What the reader says: the text, or that it does not know. */
async function fullscreen(isWayland = false): Promise<string | undefined> {
  const [reader] = createFullscreenReaders({
    platform: 'linux',
    clock,
    log: createMemoryLog(),
    start: () => {
      throw new Error('no program is needed');
    },
    windows,
    isWayland,
    windowPid: 4_321,
  });
  return (await reader?.read(WISH))?.values.fullscreen;
}

describe('on a screen', () => {
  let screen: XScreen;
  let program: XProgram;
  beforeEach(async () => {
    screen = await startXScreen();
    program = await startXProgram(screen.display);
    windows = createX11Windows(screen.display, clock);
  });
  afterEach(async () => {
    program.end();
    await screen.end();
  });

  test('that is empty nothing fills it', async () => {
    expect(await fullscreen()).toBe('');
    expect(await fullscreen(true)).toBeUndefined();
  });

  test.each<readonly [string, string, XWindow]>([
    ['a game over the whole of it', 'game', { ...WHOLE, name: 'game' }],
    [
      'a game a little larger than it',
      'game',
      { x: -1, y: -1, width: 643, height: 482, name: 'game' },
    ],
    ['a part of it', '', { ...PART, name: 'editor' }],
    [
      'a part that says it fills it',
      'film',
      { ...PART, name: 'film', state: '_NET_WM_STATE_FULLSCREEN' },
    ],
    ['one without a name', 'a program', WHOLE],
    ['the desktop', '', { ...WHOLE, name: 'pcmanfm', type: '_NET_WM_WINDOW_TYPE_DESKTOP' }],
    ['a locked screen', '', { ...WHOLE, name: 'i3lock' }],
    ['our own window', '', { ...WHOLE, name: 'Lull' }],
    ['a window of our process', '', { ...WHOLE, name: 'electron', pid: 4_321 }],
    ['a window of the engine', '', { ...WHOLE, name: 'electron', pid: 100 }],
  ])('%s is "%s"', async (_name, expected, window) => {
    const id = await program.open(window);
    await program.activate(id);
    expect(await fullscreen()).toBe(expected);
    await program.activate(0);
    expect(await fullscreen()).toBe('');
  });

  test('without a desktop the uppermost window counts', async () => {
    await program.open({ ...WHOLE, name: 'game' });
    expect(await fullscreen()).toBe('game');
    const above = await program.open({ ...PART, name: 'editor' });
    expect(await fullscreen()).toBe('');
    await program.close(above);
    expect(await fullscreen(true)).toBe('game');
  });

  test('a window that was closed a moment ago is none', async () => {
    const id = await program.open({ ...WHOLE, name: 'game' });
    await program.activate(id);
    await program.close(id);
    expect(await fullscreen()).toBe('');
  });

  test('a server that stops answering is given up after 2 s, and asked again later', async () => {
    await program.activate(await program.open({ ...WHOLE, name: 'game' }));
    expect(await fullscreen()).toBe('game');
    screen.freeze();
    const asked = fullscreen();
    clock.advance(1_999);
    clock.advance(1);
    await expect(asked).rejects.toThrow('does not answer');
    await expect(fullscreen()).rejects.toThrow('a moment ago');
    screen.thaw();
    clock.advance(5_000);
    expect(await fullscreen()).toBe('game');
  });

  test('a server that was started anew is found again', async () => {
    expect(await fullscreen()).toBe('');
    await screen.end();
    await expect(fullscreen()).rejects.toThrow();
    screen = await startXScreen(screen.display);
    program = await startXProgram(screen.display);
    await program.activate(await program.open({ ...WHOLE, name: 'game' }));
    clock.advance(5_000);
    expect(await fullscreen()).toBe('game');
  });
});

describe('what is no X server', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  const listen = async (greet: (socket: Socket) => void): Promise<void> => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      greet(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve());
    });
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    windows = createX11Windows(`tcp/127.0.0.1:${port - 6_000}`, clock);
  };
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
  });

  test('and says nothing, is given up', async () => {
    await listen(() => undefined);
    const asked = fullscreen();
    await vi.waitFor(() => expect(sockets.size).toBe(1));
    clock.advance(2_000);
    await expect(asked).rejects.toThrow('does not answer');
    const [socket] = sockets;
    await new Promise((resolve) => socket?.once('close', resolve).resume());
  });

  test('is not asked while the key of the display cannot be read', async () => {
    vi.stubEnv('XAUTHORITY', import.meta.dirname);
    try {
      await listen(() => undefined);
      await expect(fullscreen()).rejects.toThrow('EISDIR');
      expect(sockets.size).toBe(0);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('and talks about something else, fails', async () => {
    await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(fullscreen()).rejects.toThrow();
  });

  test('and hangs up, fails at once', async () => {
    await listen((socket) => socket.end());
    await expect(fullscreen()).rejects.toThrow();
  });
});

test('a desktop that tells nobody is not known, with a reason', async () => {
  windows = createX11Windows(':0', clock);
  for (const [platform, isWayland, why] of [
    ['linux', true, 'Wayland'],
    ['linux', false, 'no desktop'],
    ['darwin', false, 'macOS'],
  ] as const) {
    const [reader] = createFullscreenReaders({
      ...{ platform, clock, log: createMemoryLog(), windows: null, isWayland },
      start: () => ({ kill: () => undefined }),
      windowPid: process.pid,
    });
    const outcome = await reader?.read(WISH);
    expect(outcome?.values).toEqual({});
    expect(outcome?.unknown?.fullscreen).toContain(why);
  }
});
