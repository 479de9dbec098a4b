/** Reads where the power comes from on Linux, which the desktop framework cannot: from sysfs. */
import { isUps, powerOf, type Supply } from './power-supply.ts';
import type { Reader, ReaderPorts } from './reader.ts';
import { readSupplies, type SupplyFile } from './supply-files.ts';

/** Nobody plugs faster than that, and each look costs a few reads. */
const EVERY_MS = 2_000;

export function createLinuxPower({
  files,
  sysRoot,
}: Pick<ReaderPorts, 'files' | 'sysRoot'>): Reader<'power' | 'isOnUps'> {
  return {
    keys: ['power', 'isOnUps'],
    everyMs: EVERY_MS,
    async read() {
      const supplies = await readSupplies(files, sysRoot, readSupply);
      const power = powerOf(supplies);
      const ups = supplies.filter(isUps);
      return {
        values: {
          ...(power.value !== null && { power: power.value }),
          ...(ups.length > 0 && { isOnUps: ups.some(({ status }) => status === 'Discharging') }),
        },
        source: power.source,
        sources: { isOnUps: ups.map(({ name }) => name).join(', ') },
        unknown: power.value === null ? { power: power.source } : {},
      };
    },
  };
}

/** @returns null for one that is not there any more, and for an empty bay */
async function readSupply(name: string, file: SupplyFile): Promise<Supply | null> {
  const type = await file('type', '');
  if (type === '') return null;
  const scope = await file('scope', 'System');
  const isPresent = (await file('present', '1')) !== '0';
  if (!isPresent) return null;
  const online = await file('online', null);
  const status = await file('status', null);
  // Programmable adapters say 2.
  return { name, type, scope, status, online: online === null ? null : online !== '0' };
}
