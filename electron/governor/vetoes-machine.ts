/** Every reason against serving that the machine, its programs and the owner's settings have. */
import type { GovernorSettings } from '../ipc/governor.ts';
import { beginsAtMs, isWithin } from './hours.ts';
import { HOLD_MS, STALE_MS } from './policy.ts';
import { CLEAR_MS, type LatchCode } from './policy-codes.ts';
import { LATCH_CODES } from './senses-latches.ts';
import type { MachineSenses } from './senses-machine.ts';
import { known, type Moment, type Senses } from './senses.ts';
import type { MachineKey, Readings } from './sensors.ts';
import { veto, whyUnknown, type Facts, type Veto } from './vetoes.ts';

/** What may be missing, but not fall silent; power has a reason of its own, and heat judges the cards. */
const WATCHED = [
  'batteryPercent',
  'isOnUps',
  'isSavingPower',
  'isLidShut',
  'isMetered',
  'apps',
  'fullscreen',
] as const satisfies readonly MachineKey[];

export function machineVetoes(
  senses: Senses,
  machine: MachineSenses,
  { readings, minuteOfWeek }: Pick<Facts, 'readings' | 'minuteOfWeek'>,
  settings: GovernorSettings,
): Veto[] {
  const ignored = ignoredParts(senses, settings);
  return [
    ...powerVetoes(senses, readings),
    ...silenceVetoes(readings, senses.at.monotonicMs, ignored),
    ...latchVetoes(machine, ignored),
    ...scheduleVetoes(settings, minuteOfWeek, senses.at),
  ];
}

/** What cannot stand in the way, as things are. */
function ignoredParts(
  { locked }: Senses,
  { servesOnMetered }: GovernorSettings,
): readonly (MachineKey | LatchCode)[] {
  return [
    // What fills the screen of a locked session is its lock, or nobody sees it.
    ...(locked.value === true ? (['fullscreen'] as const) : []),
    ...(servesOnMetered ? (['isMetered', 'metered'] as const) : []),
  ];
}

function powerVetoes({ power, at }: Senses, readings: Readings): Veto[] {
  if (power.value === 'battery') {
    return [veto('on-battery', null, readings.power?.source ?? null)];
  }
  if (power.value !== 'mains') {
    return [veto('power-unknown', null, whyUnknown(readings.power, readings.unknown.power))];
  }
  const untilMs = power.sinceMs + HOLD_MS.mains;
  if (!power.isAfterBattery || at.monotonicMs >= untilMs) return [];
  // Whether mains is steady matters to the next relay, not to one under way.
  return [veto('on-battery', untilMs, 'back on mains power', true)];
}

function silenceVetoes(
  readings: Readings,
  nowMs: number,
  ignored: readonly (MachineKey | LatchCode)[],
): Veto[] {
  const silent = WATCHED.find((key) => {
    const reading = readings[key];
    if (reading === null || ignored.includes(key)) return false;
    return known<unknown>(reading, STALE_MS[key], nowMs) === null;
  });
  if (silent === undefined) return [];
  return [veto('sensor-stale', null, whyUnknown(readings[silent], null))];
}

function latchVetoes(
  { latches }: MachineSenses,
  ignored: readonly (MachineKey | LatchCode)[],
): Veto[] {
  return LATCH_CODES.flatMap((code) => {
    const latch = latches[code];
    if (latch === undefined || ignored.includes(code)) return [];
    const untilMs = latch.isHeld ? null : latch.lastMs + CLEAR_MS[code];
    return [veto(code, untilMs, latch.detail, !latch.isHeld)];
  });
}

function scheduleVetoes({ hours }: GovernorSettings, minuteOfWeek: number, now: Moment): Veto[] {
  if (hours === null || isWithin(minuteOfWeek, hours)) return [];
  return [veto('schedule', beginsAtMs(minuteOfWeek, hours, now))];
}
