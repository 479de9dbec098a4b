/** What macOS tells of its battery and its saver, by its own programs. Not seen working: there was no such computer. */
import { macBattery, macSaver, macSpeedPercent } from './mac-output.ts';
import type { AnyReader, Reader } from './reader.ts';
import type { RunTool } from './run-tool.ts';

const PMSET = '/usr/bin/pmset';
const IOREG = '/usr/sbin/ioreg';
const LIMIT_MS = 2_000;
const BATTERY_EVERY_MS = 10_000;
const SAVER_EVERY_MS = 30_000;
const SPEED_EVERY_MS = 10_000;

export function createMacReaders(runTool: RunTool): readonly AnyReader[] {
  const battery: Reader<'batteryPercent' | 'batteryCelsius' | 'isOnUps'> = {
    keys: ['batteryPercent', 'batteryCelsius', 'isOnUps'],
    everyMs: BATTERY_EVERY_MS,
    deadlineMs: 2 * LIMIT_MS + 1_000,
    async read() {
      const charge = await runTool(PMSET, ['-g', 'batt'], LIMIT_MS);
      // Only a portable computer has this entry.
      const details = await runTool(IOREG, ['-r', '-w', '0', '-n', 'AppleSmartBattery'], LIMIT_MS);
      return { values: macBattery(charge, details), source: 'pmset and ioreg' };
    },
  };
  const saver: Reader<'isSavingPower'> = {
    keys: ['isSavingPower'],
    everyMs: SAVER_EVERY_MS,
    async read() {
      return { values: macSaver(await runTool(PMSET, ['-g'], LIMIT_MS)), source: 'pmset' };
    },
  };
  const speed: Reader<'cpuSpeedPercent'> = {
    keys: ['cpuSpeedPercent'],
    everyMs: SPEED_EVERY_MS,
    async read() {
      const text = await runTool(PMSET, ['-g', 'therm'], LIMIT_MS);
      return { values: macSpeedPercent(text), source: 'pmset' };
    },
  };
  return [battery, saver, speed];
}
