/** What is read on Linux, apart from cards, programs and windows. */
import { createLinuxBattery } from './battery-linux.ts';
import { createLinuxCpuHeat } from './cpu-heat-linux.ts';
import { createLinuxLid } from './lid-linux.ts';
import { createLinuxMetered } from './metered-linux.ts';
import { createLinuxPower } from './power-linux.ts';
import type { AnyReader, ReaderPorts } from './reader.ts';
import { createLinuxSaver } from './saver-linux.ts';
import { createUpowerUps } from './ups-linux.ts';

export function createLinuxReaders(ports: ReaderPorts): readonly AnyReader[] {
  const { systemBus, clock } = ports;
  return [
    createLinuxPower(ports),
    createLinuxBattery(ports),
    createLinuxSaver(ports),
    createLinuxLid(ports),
    createLinuxCpuHeat(ports),
    ...(systemBus === null
      ? []
      : [createUpowerUps(systemBus, clock), createLinuxMetered(systemBus)]),
  ];
}
