/** The wake lock as Electron has it, on every system. */
import { powerSaveBlocker } from 'electron';
import { createWakeLock, type WakeLock } from './wake-lock.ts';

export function createElectronWakeLock(): WakeLock {
  return createWakeLock({
    start: () => powerSaveBlocker.start('prevent-app-suspension'),
    stop(block) {
      powerSaveBlocker.stop(block);
    },
  });
}
