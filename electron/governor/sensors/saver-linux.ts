/** Whether the owner told a Linux system to save power. */
import path from 'node:path';
import { BusError, readProperty, type Bus } from './bus.ts';
import { readIfThere } from './files.ts';
import type { Reader, ReaderPorts } from './reader.ts';

const EVERY_MS = 10_000;
/** The service had two names in its life. */
const SERVICES = [
  {
    service: 'org.freedesktop.UPower.PowerProfiles',
    path: '/org/freedesktop/UPower/PowerProfiles',
  },
  { service: 'net.hadess.PowerProfiles', path: '/net/hadess/PowerProfiles' },
] as const;

export function createLinuxSaver({
  files,
  sysRoot,
  systemBus,
}: Pick<ReaderPorts, 'files' | 'sysRoot' | 'systemBus'>): Reader<'isSavingPower'> {
  return {
    keys: ['isSavingPower'],
    everyMs: EVERY_MS,
    async read() {
      const chosen = systemBus === null ? null : await chosenProfile(systemBus);
      if (chosen !== null) {
        return {
          values: { isSavingPower: chosen === 'power-saver' },
          source: `the power profile “${chosen}”`,
        };
      }
      const profile = await readIfThere(
        files,
        path.join(sysRoot, 'firmware', 'acpi', 'platform_profile'),
      );
      if (profile === null) return { values: {}, source: '' };
      return {
        values: { isSavingPower: profile === 'low-power' },
        source: `the firmware’s profile “${profile}”`,
      };
    },
  };
}

/** @returns null when no such service runs, or the bus is no help: the firmware knows it, too */
async function chosenProfile(bus: Bus): Promise<string | null> {
  for (const { service, path: object } of SERVICES) {
    try {
      const profile = await readProperty(bus, {
        service,
        path: object,
        interface: service,
        name: 'ActiveProfile',
      });
      if (typeof profile === 'string') return profile;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }
  return null;
}
