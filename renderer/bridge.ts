/** The only place that touches what the preload script put on the window. */
import type { Bridge } from '../electron/ipc/table.ts';

declare global {
  interface Window {
    readonly lull?: Bridge;
  }
}

/** @throws Error when the preload script did not run. */
export function windowBridge(): Bridge {
  if (!window.lull) throw new Error('the preload script did not run');
  return window.lull;
}
