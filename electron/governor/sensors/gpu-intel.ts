/** Intel's graphics on Linux: heat and energy where the driver shows them, load from the programs that cause it. */
import type { Clock } from '../../platform/clock.ts';
import type { GpuReading } from '../sensors.ts';
import { usersOf, type SysfsGpuPorts } from './gpu-amd.ts';
import { cardReading } from './gpu-card.ts';
import { createCardClients } from './gpu-clients.ts';
import { findHwmon, type Hwmon } from './gpu-hwmon.ts';
import { foreignUse, type CardUser } from './gpu-nvidia-users.ts';
import { createPciCards } from './gpu-pci.ts';
import type { Reader } from './reader.ts';

const VENDOR = '0x8086';
/** The driver does not tell the model's; engines begin with this when they name it. */
const NAME = 'Intel';
const DRIVERS = ['i915', 'xe'];
const SOURCE = 'Intel’s graphics driver';
const EVERY_MS = 1_000;
const MILLI = 1_000;
/** Microjoules per millisecond are milliwatts. */
const MICROJOULES_PER_MS = 1_000;

export function createIntelReader(ports: SysfsGpuPorts): Reader<'gpus'> {
  const { platform, clock, files } = ports;
  const findCards = createPciCards(ports, VENDOR);
  const clients = createCardClients(ports);
  const meter = createEnergyMeter(clock);

  return {
    keys: ['gpus'],
    everyMs: EVERY_MS,
    needsGpu: true,
    stop: () => clients.forget(),
    async read(wish) {
      if (platform !== 'linux' || !wish.withGpu) return { values: { gpus: [] }, source: SOURCE };
      const cards = await findCards();
      const users = await usersOf(clients, cards);
      const gpus = cards.map(async ({ id, folder, isAsleep }): Promise<GpuReading> => {
        const known = { id, name: NAME, vendor: 'intel' } as const;
        if (isAsleep) return cardReading({ ...known, state: 'asleep' });
        const own = users.filter(({ card }) => card === id);
        const loadPercent = loadOf(own);
        const use = { loadPercent, memoryUsedBytes: null };
        const hwmon = await findHwmon(files, folder, DRIVERS);
        const heat = hwmon === null ? {} : await readHeat(id, hwmon, meter);
        return cardReading({
          ...known,
          ...heat,
          loadPercent,
          ...foreignUse(own, wish.ownPids, use),
        });
      });
      return { values: { gpus: await Promise.all(gpus) }, source: SOURCE };
    },
  };
}

/** Null until a program was seen twice; nobody on the card is no load. */
function loadOf(users: readonly CardUser[]): number | null {
  if (users.length === 0) return 0;
  const loads = users.flatMap(({ loadPercent }) => loadPercent ?? []);
  return loads.length === 0 ? null : loads.reduce((sum, load) => sum + load, 0);
}

async function readHeat(
  id: string,
  hwmon: Hwmon,
  meter: EnergyMeter,
): Promise<Partial<GpuReading>> {
  const celsius = async (thermometer: number | null, what: string): Promise<number | null> => {
    const value = thermometer === null ? null : await hwmon.number(`temp${thermometer}_${what}`);
    return value === null ? null : value / MILLI;
  };
  const chip = hwmon.thermometer('pkg') ?? 1;
  return {
    celsius: await celsius(chip, 'input'),
    memoryCelsius: await celsius(hwmon.thermometer('vram'), 'input'),
    slowdownCelsius: await celsius(chip, 'crit'),
    shutdownCelsius: await celsius(chip, 'emergency'),
    watts: meter.watts(id, await hwmon.number('energy1_input')),
  };
}

interface EnergyMeter {
  /** Null for the first time, and when the counter started anew. */
  watts(id: string, microJoules: number | null): number | null;
}

function createEnergyMeter(clock: Clock): EnergyMeter {
  const last = new Map<string, { readonly microJoules: number; readonly atMs: number }>();
  return {
    watts(id, microJoules) {
      if (microJoules === null) return null;
      const before = last.get(id);
      const atMs = clock.monotonicMs();
      last.set(id, { microJoules, atMs });
      if (before === undefined || atMs <= before.atMs || microJoules < before.microJoules)
        return null;
      return (microJoules - before.microJoules) / (atMs - before.atMs) / MICROJOULES_PER_MS;
    },
  };
}
