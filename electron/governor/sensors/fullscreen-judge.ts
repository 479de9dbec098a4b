/** Whether the window in front fills a whole screen, and whose it is. */

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface FrontWindow {
  /** Null when its program does not say. */
  readonly pid: number | null;
  /** As its program calls itself, the particular name first; empty when it does not. */
  readonly classes: readonly string[];
  readonly area: Rect;
  /** It has told the desktop so. */
  readonly isFullscreen: boolean;
  /** It is the desktop itself, or a bar at its edge. */
  readonly isDesktop: boolean;
  readonly monitors: readonly Rect[];
}

/** They stand for nobody being there. */
const LOCKERS =
  /^(?:xscreensaver.*|i3lock|xsecurelock|xss-lock|slock|light-locker|gnome-screensaver|cinnamon-screensaver|mate-screensaver|kscreenlocker.*|xfce4-screensaver)$/i;
const NAMELESS = 'a program';

/**
 * The program that fills a whole screen; an empty text when none does.
 * @param ownPids of our own windows, which do not count, nor do those with our name
 */
export function fullscreenApp(
  front: FrontWindow | null,
  own: { readonly pids: readonly number[]; readonly name: string },
): string {
  if (front === null || front.isDesktop) return '';
  const name = front.classes.at(-1) ?? NAMELESS;
  const isOwn =
    (front.pid !== null && own.pids.includes(front.pid)) ||
    front.classes.some((each) => each.toLowerCase() === own.name.toLowerCase());
  if (isOwn || front.classes.some((each) => LOCKERS.test(each))) return '';
  const fills = front.isFullscreen || front.monitors.some((monitor) => covers(front.area, monitor));
  return fills ? name : '';
}

function covers(area: Rect, monitor: Rect): boolean {
  return (
    area.x <= monitor.x &&
    area.y <= monitor.y &&
    area.x + area.width >= monitor.x + monitor.width &&
    area.y + area.height >= monitor.y + monitor.height
  );
}
