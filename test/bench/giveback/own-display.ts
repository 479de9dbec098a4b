/** A virtual screen of the bench's own: its keyboard and mouse are nobody else's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface OwnDisplay {
  /** For example `:3`. */
  readonly name: string;
  stop(): Promise<void>;
}

/** @throws Error where there is no Xvfb */
export async function startOwnDisplay(): Promise<OwnDisplay> {
  const args = ['-displayfd', '3', '-screen', '0', '640x480x24', '-nolisten', 'tcp', '-noreset'];
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const gone = Promise.race([once(child, 'exit'), once(child, 'error')]);
  // The pipe that was asked for, which the type of so many does not know.
  const told = child.stdio[3] as Readable;
  const first = once(createInterface({ input: told }), 'line');
  const line = await Promise.race([first, gone.then(() => null)]);
  if (line === null) throw new Error('this bench needs Xvfb');
  return {
    name: `:${String(line[0])}`,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
