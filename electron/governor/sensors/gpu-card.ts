/** A graphics card's reading with values that a real card could have; everything else is not known. */
import type { GpuReading } from '../sensors.ts';

const MOST_NAME_LENGTH = 120;
const LEAST_CELSIUS = -100;
/** Readings of a broken sensor are judged elsewhere, and have to get there. */
const MOST_CELSIUS = 999;
const MOST_PERCENT = 100;

type Known = Pick<GpuReading, 'id' | 'name' | 'vendor'> & Partial<GpuReading>;

/** What is not given is not known. */
export function cardReading(known: Known): GpuReading {
  return {
    id: known.id,
    name: known.name.slice(0, MOST_NAME_LENGTH),
    vendor: known.vendor,
    ...(known.state === undefined ? {} : { state: known.state }),
    celsius: within(known.celsius, LEAST_CELSIUS, MOST_CELSIUS),
    junctionCelsius: within(known.junctionCelsius, LEAST_CELSIUS, MOST_CELSIUS),
    memoryCelsius: within(known.memoryCelsius, LEAST_CELSIUS, MOST_CELSIUS),
    slowdownCelsius: within(known.slowdownCelsius, LEAST_CELSIUS, MOST_CELSIUS),
    shutdownCelsius: within(known.shutdownCelsius, LEAST_CELSIUS, MOST_CELSIUS),
    throttle: known.throttle ?? [],
    watts: within(known.watts, 0, Infinity),
    loadPercent: percent(known.loadPercent),
    memoryUsedBytes: within(known.memoryUsedBytes, 0, Infinity),
    memoryTotalBytes: within(known.memoryTotalBytes, 0, Infinity),
    foreignLoadPercent: percent(known.foreignLoadPercent),
    foreignMemoryBytes: within(known.foreignMemoryBytes, 0, Infinity),
    foreignApp: known.foreignApp?.slice(0, MOST_NAME_LENGTH) ?? null,
  };
}

function within(value: number | null | undefined, least: number, most: number): number | null {
  if (value == null || !Number.isFinite(value)) return null;
  return value < least || value > most ? null : value;
}

/** Some drivers sum up several engines. */
function percent(value: number | null | undefined): number | null {
  return value == null ? null : within(Math.min(value, MOST_PERCENT), 0, MOST_PERCENT);
}
