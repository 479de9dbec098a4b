/** Heat that is not a card's: of the processor, the battery, and what the system itself says. */
import type { DutyCause } from '../ipc/status.ts';
import { simple } from './heat-findings.ts';
import type { Finding } from './heat-latches.ts';
import {
  AGE_MS,
  BATTERY_DEGREES,
  CONTROL,
  CPU_BELOW_LIMIT,
  DUTY_LIMITS,
  DWELL_MS,
  PAUSE_MS,
} from './heat-policy.ts';
import { degrees, freshOf, hasHeld, sinceOf } from './heat-reading.ts';
import type { MachineValues, Reading } from './sensors.ts';

/** Since when, on the monotonic clock; null while it does not hold. Plain data. */
export interface MachineTimers {
  readonly cpuHotMs: number | null;
  readonly batteryCoolMs: number | null;
  /** Smoothed; null while the processor does not tell. */
  readonly cpuCelsius: number | null;
}

export const NO_TIMERS: MachineTimers = { cpuHotMs: null, batteryCoolMs: null, cpuCelsius: null };

export interface MachineHeat {
  readonly cpuCelsius: Reading<number> | null;
  readonly cpuLimitCelsius: Reading<number> | null;
  readonly batteryCelsius: Reading<number> | null;
  readonly thermalState: Reading<MachineValues['thermalState']> | null;
  readonly cpuSpeedPercent: Reading<number> | null;
  readonly nowMs: number;
}

export interface MachineFound {
  readonly timers: MachineTimers;
  readonly findings: readonly Finding[];
  readonly isCritical: boolean;
  /** Below where the processor is held; null while that is not known. */
  readonly cpuSpareDegrees: number | null;
  /** 1 when the system says nothing. */
  readonly dutyLimit: { readonly duty: number; readonly cause: DutyCause };
}

/** @param isCpuComputing relays compute on the processor now */
export function findMachineHeat(
  before: MachineTimers,
  heat: MachineHeat,
  isCpuComputing: boolean,
  passedMs: number,
): MachineFound {
  const { nowMs } = heat;
  const state = freshOf(heat.thermalState, AGE_MS.slow, nowMs);
  const speed = freshOf(heat.cpuSpeedPercent, AGE_MS.slow, nowMs);
  const isWarm = state === 'fair' || (speed !== null && speed < 100);
  const limit = freshOf(heat.cpuLimitCelsius, AGE_MS.slow, nowMs);
  const cpuCelsius = smoothed(before.cpuCelsius, heat, passedMs);
  const isHeld = limit !== null && Number.isFinite(limit) && cpuCelsius !== null;
  const cpu = findCpu(before.cpuHotMs, heat, isCpuComputing);
  const battery = findBattery(before.batteryCoolMs, heat);
  return {
    timers: { cpuHotMs: cpu.sinceMs, batteryCoolMs: battery.sinceMs, cpuCelsius },
    findings: [cpu.finding, battery.finding, ...findSystem(state)],
    isCritical: state === 'critical',
    cpuSpareDegrees: isHeld ? limit - CPU_BELOW_LIMIT.target - cpuCelsius : null,
    dutyLimit: { duty: isWarm ? DUTY_LIMITS.system : 1, cause: 'system' },
  };
}

function smoothed(before: number | null, heat: MachineHeat, passedMs: number): number | null {
  const celsius = freshOf(heat.cpuCelsius, AGE_MS.slow, heat.nowMs);
  if (celsius === null || !Number.isFinite(celsius)) return null;
  const weight = 1 - (1 - CONTROL.smoothing) ** (passedMs / 1000);
  return before === null ? celsius : before + weight * (celsius - before);
}

interface Timed {
  readonly sinceMs: number | null;
  readonly finding: Finding;
}

/** Processors protect themselves and some live at their limit, so only their own limit tells what is warm. */
function findCpu(before: number | null, heat: MachineHeat, isComputing: boolean): Timed {
  const { nowMs } = heat;
  const celsius = freshOf(heat.cpuCelsius, AGE_MS.slow, nowMs);
  const limit = freshOf(heat.cpuLimitCelsius, AGE_MS.slow, nowMs);
  const spare = celsius === null || limit === null ? Infinity : limit - celsius;
  const sinceMs = sinceOf(before, isComputing && spare <= CPU_BELOW_LIMIT.pause, nowMs);
  const detail =
    celsius === null || limit === null
      ? null
      : `${degrees(celsius)}, limit ${degrees(limit - CPU_BELOW_LIMIT.pause)}`;
  const finding = {
    ...simple('cpu-hot', hasHeld(sinceMs, DWELL_MS.cpu, nowMs), detail),
    mayEnd: spare >= CPU_BELOW_LIMIT.resume,
    leastMs: PAUSE_MS.cpu,
  };
  return { sinceMs, finding };
}

function findBattery(before: number | null, heat: MachineHeat): Timed {
  const { nowMs } = heat;
  const celsius = freshOf(heat.batteryCelsius, AGE_MS.slow, nowMs);
  const isCool = celsius !== null && celsius <= BATTERY_DEGREES.resume;
  const sinceMs = sinceOf(before, isCool, nowMs);
  const isHot = celsius !== null && celsius >= BATTERY_DEGREES.pause;
  const detail = isHot ? `${degrees(celsius)}, limit ${degrees(BATTERY_DEGREES.pause)}` : null;
  const finding = {
    ...simple('battery-hot', isHot, detail),
    // A battery that was taken out is none to wait for.
    mayEnd: celsius === null || hasHeld(sinceMs, DWELL_MS.batteryCool, nowMs),
    leastMs: PAUSE_MS.battery,
  };
  return { sinceMs, finding };
}

function findSystem(state: MachineValues['thermalState'] | null): readonly Finding[] {
  const isCritical = state === 'critical';
  return [
    {
      ...simple('system-hot', state === 'serious', 'the system says that it is hot'),
      leastMs: PAUSE_MS.system,
    },
    {
      ...simple('system-hot', isCritical, 'the system says that its heat is critical'),
      leastMs: PAUSE_MS.critical,
    },
  ];
}
