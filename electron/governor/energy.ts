/** Electricity that serving takes beyond what the computer takes anyway: in whole milliwatt-seconds, and its cost. */
import type { GovernorSettings } from '../ipc/governor.ts';

export type Tariff = NonNullable<GovernorSettings['tariff']>;
/** `sensor`: what the card says of itself. `plug`: what a meter at the plug said to the owner. */
export type EnergySource = 'sensor' | 'plug';

/** Of one hour, from one source, at prices of one currency; the currency is empty while there is no tariff. */
export interface EnergyHour {
  /** Since 1970-01-01 00:00 by the owner's clocks. */
  readonly hour: number;
  readonly source: EnergySource;
  readonly currency: string;
  readonly milliwattSeconds: bigint;
  /** Milliwatt-seconds times millionths of the currency per kWh: exact, rounded only when they are shown. */
  readonly costUnits: bigint;
}

const PERCENT = 100n;
/** Part of what comes out of the wall that a power supply hands on, in percent. */
const PSU_PERCENT = 88n;
/** 1 kWh is 3,600,000 Ws. */
export const MILLIWATT_SECONDS_PER_KWH = 3_600_000_000n;
/** How far a card's own figure may be off, and how far one that was read from a meter, in percent. */
export const DOUBT_PERCENT: Readonly<Record<EnergySource, bigint>> = { sensor: 15n, plug: 5n };

const MINUTES_PER_DAY = 1440;
const HOURS_PER_MONTH = 720n;
const MILLI = 1_000;
const MILLI_BIG = 1_000n;

/** Down at once and up slowly by this part of the difference: what the card draws when nothing computes. */
const IDLE_RISE = 64;

/** What is drawn for serving beyond idling, at the plug. */
export interface Draw {
  readonly source: EnergySource;
  readonly milliwatts: bigint;
}

export interface DrawInput {
  /** The card's own figure; null when it does not tell. */
  readonly cardWatts: number | null;
  readonly idleMilliwatts: number | null;
  readonly measuredWatts: GovernorSettings['measuredWatts'];
  /** Whether relays compute. */
  readonly hasWork: boolean;
}

/** @returns null while nobody knows; the owner's own figures go before the card's */
export function drawOf({
  cardWatts,
  idleMilliwatts,
  measuredWatts,
  hasWork,
}: DrawInput): Draw | null {
  if (measuredWatts !== null) {
    const { idle, serving } = measuredWatts;
    const milliwatts = hasWork ? Math.max(0, serving - idle) * MILLI : 0;
    return { source: 'plug', milliwatts: BigInt(milliwatts) };
  }
  if (!isWatts(cardWatts)) return null;
  // An unknown idle draw counts as none: the cost is then too high, never too low.
  const extra = BigInt(Math.max(0, toMilliwatts(cardWatts) - (idleMilliwatts ?? 0)));
  return { source: 'sensor', milliwatts: roundedUp(extra * PERCENT, PSU_PERCENT) };
}

/** @param cardWatts of a moment in which nothing of ours computes */
export function nextIdle(idleMilliwatts: number | null, cardWatts: number | null): number | null {
  if (!isWatts(cardWatts)) return idleMilliwatts;
  const now = toMilliwatts(cardWatts);
  if (idleMilliwatts === null || now <= idleMilliwatts) return now;
  return idleMilliwatts + Math.ceil((now - idleMilliwatts) / IDLE_RISE);
}

/** Adds up power over time without losing the part of a milliwatt-second that is left over. */
export interface Meter {
  /** @param ms whole milliseconds for which the draw held @returns the milliwatt-seconds that are full now */
  add(draw: Draw, ms: number): bigint;
}

export function createMeter(): Meter {
  const left = { sensor: 0n, plug: 0n };
  return {
    add({ source, milliwatts }, ms) {
      const sum = left[source] + milliwatts * BigInt(Math.max(0, Math.round(ms)));
      left[source] = sum % MILLI_BIG;
      return sum / MILLI_BIG;
    },
  };
}

/** @param minuteOfDay local, as the clock on the wall shows it @returns millionths of the currency per kWh */
export function priceAt(tariff: Tariff, minuteOfDay: number): bigint {
  const { cheap } = tariff;
  const isCheap = cheap !== null && isInSpan(cheap, minuteOfDay);
  return BigInt(isCheap ? cheap.microsPerKwh : tariff.microsPerKwh);
}

/** Over midnight when it ends before it begins. */
export function isInSpan(
  { fromMinute, toMinute }: { readonly fromMinute: number; readonly toMinute: number },
  minuteOfDay: number,
): boolean {
  if (fromMinute <= toMinute) return minuteOfDay >= fromMinute && minuteOfDay < toMinute;
  return minuteOfDay >= fromMinute || minuteOfDay < toMinute;
}

/** Millionths of the currency, rounded up. */
export function microsOf(costUnits: bigint): bigint {
  return roundedUp(costUnits, MILLIWATT_SECONDS_PER_KWH);
}

/** Energy bought in another currency, or before there was a tariff, costs what it would cost by day today. */
export function costUnitsOf(energy: EnergyHour, tariff: Tariff): bigint {
  if (energy.currency === tariff.currency) return energy.costUnits;
  return energy.milliwattSeconds * BigInt(tariff.microsPerKwh);
}

/** Of a computer that is awake all month, in millionths of the currency, rounded up. */
export function awakeMicrosPerMonth(idleWatts: number, tariff: Tariff): bigint {
  let perDay = 0n;
  for (let minute = 0; minute < MINUTES_PER_DAY; minute++) perDay += priceAt(tariff, minute);
  const milliwatts = BigInt(idleWatts) * MILLI_BIG;
  const wattHoursTimesPrice = milliwatts * HOURS_PER_MONTH * perDay;
  // Milliwatts to kilowatts, and the sum of all minutes to their mean.
  return roundedUp(wattHoursTimesPrice, MILLI_BIG * MILLI_BIG * BigInt(MINUTES_PER_DAY));
}

export function roundedUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function isWatts(watts: number | null): watts is number {
  return watts !== null && Number.isFinite(watts) && watts > 0;
}

function toMilliwatts(watts: number): number {
  return Math.round(watts * MILLI);
}
