/** Appends log lines to a file that never grows past two halves. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { LogSink } from '../platform/log.ts';

/** Size at which the file becomes `<path>.old` and a new one starts. */
const MAX_BYTES = 1_000_000;

/** A log that cannot be written must not stop what it reports on, so its own failures are swallowed. */
export function fileSink(path: string): LogSink {
  let sizeBytes = sizeOf(path);
  return (line) => {
    try {
      if (sizeBytes > MAX_BYTES) {
        renameSync(path, `${path}.old`);
        sizeBytes = 0;
      }
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
      sizeBytes += line.length + 1;
    } catch {
      sizeBytes = 0;
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
