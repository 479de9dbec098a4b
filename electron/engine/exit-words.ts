/** How a process ended, in words that make sense whoever reports it. */

/** SIGKILL and SIGTERM: somebody, or the system when memory ran out, wanted it gone. */
const KILLS: ReadonlySet<number> = new Set([9, 15]);
/** SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE and SIGSEGV; SIGBUS is 7 on Linux and 10 on macOS. */
const CRASHES: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 10, 11]);
/** Windows ends a process that crashed with a status from here on, as an unsigned number. */
const WINDOWS_CRASH = 0xc0000000;

/**
 * A forked Node process that a signal ended has no code; an Electron utility process has the signal's number
 * instead, which our entries never exit with.
 * @returns what follows "it": "was killed", "crashed with signal 11", "ended with code 1"
 */
export function describeExit(code: number | null): string {
  if (code === null || KILLS.has(code)) return 'was killed';
  if (CRASHES.has(code)) return `crashed with signal ${String(code)}`;
  const unsigned = code >>> 0;
  if (unsigned >= WINDOWS_CRASH) return `crashed with code 0x${unsigned.toString(16)}`;
  return `ended with code ${String(code)}`;
}
