/** A log that keeps its lines for the test to read. */
import { createLog, type Log } from '../../electron/platform/log.ts';

export interface MemoryLog extends Log {
  readonly lines: readonly string[];
}

export function createMemoryLog(): MemoryLog {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
    'debug',
  );
  return { ...log, lines };
}
