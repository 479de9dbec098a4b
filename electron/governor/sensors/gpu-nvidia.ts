/** NVIDIA's cards, as their driver tells; never asked while nobody wants it or while they sleep. */
import type { GpuReading, Wish } from '../sensors.ts';
import { createDeferred } from '../../platform/deferred.ts';
import { cardReading } from './gpu-card.ts';
import { pause } from './gpu-kept.ts';
import { createUsers } from './gpu-nvidia-pmon.ts';
import { createSmi, type SmiPorts, type TimedRow } from './gpu-nvidia-smi.ts';
import { foreignUse, UNKNOWN_USE } from './gpu-nvidia-users.ts';
import { createPciCards, type PciCard } from './gpu-pci.ts';
import { listIfThere } from './files.ts';
import type { Outcome, Reader, ReaderPorts } from './reader.ts';

export interface NvidiaPorts extends SmiPorts, Pick<ReaderPorts, 'platform' | 'sysRoot' | 'files'> {
  /** Where devices are listed: `/dev`. */
  readonly devRoot: string;
}

type GpuOutcome = Outcome<'gpus'>;

const VENDOR = '0x10de';
const SOURCE = 'NVIDIA’s driver (nvidia-smi)';
const ONLY_NVIDIA = 'on Windows only NVIDIA’s cards can be read, and here is none';
const EVERY_MS = 1_000;
/** Its first words may take so long, with a driver that has to wake up. */
const FIRST_MS = 5_000;
const DEADLINE_MS = 8_000;
/** Containers show no PCI devices, but this one. */
const DRIVER_DEVICE = 'nvidiactl';
/** Of the Linux inside Windows, whatever card it may be. */
const WINDOWS_DEVICE = 'dxg';

export function createNvidiaReader(ports: NvidiaPorts): Reader<'gpus'> {
  const { clock, platform } = ports;
  let news = createDeferred<undefined>();
  const tell = (): void => {
    news.resolve(undefined);
    news = createDeferred<undefined>();
  };
  const smi = createSmi(ports, tell);
  const users = createUsers(ports);
  const names = new Map<string, string>();
  const findCards = createFinder(ports);

  /** Grows when what is under way is not wanted any more. */
  let epoch = 0;

  const stop = (): void => {
    epoch += 1;
    smi.letGo();
    users.letGo();
    tell();
  };

  /** What has just been started is given time for its first words. */
  const firstNews = async (): Promise<void> => {
    if (smi.rows().length > 0 || !smi.isHopeful() || smi.trouble() !== null) return;
    const limit = new AbortController();
    await Promise.race([news.promise, pause(clock, FIRST_MS, limit.signal)]);
    limit.abort();
  };

  const fromRow = ({ row }: TimedRow, wish: Wish): GpuReading => {
    names.set(row.id, row.name);
    if (row.isLost) return stateReading(row.id, row.name, 'lost');
    const limits = smi.limitsOf(row.id);
    const listed = users.of(row);
    return cardReading({
      ...row,
      vendor: 'nvidia',
      slowdownCelsius:
        limits?.slowdownCelsius ??
        (row.celsius === null || row.marginCelsius === null
          ? null
          : row.celsius + row.marginCelsius),
      shutdownCelsius: limits?.shutdownCelsius ?? null,
      ...(listed === null ? UNKNOWN_USE : foreignUse(listed, wish.ownPids, row)),
    });
  };

  const inState = (cards: readonly PciCard[], state: 'asleep' | 'lost'): readonly GpuReading[] =>
    cards.map(({ id }) => stateReading(id, names.get(id) ?? 'NVIDIA', state));

  const withoutRows = (cards: readonly PciCard[], isSure: boolean): GpuOutcome => {
    const trouble = smi.trouble() ?? 'nvidia-smi has not answered yet';
    const source = SOURCE;
    if (smi.isLost()) {
      const named = cards.filter(({ id }) => smi.lostIds().includes(id));
      const lost = inState(named.length > 0 ? named : cards, 'lost');
      if (lost.length > 0) return { values: { gpus: lost }, source };
    }
    // Where nobody can tell whether there is such a card, a driver that is not there says that there is none.
    const saysNone = !isSure && /is not there|finds no card/.test(trouble);
    if (saysNone && platform !== 'win32') return { values: { gpus: [] }, source };
    const values = saysNone ? { gpus: [] } : {};
    return { values, source, unknown: { gpus: saysNone ? ONLY_NVIDIA : trouble } };
  };

  return {
    keys: ['gpus'],
    everyMs: EVERY_MS,
    deadlineMs: DEADLINE_MS,
    needsGpu: true,
    stop,
    async read(wish) {
      if (platform === 'darwin') return { values: { gpus: [] }, source: SOURCE };
      const began = epoch;
      const { cards, isPossible, isSure } = await findCards();
      if (epoch !== began) return { values: {}, source: SOURCE };
      const sleeping = cards.filter((card) => card.isAsleep);
      const isAllAsleep = cards.length > 0 && sleeping.length === cards.length;
      if (!wish.withGpu || !isPossible || isAllAsleep) {
        stop();
        return { values: { gpus: inState(sleeping, 'asleep') }, source: SOURCE };
      }
      if (!users.isStuck()) smi.want();
      await firstNews();
      if (epoch !== began) return { values: {}, source: SOURCE };
      if (platform === 'linux' && !smi.isStuck() && smi.rows().length > 0) users.want();
      const rows = smi.rows();
      if (rows.length === 0) return withoutRows(cards, isSure);
      const oldestMs = Math.min(...rows.map(({ atMs }) => atMs));
      return {
        values: { gpus: rows.map((row) => fromRow(row, wish)) },
        source: SOURCE,
        ageMs: clock.monotonicMs() - oldestMs,
      };
    },
  };
}

interface Found {
  readonly cards: readonly PciCard[];
  /** Whether it makes sense to ask at all. */
  readonly isPossible: boolean;
  /** Whether there is such a card for certain, so that silence is a fault. */
  readonly isSure: boolean;
}

function createFinder(ports: NvidiaPorts): () => Promise<Found> {
  const findCards = createPciCards(ports, VENDOR);
  return async () => {
    if (ports.platform !== 'linux') return { cards: [], isPossible: true, isSure: false };
    const cards = await findCards();
    const devices = cards.length > 0 ? [] : await listIfThere(ports.files, ports.devRoot);
    const isSure = cards.length > 0 || devices.includes(DRIVER_DEVICE);
    return { cards, isSure, isPossible: isSure || devices.includes(WINDOWS_DEVICE) };
  };
}

function stateReading(id: string, name: string, state: 'asleep' | 'lost'): GpuReading {
  return cardReading({ id, name, vendor: 'nvidia', state });
}
