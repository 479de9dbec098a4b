/** Whether a program fills a whole screen, as far as the desktop lets anybody know. */
import type { StartProgram } from './gpu-program.ts';
import { fullscreenApp } from './fullscreen-judge.ts';
import { createWindowsScreenReader } from './fullscreen-windows.ts';
import type { FrontWindows } from './fullscreen-x11-adapter.ts';
import type { Reader, ReaderPorts } from './reader.ts';

export interface ScreenPorts extends Pick<ReaderPorts, 'platform' | 'clock' | 'log'> {
  readonly start: StartProgram;
  /** Of the X server; null where there is none. */
  readonly windows: FrontWindows | null;
  /** The X server shows only part of what is on the screen. */
  readonly isWayland: boolean;
  /** Of Lull's own windows. */
  readonly windowPid: number;
}

const EVERY_MS = 1_000;
const REST_EVERY_MS = 6_000;
const OWN_NAME = 'lull';
const MACOS = 'macOS does not tell other programs what fills its screen';
const WAYLAND = 'under Wayland only windows of older programs can be seen, and none fills a screen';
const NO_WINDOWS = 'there is no desktop that could be asked';

export function createFullscreenReaders(ports: ScreenPorts): readonly Reader<'fullscreen'>[] {
  switch (ports.platform) {
    case 'win32':
      return [createWindowsScreenReader(ports)];
    case 'darwin':
      return [createUnknownReader(MACOS)];
    default:
      return ports.windows === null
        ? [createUnknownReader(ports.isWayland ? WAYLAND : NO_WINDOWS)]
        : [createX11Reader(ports.windows, ports)];
  }
}

function createX11Reader(
  windows: FrontWindows,
  { isWayland, windowPid }: ScreenPorts,
): Reader<'fullscreen'> {
  const source = isWayland ? 'X11 inside Wayland' : 'X11';
  return {
    keys: ['fullscreen'],
    everyMs: EVERY_MS,
    restEveryMs: REST_EVERY_MS,
    stop: () => windows.close(),
    async read({ ownPids }) {
      const own = { pids: [windowPid, ...ownPids], name: OWN_NAME };
      const fullscreen = fullscreenApp(await windows.front(), own);
      return isWayland && fullscreen === ''
        ? { values: {}, source, unknown: { fullscreen: WAYLAND } }
        : { values: { fullscreen }, source };
    },
  };
}

function createUnknownReader(why: string): Reader<'fullscreen'> {
  return {
    keys: ['fullscreen'],
    everyMs: EVERY_MS,
    read: () => Promise.resolve({ values: {}, source: '', unknown: { fullscreen: why } }),
  };
}
