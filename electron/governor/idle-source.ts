/** Whether the system's idle time can be believed; a wrong one would put relays on top of a working owner. */

export interface DisplayFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The display system that Electron itself runs on: `x11`, `wayland`, `headless`; empty where it says nothing. */
  readonly ozonePlatform: string;
}

/** Either the name of the source or why there is none. */
export type IdleSource =
  | { readonly name: string; readonly unusable: null }
  | { readonly name: null; readonly unusable: string };

export function idleSourceOf({ platform, env, ozonePlatform }: DisplayFacts): IdleSource {
  if (platform !== 'linux') return usable('the system’s idle time');
  if (ozonePlatform === 'wayland') return usable('Wayland’s idle time');
  if (isSet(env.WAYLAND_DISPLAY) || env.XDG_SESSION_TYPE === 'wayland') {
    // An X11 program sees only what is typed into X11 windows: its count goes on while the owner works.
    return unusable('this is a Wayland session in which Lull runs as an X11 program');
  }
  if (isSet(env.DISPLAY) && ozonePlatform !== 'headless') return usable('X11’s idle time');
  return unusable('there is no display at which somebody could be seen');
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function usable(name: string): IdleSource {
  return { name, unusable: null };
}

function unusable(why: string): IdleSource {
  return { name: null, unusable: why };
}
