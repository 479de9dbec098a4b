/** Which graphics cards are plugged in, and whether they sleep: from files whose reading wakes nobody. */
import path from 'node:path';
import { listIfThere, readIfThere, type Files } from './files.ts';
import type { ReaderPorts } from './reader.ts';

export interface PciCard {
  /** PCI address, such as `0000:01:00.0`. */
  readonly id: string;
  readonly folder: string;
  /** As in the list of PCI vendors: `0x10de`. */
  readonly vendor: string;
  /** The kernel has turned it off until somebody asks it something. */
  readonly isAsleep: boolean;
}

/** Displays and what computes without one. */
const DISPLAY_CLASS = /^0x03/;

/** Which cards there are is looked up now and then, whether they sleep each time. */
const RESCAN_MS = 30_000;

/** @param vendor as in the list of PCI vendors. @returns what finds its cards: none where there are no such files */
export function createPciCards(
  { files, sysRoot, clock }: Pick<ReaderPorts, 'files' | 'sysRoot' | 'clock'>,
  vendor: string,
): () => Promise<readonly PciCard[]> {
  let found: {
    readonly cards: readonly Omit<PciCard, 'isAsleep'>[];
    readonly atMs: number;
  } | null = null;
  return async () => {
    if (found === null || clock.monotonicMs() - found.atMs >= RESCAN_MS) {
      found = { cards: await findCards(files, sysRoot, vendor), atMs: clock.monotonicMs() };
    }
    const { cards } = found;
    return Promise.all(
      cards.map(async (card) => ({ ...card, isAsleep: await isAsleep(files, card.folder) })),
    );
  };
}

async function findCards(
  files: Files,
  sysRoot: string,
  vendor: string,
): Promise<readonly Omit<PciCard, 'isAsleep'>[]> {
  const root = path.join(sysRoot, 'bus', 'pci', 'devices');
  const cards = await Promise.all(
    (await listIfThere(files, root)).map(async (id) => {
      const folder = path.join(root, id);
      const [ofWhom, kind] = await Promise.all([
        readIfThere(files, path.join(folder, 'vendor')),
        readIfThere(files, path.join(folder, 'class')),
      ]);
      return ofWhom === vendor && DISPLAY_CLASS.test(kind ?? '') ? { id, folder, vendor } : null;
    }),
  );
  return cards.filter((card) => card !== null);
}

async function isAsleep(files: Files, folder: string): Promise<boolean> {
  const status = await readIfThere(files, path.join(folder, 'power', 'runtime_status'));
  return status === 'suspended' || status === 'suspending';
}
