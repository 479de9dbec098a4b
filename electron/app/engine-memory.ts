/** What can be seen of the engine's memory: of a card what the sensors read, else what the system tells. */
import type { ProcessMemory } from '../engine/memory-back.ts';
import { createLinuxMemory } from '../engine/memory-linux.ts';
import { ownCard } from '../governor/own-card.ts';
import type { Sensors } from '../governor/sensors.ts';
import type { Hub } from '../hub/hub.ts';
import type { Clock } from '../platform/clock.ts';
import { chosenDevice } from './node-facts.ts';

/** @param sensors left out for a node that computes on the processor; undefined where the system cannot be asked */
export function engineMemory(
  hub: Hub,
  clock: Clock,
  sensors: Pick<Sensors, 'read'> | undefined,
): ProcessMemory | undefined {
  if (process.platform !== 'linux') return undefined;
  const linux = createLinuxMemory(clock);
  return {
    isGone: linux.isGone,
    free() {
      const device = chosenDevice(hub.snapshot().engine);
      if (device.kind === 'cpu' || sensors === undefined) return linux.free();
      const { card } = ownCard(sensors.read(), device);
      if (card === null) return null;
      const { memoryTotalBytes, memoryUsedBytes } = card.value;
      return memoryTotalBytes === null || memoryUsedBytes === null
        ? null
        : { bytes: memoryTotalBytes - memoryUsedBytes, atMs: card.atMs };
    },
  };
}
