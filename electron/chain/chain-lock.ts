/** Lets one process at a time have the practice chain of a folder. */
import { DatabaseSync } from 'node:sqlite';

export interface ChainLock {
  release(): void;
}

/** A chain that was killed lets go within milliseconds. */
const WAIT_MS = 5_000;

/**
 * Holds a lock of the operating system, which goes with the process, however that ends; SQLite knows how to ask for
 * one on every platform.
 * @throws an SQLite error (busy) when another process keeps it
 */
export function lockChain(file: string): ChainLock {
  const database = new DatabaseSync(file, { timeout: WAIT_MS });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    release() {
      database.close();
    },
  };
}
