/** AMD's cards on Linux, as their driver shows them in files. */
import path from 'node:path';
import type { GpuReading, Wish } from '../sensors.ts';
import { codeOf, type Files } from './files.ts';
import { cardReading } from './gpu-card.ts';
import { createCardClients, type CardClients } from './gpu-clients.ts';
import { findHwmon, readNumber, type Hwmon } from './gpu-hwmon.ts';
import { foreignUse, type CardUser } from './gpu-nvidia-users.ts';
import { createPciCards, type PciCard } from './gpu-pci.ts';
import type { Reader, ReaderPorts } from './reader.ts';

export type SysfsGpuPorts = Pick<
  ReaderPorts,
  'platform' | 'clock' | 'sysRoot' | 'procRoot' | 'files'
>;

const VENDOR = '0x1002';
/** The driver does not tell the model's; engines begin with this when they name it. */
const NAME = 'AMD';
const SOURCE = 'the driver amdgpu';
const EVERY_MS = 1_000;
/** A card that has just been woken shows temperatures that it does not have. */
const WAKE_MS = 15_000;
const MILLI = 1_000;
const MICRO = 1_000_000;

export function createAmdReader(ports: SysfsGpuPorts): Reader<'gpus'> {
  const { platform, clock, files } = ports;
  const findCards = createPciCards(ports, VENDOR);
  const clients = createCardClients(ports);
  /** When each card was last found asleep. */
  const sleptAtMs = new Map<string, number>();

  const asleep = ({ id }: PciCard): GpuReading => {
    sleptAtMs.set(id, clock.monotonicMs());
    return cardReading({ id, name: NAME, vendor: 'amd', state: 'asleep' });
  };

  const readOne = async (
    card: PciCard,
    users: readonly CardUser[],
    wish: Wish,
  ): Promise<GpuReading> => {
    if (card.isAsleep) return asleep(card);
    const hasWoken = clock.monotonicMs() - (sleptAtMs.get(card.id) ?? -Infinity) < WAKE_MS;
    try {
      return await readAwake(files, card, hasWoken, { users, ownPids: wish.ownPids });
    } catch (error) {
      // Newer kernels say so instead of waking it.
      if (codeOf(error) === 'EBUSY') return asleep(card);
      throw error;
    }
  };

  return {
    keys: ['gpus'],
    everyMs: EVERY_MS,
    needsGpu: true,
    stop: () => clients.forget(),
    async read(wish) {
      if (platform !== 'linux' || !wish.withGpu) return { values: { gpus: [] }, source: SOURCE };
      const cards = await findCards();
      const users = await usersOf(clients, cards);
      const gpus = await Promise.all(cards.map((card) => readOne(card, users, wish)));
      return { values: { gpus }, source: SOURCE };
    },
  };
}

/** Files of a sleeping card's users are not looked at either, nor is anything where there is no card. */
export async function usersOf(
  clients: CardClients,
  cards: readonly PciCard[],
): Promise<readonly CardUser[]> {
  return cards.some(({ isAsleep }) => !isAsleep) ? clients.look() : [];
}

interface UsersAndOwn {
  readonly users: readonly CardUser[];
  readonly ownPids: readonly number[];
}

async function readAwake(
  files: Files,
  { id, folder }: PciCard,
  hasWoken: boolean,
  { users, ownPids }: UsersAndOwn,
): Promise<GpuReading> {
  const number = (file: string): Promise<number | null> =>
    readNumber(files, path.join(folder, file));
  const hwmon = hasWoken ? null : await findHwmon(files, folder, ['amdgpu']);
  const heat = hwmon === null ? {} : await readHeat(hwmon);
  const use = {
    loadPercent: await number('gpu_busy_percent'),
    memoryUsedBytes: await number('mem_info_vram_used'),
    memoryTotalBytes: await number('mem_info_vram_total'),
  };
  const own = users.filter(({ card }) => card === id);
  return cardReading({
    id,
    name: NAME,
    vendor: 'amd',
    ...heat,
    ...use,
    ...foreignUse(own, ownPids, use),
  });
}

async function readHeat(hwmon: Hwmon): Promise<Partial<GpuReading>> {
  const edge = hwmon.thermometer('edge') ?? 1;
  const junction = hwmon.thermometer('junction');
  const memory = hwmon.thermometer('mem');
  const celsius = async (thermometer: number | null, what: string): Promise<number | null> => {
    const value = thermometer === null ? null : await hwmon.number(`temp${thermometer}_${what}`);
    return value === null ? null : value / MILLI;
  };
  // Which of the two there is depends on the card.
  const microWatts = (await hwmon.number('power1_average')) ?? (await hwmon.number('power1_input'));
  return {
    celsius: await celsius(edge, 'input'),
    junctionCelsius: await celsius(junction, 'input'),
    memoryCelsius: await celsius(memory, 'input'),
    slowdownCelsius: await celsius(edge, 'crit'),
    shutdownCelsius: await celsius(edge, 'emergency'),
    watts: microWatts === null ? null : microWatts / MICRO,
  };
}
