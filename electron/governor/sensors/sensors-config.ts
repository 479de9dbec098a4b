/** Where the sensors' process is to look, from what main knows of the system and its session. */
import path from 'node:path';
import type { SensorsConfig } from './messages.ts';

export interface SystemFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly isPackaged: boolean;
  /** The process that Lull's own windows belong to. */
  readonly windowPid: number;
  /** Whether Electron's own idle time can be believed. */
  readonly hasIdleTime: boolean;
}

const SYSTEM_BUS = 'unix:path=/run/dbus/system_bus_socket';

export function sensorsConfigOf(facts: SystemFacts): SensorsConfig {
  const { platform, env, home, isPackaged, windowPid, hasIdleTime } = facts;
  const isLinux = platform === 'linux';
  const runtime = given(env.XDG_RUNTIME_DIR);
  const userBus = runtime === null ? null : `unix:path=${path.posix.join(runtime, 'bus')}`;
  return {
    // A tree of files that stands for another computer; nobody may feed an installed Lull one.
    sysRoot: (isPackaged ? null : given(env.LULL_SYSFS_ROOT)) ?? '/sys',
    procRoot: '/proc',
    devRoot: '/dev',
    home,
    systemBus: isLinux ? (given(env.DBUS_SYSTEM_BUS_ADDRESS) ?? SYSTEM_BUS) : null,
    sessionBus: isLinux ? (busOf(env.DBUS_SESSION_BUS_ADDRESS) ?? userBus) : null,
    waylandSocket: isLinux ? waylandSocket(given(env.WAYLAND_DISPLAY), runtime) : null,
    display: isLinux ? given(env.DISPLAY) : null,
    isWayland:
      isLinux && (given(env.WAYLAND_DISPLAY) !== null || env.XDG_SESSION_TYPE === 'wayland'),
    windowPid,
    asksSessionIdle: isLinux && !hasIdleTime,
  };
}

function waylandSocket(display: string | null, runtime: string | null): string | null {
  if (display === null || path.posix.isAbsolute(display)) return display;
  return runtime === null ? null : path.posix.join(runtime, display);
}

/** Chromium writes `disabled:` where it found none. */
function busOf(address: string | undefined): string | null {
  return address?.startsWith('disabled:') === true ? null : given(address);
}

function given(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
