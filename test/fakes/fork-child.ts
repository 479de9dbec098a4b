/** Starts process entries as forked Node processes on the runtime of the tests: `SpawnChild` without Electron. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { SpawnChild } from '../../electron/platform/child.ts';

const ELECTRON_FOLDER = path.resolve(import.meta.dirname, '../../electron');

export interface ForkedChildren {
  readonly spawn: SpawnChild;
  /** Every process started so far, oldest first. */
  readonly processes: readonly ChildProcess[];
  /** Kills what still runs and waits for it. */
  dispose(): Promise<void>;
}

/** @param folder the folder under `electron/` that holds the entries; without it they are looked for in all of them */
export function createForkedChildren(folder: string | null = null): ForkedChildren {
  const processes: ChildProcess[] = [];
  const spawn: SpawnChild = (entry, options) => {
    const file = findEntry(folder, entry);
    const child = fork(file, [...(options.args ?? [])], {
      env: { ...process.env, ...options.env },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    processes.push(child);
    return {
      get pid() {
        return child.pid;
      },
      post(message) {
        // Gone between two messages is normal; the exit tells.
        if (child.connected) child.send(asSendable(message), () => undefined);
      },
      onMessage(listener) {
        child.on('message', listener);
        return () => child.off('message', listener);
      },
      onExit(listener) {
        child.once('exit', listener);
        return () => child.off('exit', listener);
      },
      kill() {
        child.kill('SIGKILL');
      },
    };
  };
  return {
    spawn,
    processes,
    async dispose() {
      await Promise.all(processes.map(ended));
    },
  };
}

function findEntry(folder: string | null, entry: string): string {
  const folders = folder === null ? readdirSync(ELECTRON_FOLDER) : [folder];
  const file = folders
    .map((name) => path.join(ELECTRON_FOLDER, name, `${entry}.ts`))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`there is no process entry ${entry}`);
  return file;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}

function asSendable(message: unknown): object {
  if (typeof message === 'object' && message !== null) return message;
  throw new Error('only objects are sent between processes');
}
