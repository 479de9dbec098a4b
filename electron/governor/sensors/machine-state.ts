/** What main knows of the machine: the newest word of the sensors' process on each part, on main's own clock. */
import { NO_MACHINE, type MachineKey, type MachineReadings } from '../sensors.ts';
import { MACHINE_KEYS, type ReadingsMessage } from './messages.ts';

/** Nothing is known, and why. */
export function allUnknown(why: string): MachineReadings {
  return { ...NO_MACHINE, unknown: Object.fromEntries(MACHINE_KEYS.map((key) => [key, why])) };
}

/** @param nowMs when the message arrived; the ages that it states are counted back from there */
export function withMessage(
  before: MachineReadings,
  message: ReadingsMessage,
  nowMs: number,
): MachineReadings {
  const { values, origins, unknown, absent } = message;
  const told = MACHINE_KEYS.filter(
    (key) => values[key] !== undefined || unknown[key] !== undefined || absent.includes(key),
  );
  const readings = told.map((key) => {
    const [value, origin] = [values[key], origins[key]];
    if (value === undefined || origin === undefined) return [key, null] as const;
    return [key, { value, source: origin.source, atMs: nowMs - origin.ageMs }] as const;
  });
  const stillUnknown = Object.entries(before.unknown).filter(
    ([key]) => !told.some((each) => each === key),
  );
  return {
    ...before,
    // The schema has matched each value to its key.
    ...Object.fromEntries(readings),
    unknown: { ...Object.fromEntries(stillUnknown), ...unknown },
  };
}

/** What a governor must not learn of later than at once. */
const URGENT: readonly MachineKey[] = [
  'power',
  'isOnUps',
  'isSavingPower',
  'isLidShut',
  'isMetered',
  'thermalState',
  'apps',
  'fullscreen',
];

/** Whether something begins or ceases to be known, or what is urgent is another than before. */
export function isNews(before: MachineReadings, now: MachineReadings): boolean {
  return MACHINE_KEYS.some((key) => {
    const [old, fresh] = [before[key], now[key]];
    if (old === null || fresh === null) return old !== fresh;
    return URGENT.includes(key) && JSON.stringify(old.value) !== JSON.stringify(fresh.value);
  });
}

/** Whether there was input since. */
export function isInput(before: MachineReadings, now: MachineReadings): boolean {
  const [old, fresh] = [before.sessionIdleMs, now.sessionIdleMs];
  return old !== null && fresh !== null && fresh.value < old.value;
}
