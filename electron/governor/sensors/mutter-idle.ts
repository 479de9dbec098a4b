/** Idle time as GNOME's compositor counts it. */
import { isAbsent, type Bus } from './bus.ts';
import type { Reader } from './reader.ts';

const EVERY_MS = 150;
/** Main takes an older word on its owner for none. */
const AT_LEAST_EVERY_MS = 2_000;

export function createMutterIdle(bus: Bus): Reader<'sessionIdleMs'> {
  return {
    keys: ['sessionIdleMs'],
    everyMs: EVERY_MS,
    atLeastEveryMs: AT_LEAST_EVERY_MS,
    async read() {
      const source = 'GNOME’s idle time';
      try {
        const [idle] = await bus.call({
          service: 'org.gnome.Mutter.IdleMonitor',
          path: '/org/gnome/Mutter/IdleMonitor/Core',
          interface: 'org.gnome.Mutter.IdleMonitor',
          member: 'GetIdletime',
        });
        const idleMs = Number(idle);
        return Number.isSafeInteger(idleMs) && idleMs >= 0
          ? { values: { sessionIdleMs: idleMs }, source }
          : { values: {}, source, unknown: { sessionIdleMs: `${source} is no number` } };
      } catch (error) {
        // Another desktop; its own source speaks for it.
        if (isAbsent(error)) return { values: {}, source };
        throw error;
      }
    },
  };
}
