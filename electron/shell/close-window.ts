/** Closing the window as the owner sees it: hidden or gone, and told once that Lull goes on. */
import { dialog } from 'electron';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import { decideClosing, type ClosingFacts, type ClosingWords } from './close-policy.ts';
import type { Closed } from './main-window.ts';
import type { LullTray } from './tray.ts';

export interface ClosePorts {
  readonly facts: () => Omit<ClosingFacts, 'isTrayUsable'>;
  readonly tray: Pick<LullTray, 'isUsable' | 'look'>;
  /** Remembers for good that the owner has been told. */
  readonly onTold: () => void;
  /** Quits, or asks first; the window stays until that is settled. */
  readonly onQuit: () => void;
  /** Whether Lull is quitting already, so that its windows have to go. */
  readonly isQuitting: () => boolean;
  /** Brings the window back. */
  readonly onShow: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

const QUIT = 1;

/** For `onClose` of the main window. */
export function createCloseHandler(ports: ClosePorts): () => Closed {
  const { facts, tray, onTold, onQuit, isQuitting, onShow, clock, log } = ports;

  async function tell({ title, message }: ClosingWords): Promise<void> {
    onTold();
    const { response } = await dialog.showMessageBox({
      type: 'info',
      title,
      message: title,
      detail: `${message} Its icon in the tray opens the window again, pauses, and quits.`,
      buttons: ['Keep running', 'Quit Lull'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response === QUIT) onQuit();
  }

  /** A panel may have ended since; then there would be no way back. */
  async function checkTray(): Promise<void> {
    await tray.look();
    if (!tray.isUsable) onShow();
  }

  return () => {
    if (isQuitting()) return 'close';
    const closing = decideClosing({ ...facts(), isTrayUsable: tray.isUsable });
    if (closing.action === 'quit') {
      // Not from within the event: quitting closes this very window.
      clock.after(0, onQuit);
      return 'keep';
    }
    drop(checkTray(), 'looking for the tray', log);
    if (closing.tell) drop(tell(closing.tell), 'telling that Lull goes on', log);
    return 'hide';
  };
}
