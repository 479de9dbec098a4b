/** Whether the network costs by the byte, as NetworkManager knows or guesses it. */
import { readProperty, type Bus } from './bus.ts';
import type { Reader } from './reader.ts';

const EVERY_MS = 10_000;
const SERVICE = 'org.freedesktop.NetworkManager';
/** NMMetered: yes, no, guessed yes, guessed no; 0 stands for nobody knows. */
const MEANINGS: Readonly<Record<string, boolean>> = { 1: true, 2: false, 3: true, 4: false };

export function createLinuxMetered(bus: Bus): Reader<'isMetered'> {
  return {
    keys: ['isMetered'],
    everyMs: EVERY_MS,
    async read() {
      const source = 'NetworkManager';
      const metered = await readProperty(bus, {
        service: SERVICE,
        path: '/org/freedesktop/NetworkManager',
        interface: SERVICE,
        name: 'Metered',
      });
      const isMetered = MEANINGS[String(metered)];
      // Without NetworkManager, or without a word from it, nobody has such a notion here.
      return { values: isMetered === undefined ? {} : { isMetered }, source };
    },
  };
}
