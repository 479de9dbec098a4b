/** Every reading in words, with its origin and its age, for a person who asks. */
import type { SensorLine } from '../../ipc/governor.ts';
import type { GpuReading, MachineKey, MachineValues, Reading, Readings } from '../sensors.ts';
import { MACHINE_KEYS } from './messages.ts';

const TITLES: Readonly<Record<MachineKey, string>> = {
  power: 'Power',
  batteryPercent: 'Battery',
  batteryCelsius: 'Battery’s temperature',
  isOnUps: 'On the emergency supply',
  isSavingPower: 'Power saver',
  isLidShut: 'Lid shut',
  isMetered: 'Network costs by the byte',
  gpus: 'Graphics cards',
  cpuCelsius: 'Processor’s temperature',
  cpuLimitCelsius: 'Processor’s limit',
  thermalState: 'Thermal state',
  cpuSpeedPercent: 'Processor’s speed',
  apps: 'Programs that want the computer',
  fullscreen: 'Full screen',
  sessionIdleMs: 'Idle, by the session',
};
type Parts<Keys extends MachineKey> = {
  readonly [Key in Keys]: Reading<MachineValues[Key]> | null;
};

const NOT_HERE = 'this computer tells nothing of the kind';
const SHOW: { readonly [Key in MachineKey]: (value: MachineValues[Key]) => string } = {
  power: String,
  batteryPercent: percent,
  batteryCelsius: degrees,
  isOnUps: yesOrNo,
  isSavingPower: yesOrNo,
  isLidShut: yesOrNo,
  isMetered: yesOrNo,
  gpus: (cards) => (cards.length === 0 ? 'none' : String(cards.length)),
  cpuCelsius: degrees,
  cpuLimitCelsius: degrees,
  thermalState: String,
  cpuSpeedPercent: percent,
  apps: (apps) => (apps.length === 0 ? 'none' : apps.map(({ name }) => name).join(', ')),
  fullscreen: (name) => (name === '' ? 'none' : name),
  sessionIdleMs: seconds,
};
const GIBIBYTE = 1024 ** 3;

/** @param nowMs on the monotonic clock of the readings */
export function sensorLines(readings: Readings, nowMs: number): readonly SensorLine[] {
  const line = <Value>(
    id: string,
    title: string,
    reading: Reading<Value> | null,
    show: (value: Value) => string,
    why: string,
  ): SensorLine =>
    reading === null
      ? { id, title, value: null, source: why, ageMs: null }
      : {
          id,
          title,
          value: show(reading.value),
          source: reading.source,
          ageMs: Math.max(0, Math.round(nowMs - reading.atMs)),
        };
  const partLines = <Key extends MachineKey>(
    parts: Parts<Key>,
    key: Key,
  ): readonly SensorLine[] => {
    const why = readings.unknown[key];
    const reading = parts[key];
    const main = line(key, TITLES[key], reading, SHOW[key], why ?? NOT_HERE);
    if (reading === null || why === undefined) return [main];
    // A list may lack what one of its sources could not tell.
    return [main, { ...main, id: `${key}.missing`, value: null, source: why, ageMs: null }];
  };
  return [
    line('idleMs', 'Idle', readings.idleMs, seconds, readings.unknownIdle ?? NOT_HERE),
    line('isLocked', 'Locked', readings.isLocked, yesOrNo, readings.unknownLock ?? NOT_HERE),
    ...MACHINE_KEYS.flatMap((key) => partLines(readings, key)),
    ...(readings.gpus?.value ?? []).map((card) =>
      line(`gpus.${card.id}`, card.name, readings.gpus, () => showCard(card), ''),
    ),
  ];
}

/** What the card tells, and nothing of what it does not. */
function showCard(card: GpuReading): string {
  const { celsius, junctionCelsius, memoryCelsius, slowdownCelsius, watts, loadPercent } = card;
  const { memoryUsedBytes, memoryTotalBytes, foreignLoadPercent, foreignApp, throttle } = card;
  const told = (value: number | null, text: (rounded: number) => string): string[] =>
    value === null ? [] : [text(Math.round(value))];
  const gib = (bytes: number): string => (bytes / GIBIBYTE).toFixed(1);
  const memory =
    memoryUsedBytes === null || memoryTotalBytes === null
      ? []
      : [`${gib(memoryUsedBytes)} of ${gib(memoryTotalBytes)} GiB in use`];
  const parts = [
    ...told(celsius, (each) => `${each} °C`),
    ...told(junctionCelsius, (each) => `hottest spot ${each} °C`),
    ...told(memoryCelsius, (each) => `memory ${each} °C`),
    ...told(slowdownCelsius, (each) => `slows down at ${each} °C`),
    ...told(watts, (each) => `${each} W`),
    ...told(loadPercent, (each) => `${each} % load`),
    ...told(foreignLoadPercent, (each) => `${each} % by others`),
    ...(foreignApp === null ? [] : [`mostly ${foreignApp}`]),
    ...memory,
    ...(throttle.length === 0 ? [] : [`held back: ${throttle.join(', ')}`]),
  ];
  return parts.length === 0 ? 'it tells nothing' : parts.join(', ');
}

function percent(value: number): string {
  return `${Math.round(value)} %`;
}

function degrees(celsius: number): string {
  return `${Math.round(celsius)} °C`;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
