/** Where a model would run on this computer, by what the probe found. */
import os from 'node:os';
import type { Candidate, Snapshot } from '../ipc/snapshot.ts';
import type { Hardware } from '../models/fit-verdict.ts';

export interface Machine extends Hardware {
  /** What measurements are kept under. */
  readonly backend: string;
  readonly device: string;
  /** How many times slower the processor is than the device, by the test model; 1 on the processor. */
  readonly processorFactor: number | null;
}

/** A little more or less free memory must not change what the window says. */
const RAM_STEP_BYTES = 256 * 2 ** 20;
/** macOS counts what it could give back at once as used. */
const MAC_SHARE = 0.7;

/** RAM that programs can still have, in bytes. */
export function availableRam(platform = process.platform): number {
  return platform === 'darwin' ? os.totalmem() * MAC_SHARE : os.freemem();
}

/** @param ramBytes what programs can still have */
export function machineOf(engine: Snapshot['engine'], ramBytes: number): Machine {
  const chosen = engine.candidates.find(({ state }) => state === 'chosen');
  const ram = Math.floor(ramBytes / RAM_STEP_BYTES) * RAM_STEP_BYTES;
  if (!chosen || chosen.backend === 'cpu') {
    const device = chosen?.device?.name ?? 'processor';
    return {
      deviceName: null,
      deviceBytes: 0,
      ramBytes: ram,
      backend: 'cpu',
      device,
      processorFactor: 1,
    };
  }
  const { device, backend } = chosen;
  const deviceName = device?.name ?? 'graphics card';
  // Shared memory is counted once, as memory of the computer.
  const isOwn = device?.kind === 'discrete' || device?.kind === 'unknown';
  return {
    deviceName,
    deviceBytes: isOwn ? (device.memoryBytes ?? 0) : 0,
    ramBytes: ram,
    backend,
    device: deviceName,
    processorFactor: factorOf(chosen, engine.candidates),
  };
}

function factorOf(chosen: Candidate, candidates: readonly Candidate[]): number | null {
  const processor = candidates.find(({ backend }) => backend === 'cpu');
  const rate = processor?.tokensPerSecond ?? null;
  if (rate === null || rate === 0 || chosen.tokensPerSecond === null) return null;
  return Math.max(1, chosen.tokensPerSecond / rate);
}
