/** What `nvidia-smi --query-gpu` prints, line by line: which fields to ask for, and what a line says. */

/** Always there, and known to every driver of the last ten years. */
const BASIC_FIELDS = [
  'pci.bus_id',
  'index',
  'name',
  'temperature.gpu',
  'power.draw',
  'utilization.gpu',
  'memory.used',
  'memory.total',
] as const;
const LATER_FIELDS = ['temperature.memory', 'temperature.gpu.tlimit'] as const;
/** The newer name first; the value is the same. */
const THROTTLE_FIELDS = ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'] as const;

export type SmiField = (typeof BASIC_FIELDS | typeof LATER_FIELDS | typeof THROTTLE_FIELDS)[number];

/** One card as one line tells of it; null is what the driver does not say. */
export interface SmiRow {
  /** PCI address, such as `0000:01:00.0`. */
  readonly id: string;
  /** The driver's own number, which may be another one after a restart. */
  readonly index: number | null;
  readonly name: string;
  readonly celsius: number | null;
  readonly memoryCelsius: number | null;
  /** Degrees left until the card slows itself down. */
  readonly marginCelsius: number | null;
  readonly watts: number | null;
  readonly loadPercent: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
  readonly throttle: readonly ('thermal' | 'power-brake')[];
  /** It has fallen off the bus. */
  readonly isLost: boolean;
}

const BYTES_PER_MIB = 1_048_576;
/** Slowed down by heat, by the driver or by the card itself. */
const THERMAL_BITS = 0x20n | 0x40n;
const POWER_BRAKE_BIT = 0x80n;
const ADDRESS = /^(?:[0-9a-f]{4})?([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/;

/** @param help what `nvidia-smi --help-query-gpu` prints; of an unreadable one only the basic fields are left */
export function chooseFields(help: string): readonly SmiField[] {
  const known = new Set([...help.matchAll(/"([\w.]+)"/g)].map(([, name]) => name));
  const throttle = THROTTLE_FIELDS.find((field) => known.has(field));
  return [
    ...BASIC_FIELDS,
    ...LATER_FIELDS.filter((field) => known.has(field)),
    ...(throttle === undefined ? [] : [throttle]),
  ];
}

/** @returns null for a line that is not about one card, or only half of one */
export function parseRow(line: string, fields: readonly SmiField[]): SmiRow | null {
  // A decimal comma, as some locales have it, is not followed by a space.
  const cells = line.trim().split(/,\s+/);
  const cell = (field: SmiField): string => cells[fields.indexOf(field)] ?? '';
  const id = pciId(cell('pci.bus_id'));
  // What is more than was asked for comes after it and means nothing to us.
  if (id === null || cells.length < fields.length) return null;
  const mib = (field: SmiField): number | null => {
    const value = numberIn(cell(field));
    return value === null ? null : value * BYTES_PER_MIB;
  };
  return {
    id,
    index: numberIn(cell('index')),
    name: cell('name'),
    celsius: numberIn(cell('temperature.gpu')),
    memoryCelsius: numberIn(cell('temperature.memory')),
    marginCelsius: numberIn(cell('temperature.gpu.tlimit')),
    watts: numberIn(cell('power.draw')),
    loadPercent: numberIn(cell('utilization.gpu')),
    memoryUsedBytes: mib('memory.used'),
    memoryTotalBytes: mib('memory.total'),
    throttle: throttleIn(THROTTLE_FIELDS.map(cell).find((text) => text !== '') ?? ''),
    isLost: /GPU is lost/i.test(line),
  };
}

/** The driver writes eight digits for the domain, the rest of the system four. */
export function pciId(text: string): string | null {
  return ADDRESS.exec(text.trim().toLowerCase())?.[1] ?? null;
}

/** The number alone or before its unit; null for `[N/A]`, `[Unknown Error]` and everything else. */
export function numberIn(text: string): number | null {
  const [, digits] =
    /^(-?\d{1,15}(?:[.,]\d{1,9})?)(?:\s*(?:C|W|%|MiB|MB))?$/.exec(text.trim()) ?? [];
  return digits === undefined ? null : Number(digits.replace(',', '.'));
}

function throttleIn(text: string): SmiRow['throttle'] {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text.trim())) return [];
  const bits = BigInt(text.trim());
  return [
    ...((bits & THERMAL_BITS) === 0n ? [] : (['thermal'] as const)),
    ...((bits & POWER_BRAKE_BIT) === 0n ? [] : (['power-brake'] as const)),
  ];
}
