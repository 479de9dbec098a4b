/** Kills this process at the step it was armed for: nothing is cleaned up, flushed or told. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { LIFE_FILES, type Death, type SignerDeath } from './life-plan.ts';
import type { MainStep, SignerStep } from './steps.ts';

interface Armed<Kind> {
  readonly death: Kind;
  readonly folder: string;
  times: number;
}

/** Of the process: the taps are modules, so there is nobody who could hand it to them. */
let armed: Armed<Death> | null = null;
let armedSigner: Armed<SignerDeath> | null = null;

export function arm(folder: string, death: Death | null): void {
  armed = death && { death, folder, times: 0 };
}

export function reach(step: MainStep): void {
  if (armed?.death.step !== step) return;
  armed.times += 1;
  if (armed.times < armed.death.occurrence) return;
  dieAt(step, path.join(armed.folder, LIFE_FILES.kills), [process.pid]);
}

export function armSigner(folder: string, death: SignerDeath | null): void {
  armedSigner = death && { death, folder, times: 0 };
}

/** @returns whether the signer has to die now; once */
export function strikesSigner(step: SignerStep): boolean {
  if (armedSigner?.death.step !== step) return false;
  armedSigner.times += 1;
  if (armedSigner.times < armedSigner.death.occurrence) return false;
  appendFileSync(path.join(armedSigner.folder, LIFE_FILES.kills), `${step}\n`);
  armedSigner = null;
  return true;
}

/** @param pids the last one is this process */
export function dieAt(step: string, killsFile: string, pids: readonly number[]): never {
  appendFileSync(killsFile, `${step}\n`);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  // Another thread may take the signal: not one more line of this one is to run.
  for (;;);
}
