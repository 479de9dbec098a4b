/** Loaded ahead of a chain process: kills it around the line that it writes for a transaction, on the way to the disk. */
import fs from 'node:fs';
import { flushCompileCache, syncBuiltinESMExports } from 'node:module';
import { dieAt } from '../death.ts';
import { CHAIN_DEATH_VARIABLE, readChainDeath, type ChainDeath } from '../life-plan.ts';
import type { ChainStep } from '../steps.ts';

const { writeSync, fsyncSync } = fs;

// The next chain process starts sooner for it; one that is killed writes no cache at its end.
process.once('message', () => setImmediate(flushCompileCache));
const death = readChainDeath(process.env[CHAIN_DEATH_VARIABLE]);
if (death) tapFiles(death);

/** Only the log writes at positions; its first line, at 0, is no transaction. */
function tapFiles(chosen: ChainDeath): void {
  let times = 0;
  let isLineOpen = false;
  const isTime = (step: ChainStep): boolean => {
    if (chosen.step !== step) return false;
    times += 1;
    return times === chosen.occurrence;
  };
  const die = (): never => {
    const main = chosen.withMain ? [process.ppid] : [];
    return dieAt(chosen.step, chosen.killsFile, [...main, process.pid]);
  };
  Object.assign(fs, {
    writeSync(file: number, bytes: Uint8Array, from: number, length: number, position: number) {
      if (!(position > 0)) return writeSync(file, bytes, from, length, position);
      if (isTime('chain line half')) {
        writeSync(file, bytes, from, Math.ceil(length / 2), position);
        die();
      }
      isLineOpen = true;
      return writeSync(file, bytes, from, length, position);
    },
    fsyncSync(file: number) {
      const isOfLine = isLineOpen;
      isLineOpen = false;
      if (isOfLine && isTime('chain line written')) die();
      fsyncSync(file);
      if (isOfLine && isTime('chain line synced')) die();
    },
  });
  syncBuiltinESMExports();
}
