/** The Mac's graphics: load and memory from `ioreg`; heat and watts are for administrators only. */
import type { GpuReading } from '../sensors.ts';
import { cardReading } from './gpu-card.ts';
import type { Reader } from './reader.ts';
import type { RunTool } from './run-tool.ts';

const SOURCE = 'ioreg';
const EVERY_MS = 2_000;
const LIMIT_MS = 2_500;
const NO_HEAT = 'macOS tells the temperature of its graphics only to administrators';

export function createAppleReader(runTool: RunTool): Reader<'gpus'> {
  return {
    keys: ['gpus'],
    everyMs: EVERY_MS,
    needsGpu: true,
    async read() {
      const args = ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'];
      const gpus = parseIoreg(await runTool('ioreg', args, LIMIT_MS));
      return { values: { gpus }, source: SOURCE, unknown: { gpus: NO_HEAT } };
    },
  };
}

/** Each accelerator that has statistics. */
export function parseIoreg(text: string): readonly GpuReading[] {
  const entries = text.split(/^(?=\s*(?:\|\s*)*\+-o )/m);
  return entries.flatMap((entry) => {
    const [, statistics] = /"PerformanceStatistics"\s*=\s*\{([^}]*)\}/.exec(entry) ?? [];
    if (statistics === undefined) return [];
    const [, id] = /\bid (0x[0-9a-f]+)/i.exec(entry) ?? [];
    const [, model] = /"model"\s*=\s*<?"([^"]+)"/.exec(entry) ?? [];
    const [, kind] = /\+-o (\w+)/.exec(entry) ?? [];
    const number = (key: string): number | null => numberOf(statistics, key);
    return [
      cardReading({
        id: id ?? kind ?? 'graphics',
        name: model ?? kind ?? 'graphics',
        vendor: vendorOf(`${kind ?? ''} ${model ?? ''}`),
        loadPercent: number('Device Utilization %'),
        memoryUsedBytes: number('In use system memory') ?? number('inUseVidMemoryBytes'),
        foreignLoadPercent: null,
        foreignMemoryBytes: null,
      }),
    ];
  });
}

function numberOf(statistics: string, key: string): number | null {
  const start = statistics.indexOf(`"${key}"=`);
  if (start < 0) return null;
  const [, digits] = /=\s*(\d{1,18})(?=\s*(?:,|$))/.exec(statistics.slice(start)) ?? [];
  return digits === undefined ? null : Number(digits);
}

function vendorOf(name: string): GpuReading['vendor'] {
  if (/AGX|Apple/i.test(name)) return 'apple';
  if (/AMD|Radeon/i.test(name)) return 'amd';
  if (/Intel/i.test(name)) return 'intel';
  return /nvidia|geforce/i.test(name) ? 'nvidia' : 'unknown';
}
