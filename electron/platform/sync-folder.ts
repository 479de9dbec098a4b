/** Makes the names in a folder last: what was renamed or linked there is so after a power cut, too. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Does nothing on Windows, which has no such call. @throws the system's error */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
