/** Runs one of the system's own programs for its few lines. */
import { execFile } from 'node:child_process';

/** The text that it prints. Rejects when it fails, prints too much or takes too long; then it is killed. */
export type RunTool = (file: string, args: readonly string[], limitMs: number) => Promise<string>;

const MOST_BYTES = 256 * 1024;

export const runTool: RunTool = (file, args, limitMs) =>
  new Promise((resolve, reject) => {
    execFile(
      file,
      [...args],
      {
        timeout: limitMs,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_BYTES,
        windowsHide: true,
        // Numbers and words as the parsers know them.
        env: { ...process.env, LC_ALL: 'C' },
      },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${file} fails`, { cause: error }));
      },
    );
  });
