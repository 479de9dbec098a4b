/** Starts process entries as Electron utility processes. */
import { join } from 'node:path';
import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { Child, SpawnChild } from './child.ts';
import type { Log } from './log.ts';

/** How much of a line that a child printed is kept for the log, in UTF-16 units. */
const MAX_LINE_LENGTH = 400;

/** @param folder where the bundled entries lie, each as `<entry>.js`. */
export function createUtilitySpawner(folder: string, log: Log): SpawnChild {
  return (entry, options) => {
    const child = utilityProcess.fork(join(folder, `${entry}.js`), [...(options.args ?? [])], {
      serviceName: options.name,
      env: { ...process.env, ...options.env },
      // Never inherited: standard output belongs to --json, and native code prints what it likes.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      log.debug(`${entry} says`, { text: chunk.toString('utf8').slice(0, MAX_LINE_LENGTH) });
    });
    return asChild(child);
  };
}

function asChild(child: UtilityProcess): Child {
  let gone = false;
  child.once('exit', () => {
    gone = true;
  });
  return {
    get pid() {
      return child.pid;
    },
    post(message, ports = []) {
      // Whoever hands over a port has made it with Electron; the type is Electron's alone.
      if (!gone) child.postMessage(message, [...ports] as MessagePortMain[]);
    },
    onMessage(listener) {
      child.on('message', listener);
      return () => {
        child.off('message', listener);
      };
    },
    onExit(listener) {
      const onExit = (code: number): void => {
        listener(code);
      };
      child.on('exit', onExit);
      return () => {
        child.off('exit', onExit);
      };
    },
    kill() {
      if (gone) return;
      // Electron's own kill asks politely (SIGTERM), which native code in a loop does not hear.
      if (process.platform === 'win32') child.kill();
      else if (child.pid !== undefined) killNow(child.pid);
      else child.once('spawn', () => child.pid !== undefined && killNow(child.pid));
    },
  };
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) throw error;
  }
}
