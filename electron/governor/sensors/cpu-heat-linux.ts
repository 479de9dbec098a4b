/** The processor's temperature on Linux, from its hwmon driver, which has another number after every start. */
import path from 'node:path';
import { isGone, listIfThere, readIfThere, type Files } from './files.ts';
import type { Reader, ReaderPorts } from './reader.ts';
import { failureText } from './reading-failure.ts';

const EVERY_MS = 2_000;
const REST_EVERY_MS = 6_000;
const MILLI = 1_000;
/** Drivers of processors, in order of trust, and which of their sensors counts where there are several. */
const DRIVERS: readonly (readonly [name: string, preferred: RegExp])[] = [
  ['coretemp', /^Package id/],
  ['zenpower', /^Tdie$/],
  // On some models Tctl is Tdie with a number added for the fan's sake.
  ['k10temp', /^Tdie$/],
  ['cpu_thermal', /^$/],
  ['cpu-thermal', /^$/],
];

interface Temperature {
  readonly label: string;
  readonly celsius: number;
  readonly limitCelsius: number | null;
}

export function createLinuxCpuHeat({
  files,
  sysRoot,
}: Pick<ReaderPorts, 'files' | 'sysRoot'>): Reader<'cpuCelsius' | 'cpuLimitCelsius'> {
  const root = path.join(sysRoot, 'class', 'hwmon');
  return {
    keys: ['cpuCelsius', 'cpuLimitCelsius'],
    everyMs: EVERY_MS,
    restEveryMs: REST_EVERY_MS,
    async read() {
      const drivers = await findDrivers(files, root);
      for (const [driver, preferred] of DRIVERS) {
        const folders = drivers.filter(({ name }) => name === driver);
        if (folders.length === 0) continue;
        const all: Temperature[] = [];
        for (const { folder } of folders) all.push(...(await readTemperatures(files, folder)));
        return outcomeOf(driver, all, preferred);
      }
      // A virtual machine, mostly.
      return { values: {}, source: '' };
    },
  };
}

function outcomeOf(driver: string, all: readonly Temperature[], preferred: RegExp) {
  const source = `the driver ${driver}`;
  const chosen = all.filter(({ label }) => preferred.test(label));
  const counted = chosen.length > 0 ? chosen : all;
  if (counted.length === 0) {
    return { values: {}, source, unknown: { cpuCelsius: `${source} tells no temperature` } };
  }
  const limits = counted.flatMap(({ limitCelsius }) => limitCelsius ?? []);
  return {
    values: {
      cpuCelsius: Math.max(...counted.map(({ celsius }) => celsius)),
      ...(limits.length > 0 && { cpuLimitCelsius: Math.min(...limits) }),
    },
    source,
  };
}

async function findDrivers(files: Files, root: string) {
  const found: { readonly name: string; readonly folder: string }[] = [];
  for (const each of await listIfThere(files, root)) {
    const folder = path.join(root, each);
    const name = await readIfThere(files, path.join(folder, 'name')).catch(() => null);
    if (name !== null) found.push({ name, folder });
  }
  return found;
}

/** @throws Error when the driver lists sensors of which none can be read */
async function readTemperatures(files: Files, folder: string): Promise<readonly Temperature[]> {
  const found: Temperature[] = [];
  let failure: unknown = null;
  for (const file of await listIfThere(files, folder)) {
    const stem = /^(temp\d+)_input$/.exec(file)?.[1];
    if (stem === undefined) continue;
    try {
      const celsius = degrees(await files.readText(path.join(folder, file)));
      if (celsius === null) continue;
      const value = (name: string) => readIfThere(files, path.join(folder, `${stem}_${name}`));
      const limitCelsius = degrees(await value('crit')) ?? degrees(await value('max'));
      found.push({ label: (await value('label')) ?? '', celsius, limitCelsius });
    } catch (error) {
      if (!isGone(error)) failure = error;
    }
  }
  if (found.length === 0 && failure !== null) {
    throw new Error(failureText(failure), { cause: failure });
  }
  return found;
}

function degrees(text: string | null): number | null {
  return text !== null && /^-?\d+$/.test(text) ? Number(text) / MILLI : null;
}
