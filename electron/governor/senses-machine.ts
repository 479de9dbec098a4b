/** What the governor remembers of the machine: power, lid, programs, and what serving brings. */
import type { GovernorSettings } from '../ipc/governor.ts';
import { CHARGE_PERCENT, EARNS_PERCENT, STALE_MS, WEAK_CHARGER } from './policy.ts';
import type { LatchCode } from './policy-codes.ts';
import type { NodeFacts } from './ports.ts';
import { isListed, type Foreign } from './senses-foreign.ts';
import { latchAll, type Cause, type Latches } from './senses-latches.ts';
import { known, type Senses } from './senses.ts';
import type { MachineKey, Reading, Readings } from './sensors.ts';

/** The charge at some time; only while on mains. */
interface Charge {
  readonly atMs: number;
  readonly percent: number;
}

/** Plain data, so that a decision can be replayed. */
export interface MachineSenses {
  readonly latches: Latches;
  /** The last charge that was read; null for none yet. */
  readonly percent: number | null;
  /** High points of the charge on mains, each lower than the one before. */
  readonly charges: readonly Charge[];
  /** Has or had a battery or a lid, or nobody can say. */
  readonly isLaptop: boolean;
  /** A battery or a lid was seen: where it can no longer be read, it is still there. */
  readonly wasLaptop: boolean;
  /** Monotonic time since which serving earns too little. */
  readonly lossSinceMs: number | null;
  readonly foreign: Foreign | null;
}

export interface MachineFacts {
  readonly readings: Readings;
  readonly senses: Senses;
  readonly settings: GovernorSettings;
  readonly rate: NodeFacts['rate'];
  /** Of `observeForeign`; null while the card is not asked. */
  readonly foreign: { readonly next: Foreign; readonly cause: Cause } | null;
}

/** Smaller steps of the charge are not worth a note. */
const CHARGE_STEP = 0.5;
const PERCENT = 100;

/** @param before null when nobody looked before */
export function observeMachine(before: MachineSenses | null, facts: MachineFacts): MachineSenses {
  const { readings, senses } = facts;
  const nowMs = senses.at.monotonicMs;
  const trusted = senses.isAwakeAgain ? null : before;
  const percent = known(readings.batteryPercent, STALE_MS.batteryPercent, nowMs);
  const charges = chargesOf(trusted?.charges ?? [], percent, senses);
  const lossSinceMs = isLoss(facts) ? (trusted?.lossSinceMs ?? nowMs) : null;
  const causes: Readonly<Record<LatchCode, Cause>> = {
    ...partCauses(readings, nowMs, facts.settings),
    'charge-low': chargeCause(before?.percent ?? null, percent, readings),
    'charger-too-weak': weakCause(charges, percent),
    unprofitable: lossCause(facts, lossSinceMs),
    'other-gpu-app': facts.foreign?.cause ?? null,
  };
  const wasLaptop = before?.wasLaptop === true || hasBattery(readings);
  return {
    latches: latchAll(before?.latches ?? {}, causes, nowMs, senses.isAwakeAgain),
    percent: isNumber(percent) ? percent : (before?.percent ?? null),
    charges,
    // Before the first readings everything is unknown, on a desktop too.
    isLaptop: wasLaptop || hasCharge(readings),
    wasLaptop,
    lossSinceMs,
    foreign: facts.foreign?.next ?? null,
  };
}

function hasBattery({ batteryPercent, isLidShut }: Readings): boolean {
  return batteryPercent !== null || isLidShut !== null;
}

function partCauses(
  readings: Readings,
  nowMs: number,
  { allowedApps }: GovernorSettings,
): Pick<
  Record<LatchCode, Cause>,
  'lid-shut' | 'game' | 'exclusive-app' | 'fullscreen' | 'on-ups' | 'power-saver' | 'metered'
> {
  const { apps, fullscreen, isLidShut, isMetered, isOnUps, isSavingPower, unknown } = readings;
  const part = <Value>(
    reading: Reading<Value> | null,
    key: MachineKey & keyof typeof STALE_MS,
    judge: (value: Value) => Cause,
  ): Cause => {
    // A part that this computer does not have is no cause; one that cannot be read changes nothing.
    if (reading === null) return unknown[key] === undefined ? null : 'unclear';
    const value = known(reading, STALE_MS[key], nowMs);
    return value === null ? 'unclear' : judge(value);
  };
  const yes = (is: boolean): Cause => (is ? { detail: null } : null);
  const app = (by: 'list' | 'mark') =>
    part(apps, 'apps', (running) => {
      const found = running.find((each) => each.by === by && !isListed(each.name, allowedApps));
      return found ? { detail: found.name } : null;
    });
  return {
    'lid-shut': part(isLidShut, 'isLidShut', yes),
    'on-ups': part(isOnUps, 'isOnUps', yes),
    'power-saver': part(isSavingPower, 'isSavingPower', yes),
    metered: part(isMetered, 'isMetered', yes),
    game: app('mark'),
    'exclusive-app': app('list'),
    fullscreen: part(fullscreen, 'fullscreen', (name) =>
      name === '' || isListed(name, allowedApps) ? null : { detail: name },
    ),
  };
}

function chargeCause(before: number | null, percent: number | null, readings: Readings): Cause {
  const [stops, starts] = CHARGE_PERCENT;
  if (percent === null) return hasCharge(readings) ? 'unclear' : null;
  if (percent >= starts) return null;
  // Nobody has seen it charged, so it has to be.
  if (!(percent >= stops) || before === null) return { detail: `${Math.round(percent)} %` };
  return 'unclear';
}

/** There is a battery, even if nobody can say how full it is. */
function hasCharge({ batteryPercent, unknown }: Readings): boolean {
  return batteryPercent !== null || unknown.batteryPercent !== undefined;
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function chargesOf(
  before: readonly Charge[],
  percent: number | null,
  { power, at }: Senses,
): readonly Charge[] {
  if (power.value !== 'mains') return [];
  const nowMs = at.monotonicMs;
  const young = before.filter(({ atMs }) => nowMs - atMs <= WEAK_CHARGER.withinMs);
  if (!isNumber(percent)) return young;
  const higher = young.filter((each) => each.percent > percent);
  const last = higher.at(-1);
  if (last !== undefined && last.percent - percent < CHARGE_STEP) return higher;
  return [...higher, { atMs: nowMs, percent }];
}

function weakCause(charges: readonly Charge[], percent: number | null): Cause {
  const [highest] = charges;
  if (highest === undefined || percent === null) return null;
  const lost = highest.percent - percent;
  return lost >= WEAK_CHARGER.points ? { detail: `${Math.round(lost)} points lost` } : null;
}

function earnsAtLeast(percent: number, rate: NonNullable<NodeFacts['rate']>): boolean {
  return rate.earnsMicros * PERCENT >= rate.costsMicros * percent;
}

function isLoss({ rate }: MachineFacts): boolean {
  return rate !== null && !earnsAtLeast(EARNS_PERCENT.stops, rate);
}

function lossCause({ rate, settings, senses }: MachineFacts, lossSinceMs: number | null): Cause {
  if (rate === null || !settings.stopsBelowBreakEven) return null;
  const lastedMs = lossSinceMs === null ? 0 : senses.at.monotonicMs - lossSinceMs;
  if (lossSinceMs !== null && lastedMs >= EARNS_PERCENT.forMs) return { detail: null };
  return earnsAtLeast(EARNS_PERCENT.starts, rate) ? null : 'unclear';
}
