/** Emergency supplies on a USB cable, which the kernel does not list but UPower does. */
import { isAbsent, readProperty, type Bus } from './bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Reader } from './reader.ts';

const EVERY_MS = 2_000;
const REST_EVERY_MS = 6_000;
/** Nobody buys one more often. */
const SEARCH_MS = 30_000;
const SERVICE = 'org.freedesktop.UPower';
const DEVICE = 'org.freedesktop.UPower.Device';
const KIND_UPS = 3;
/** Discharging, and about to. */
const ON_BATTERY: ReadonlySet<unknown> = new Set([2, 6]);

export function createUpowerUps(bus: Bus, clock: Clock): Reader<'isOnUps'> {
  let supplies: readonly string[] = [];
  let searchedAtMs = -Infinity;

  const search = async (): Promise<readonly string[]> => {
    const [devices] = await bus.call({
      service: SERVICE,
      path: '/org/freedesktop/UPower',
      interface: SERVICE,
      member: 'EnumerateDevices',
    });
    const paths = Array.isArray(devices) ? devices.map(String) : [];
    const found: string[] = [];
    for (const path of paths) {
      if ((await deviceValue(bus, path, 'Type')) === KIND_UPS) found.push(path);
    }
    return found;
  };

  return {
    keys: ['isOnUps'],
    everyMs: EVERY_MS,
    restEveryMs: REST_EVERY_MS,
    async read() {
      const source = 'UPower';
      try {
        if (clock.monotonicMs() - searchedAtMs >= SEARCH_MS) {
          supplies = await search();
          searchedAtMs = clock.monotonicMs();
        }
        const states: unknown[] = [];
        for (const path of supplies) states.push(await deviceValue(bus, path, 'State'));
        if (states.length === 0) return { values: {}, source };
        return { values: { isOnUps: states.some((state) => ON_BATTERY.has(state)) }, source };
      } catch (error) {
        searchedAtMs = -Infinity;
        if (isAbsent(error)) return { values: {}, source };
        throw error;
      }
    },
  };
}

function deviceValue(bus: Bus, path: string, name: string): Promise<unknown> {
  return readProperty(bus, { service: SERVICE, path, interface: DEVICE, name });
}
