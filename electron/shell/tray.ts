/** Lull in the tray: says the state, and offers what one would open the window for. */
import { join } from 'node:path';
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import { askProgram, hasTrayHost, type Desktop } from './tray-host.ts';
import {
  TRAY_PAUSE_MS,
  trayIconFile,
  trayModel,
  type TrayAction,
  type TrayFacts,
  type TrayIcon,
  type TrayModel,
} from './tray-menu.ts';

export interface TrayPorts {
  readonly onOpen: () => void;
  /** Serve nothing for so long. */
  readonly onPause: (ms: number) => void;
  readonly onResume: () => void;
  readonly onSetEarning: (isOn: boolean) => void;
  readonly onQuit: () => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Holds the files that `trayIconFile` names. */
  readonly iconFolder: string;
  /** Where Lull runs; the real one when left out. */
  readonly desktop?: Desktop;
}

export interface LullTray {
  /** True while the owner can reach Lull by it; without that Lull must not hide. */
  readonly isUsable: boolean;
  /** Looks again whether there is a place for it: a panel may have started since. */
  look(): Promise<void>;
  update(facts: TrayFacts): void;
  dispose(): void;
}

/** When to look for a panel that is not there yet: at log-in it may well start after Lull. */
const LOOK_AFTER_MS = [5_000, 20_000, 60_000] as const;
/** How often words that age are made anew. */
const REFRESH_MS = 60_000;

export function createTray(ports: TrayPorts): LullTray {
  const { clock, log, desktop = thisDesktop() } = ports;
  const { platform } = desktop;
  let tray: Tray | null = null;
  let facts: TrayFacts | null = null;
  let shown: TrayModel | null = null;
  let stopRefreshing: (() => void) | null = null;
  let isUsable = false;
  let isDisposed = false;
  const act = actions(ports);

  function show(): void {
    if (!tray || !facts) return;
    const next = trayModel(facts, clock.nowMs());
    refreshWhile(next.ages);
    if (shown && JSON.stringify(shown) === JSON.stringify(next)) return;
    if (shown?.icon !== next.icon) tray.setImage(image(next.icon));
    tray.setToolTip(next.tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(template(next, act)));
    shown = next;
  }

  /** No timer without words that age. */
  function refreshWhile(ages: boolean): void {
    if (ages) stopRefreshing ??= clock.every(REFRESH_MS, show);
    else {
      stopRefreshing?.();
      stopRefreshing = null;
    }
  }

  function image(icon: TrayIcon): Electron.NativeImage {
    return nativeImage.createFromPath(join(ports.iconFolder, trayIconFile(icon, platform)));
  }

  function make(): void {
    try {
      tray = new Tray(image('off'));
      // Where a click does not open the menu.
      if (platform !== 'darwin') tray.on('click', ports.onOpen);
      show();
    } catch (error) {
      log.warn('no tray could be made', { error });
    }
  }

  async function look(): Promise<void> {
    const hasHost = await hasTrayHost(desktop);
    if (isDisposed) return;
    if (hasHost && !tray) make();
    isUsable = hasHost && tray !== null;
  }

  drop(look(), 'looking for the tray', log);
  const stopLooking = LOOK_AFTER_MS.map((ms) =>
    clock.after(ms, () => {
      if (!isUsable) drop(look(), 'looking for the tray', log);
    }),
  );

  return {
    get isUsable() {
      return isUsable;
    },
    look,
    update(next) {
      // Told with every patch of the hub, most of which change nothing here.
      if (facts && isSame(facts, next)) return;
      facts = next;
      show();
    },
    dispose() {
      isDisposed = true;
      isUsable = false;
      for (const stop of stopLooking) stop();
      refreshWhile(false);
      tray?.destroy();
      tray = null;
    },
  };
}

function isSame(one: TrayFacts, other: TrayFacts): boolean {
  return (
    one.status === other.status &&
    one.isEarningOn === other.isEarningOn &&
    one.answersInFlight === other.answersInFlight &&
    one.awaySeconds === other.awaySeconds
  );
}

function thisDesktop(): Desktop {
  return { platform: process.platform, env: process.env, ask: askProgram };
}

function actions(ports: TrayPorts): Readonly<Record<TrayAction, () => void>> {
  return {
    open: ports.onOpen,
    pause: () => {
      ports.onPause(TRAY_PAUSE_MS);
    },
    resume: ports.onResume,
    'earning-on': () => {
      ports.onSetEarning(true);
    },
    'earning-off': () => {
      ports.onSetEarning(false);
    },
    quit: ports.onQuit,
  };
}

function template(
  { items }: TrayModel,
  act: Readonly<Record<TrayAction, () => void>>,
): MenuItemConstructorOptions[] {
  return items.map((item) => {
    if (item.kind === 'separator') return { type: 'separator' };
    if (item.kind === 'text') return { label: item.label, enabled: false };
    return { label: item.label, click: act[item.action] };
  });
}
