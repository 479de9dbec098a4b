/** How full and how warm the computer's own batteries are, on Linux. */
import type { Reader, ReaderPorts } from './reader.ts';
import { readSupplies, type SupplyFile } from './supply-files.ts';

const EVERY_MS = 10_000;

/** One battery; null stands for a value that it does not tell. */
export interface Battery {
  readonly name: string;
  readonly percent: number | null;
  /** In whatever unit the battery counts. */
  readonly now: number | null;
  readonly full: number | null;
  readonly celsius: number | null;
}

export function createLinuxBattery({
  files,
  sysRoot,
}: Pick<ReaderPorts, 'files' | 'sysRoot'>): Reader<'batteryPercent' | 'batteryCelsius'> {
  return {
    keys: ['batteryPercent', 'batteryCelsius'],
    everyMs: EVERY_MS,
    async read() {
      const batteries = await readSupplies(files, sysRoot, readBattery);
      const source = `the battery ${batteries.map(({ name }) => name).join(', ')}`;
      // A computer without one has neither part.
      if (batteries.length === 0) return { values: {}, source };
      const percent = percentOf(batteries);
      const temperatures = batteries.flatMap(({ celsius }) => celsius ?? []);
      return {
        values: {
          ...(percent !== null && { batteryPercent: percent }),
          ...(temperatures.length > 0 && { batteryCelsius: Math.max(...temperatures) }),
        },
        source,
        unknown:
          percent === null ? { batteryPercent: `${source} does not say how full it is` } : {},
      };
    },
  };
}

/** Of all together: two batteries of one laptop are seldom of one size. Null when one of them does not tell. */
export function percentOf(batteries: readonly Battery[]): number | null {
  const weighed = batteries.flatMap(({ now, full }) =>
    now !== null && full !== null && full > 0 ? [{ now, full }] : [],
  );
  if (weighed.length === batteries.length && batteries.length > 0) {
    const now = weighed.reduce((sum, each) => sum + each.now, 0);
    const full = weighed.reduce((sum, each) => sum + each.full, 0);
    return clamp((100 * now) / full);
  }
  const percents = batteries.flatMap(({ percent }) => percent ?? []);
  if (percents.length < batteries.length || percents.length === 0) return null;
  // The emptier one says what is left for sure.
  return clamp(Math.min(...percents));
}

async function readBattery(name: string, file: SupplyFile): Promise<Battery | null> {
  if ((await file('type', '')) !== 'Battery') return null;
  if ((await file('scope', 'System')) === 'Device') return null;
  if ((await file('present', '1')) === '0') return null;
  const number = async (value: string): Promise<number | null> => toNumber(await file(value, null));
  const percent = await number('capacity');
  const energy = await number('energy_now');
  const kind = energy === null ? 'charge' : 'energy';
  const now = energy ?? (await number('charge_now'));
  const full = await number(`${kind}_full`);
  const tenths = await number('temp');
  return { name, percent, now, full, celsius: tenths === null ? null : tenths / 10 };
}

function toNumber(text: string | null): number | null {
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
