/** What serving earns and what its electricity costs: over the last hour, day and month, and per million tokens. */
import type { Balance, GovernorSettings, Money } from '../ipc/governor.ts';
import {
  awakeMicrosPerMonth,
  costUnitsOf,
  DOUBT_PERCENT,
  microsOf,
  priceAt,
  roundedUp,
  type EnergyHour,
} from './energy.ts';

/** What the receipts of one hour add up to. */
export interface EarnedHour {
  /** Since 1970-01-01 00:00 by the owner's clocks. */
  readonly hour: number;
  /** The coin's smallest unit. */
  readonly earned: bigint;
  readonly cu: bigint;
  readonly outputTokens: number;
}

/** How long in one hour relays were offered, computed, and computed while the draw was known; milliseconds. */
export interface ServedHour {
  readonly hour: number;
  readonly offeredMs: number;
  readonly workedMs: number;
  readonly measuredMs: number;
}

export interface Worth {
  readonly tariff: GovernorSettings['tariff'];
  readonly microsPerCoin: number | null;
  /** How many of the smallest unit one coin is: 10 to the power of this. */
  readonly coinDecimals: number;
}

/** All that money is computed from; hours in no order, those without anything left out. */
export interface Books extends Worth {
  readonly earned: readonly EarnedHour[];
  readonly energy: readonly EnergyHour[];
  readonly served: readonly ServedHour[];
  /** By the owner's clocks, in milliseconds since 1970-01-01 00:00. */
  readonly localMs: number;
}

const HOUR_MS = 3_600_000;
const HOUR_MS_BIG = BigInt(HOUR_MS);
export const HOURS_PER_DAY = 24;
export const HOURS_PER_MONTH = 720;
const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1440;
const PERCENT = 100n;
const MILLION = 1_000_000n;

/** Electricity is known when the draw was, in so many percent of the time that relays computed. */
export const LEAST_MEASURED_PERCENT = 90;
/** Less work than this says nothing about a rate. */
export const LEAST_WORKED_MS = 300_000;
/** Fewer tokens say nothing about what a million of them costs. */
export const LEAST_TOKENS = 1_000;
/** The lowest price is so many tenths of what the electricity for it costs. */
export const FLOOR_TENTHS = 13n;

export function moneyOf(books: Books, measuredIdleWatts: number | null): Money {
  const { tariff } = books;
  const isAwakeKnown = tariff !== null && measuredIdleWatts !== null;
  return {
    currency: tariff?.currency ?? null,
    hour: balanceOf(books, 1),
    day: balanceOf(books, HOURS_PER_DAY),
    month: balanceOf(books, HOURS_PER_MONTH),
    costMicrosPerMillionTokens: costPerMillionTokens(books),
    awakeMicrosPerMonth: isAwakeKnown ? awakeMicrosPerMonth(measuredIdleWatts, tariff) : null,
    floorPerMillionCu: priceFloor(books),
  };
}

/** Earned is rounded down and costs are rounded up, so that nobody is richer on the screen than at the bank. */
export function balanceOf(books: Books, hours: number): Balance {
  const shareOf = shares(books.localMs, hours);
  const earned = sum(books.earned, (hour) => (hour.earned * shareOf(hour.hour)) / HOUR_MS_BIG);
  const cost = electricityIn(books, shareOf);
  const worth = worthOf(earned, books);
  const isKnown = cost !== null && worth !== null;
  return {
    earned,
    electricityMicros: cost?.micros ?? null,
    netMicros: isKnown ? worth - cost.micros : null,
    uncertaintyMicros: isKnown ? cost.doubtMicros : null,
  };
}

/** What serving brought and cost per hour in which relays computed; null while that cannot be said. */
export interface Rate {
  readonly earnsMicros: number;
  readonly costsMicros: number;
}

/**
 * A mean over the newest hour of computing that the last day has. Electricity counts at the price of now, so that
 * cheap hours begin and end by themselves.
 */
export function rateOf(books: Books): Rate | null {
  const { tariff } = books;
  const recent = newestWorked(books);
  if (tariff === null || recent === null || !isMeasured(recent)) return null;
  const hours = new Set(recent.map(({ hour }) => hour));
  const workedMs = BigInt(recent.reduce((total, hour) => total + hour.workedMs, 0));
  const earned = sum(books.earned, (one) => (hours.has(one.hour) ? one.earned : 0n));
  const energy = sum(books.energy, (one) => (hours.has(one.hour) ? one.milliwattSeconds : 0n));
  const worth = worthOf((earned * HOUR_MS_BIG) / workedMs, books);
  if (worth === null) return null;
  const price = priceAt(tariff, minuteOf(books.localMs));
  const cost = microsOf(roundedUp(energy * HOUR_MS_BIG * price, workedMs));
  return { earnsMicros: Number(worth), costsMicros: Number(cost) };
}

/**
 * The price below which serving is not worth its electricity, at the speed that was reached with as many relays side
 * by side as there were; smallest units per 1,000,000 CU. Null while that cannot be said.
 */
export function priceFloor(books: Books): bigint | null {
  const shareOf = shares(books.localMs, HOURS_PER_MONTH);
  const cost = electricityIn(books, shareOf);
  const cu = sum(books.earned, (hour) => (hour.cu * shareOf(hour.hour)) / HOUR_MS_BIG);
  const { microsPerCoin } = books;
  if (cost === null || cost.micros === 0n || cu === 0n || !microsPerCoin) return null;
  const dividend = cost.micros * MILLION * FLOOR_TENTHS * coin(books);
  return roundedUp(dividend, cu * 10n * BigInt(microsPerCoin));
}

function costPerMillionTokens(books: Books): bigint | null {
  for (const hours of [HOURS_PER_DAY, HOURS_PER_MONTH]) {
    const shareOf = shares(books.localMs, hours);
    const milliTokens = sum(books.earned, (one) => BigInt(one.outputTokens) * shareOf(one.hour));
    const tokens = milliTokens / HOUR_MS_BIG;
    if (tokens < BigInt(LEAST_TOKENS)) continue;
    const cost = electricityIn(books, shareOf);
    if (cost !== null) return roundedUp(cost.micros * MILLION, tokens);
  }
  return null;
}

interface Cost {
  readonly micros: bigint;
  readonly doubtMicros: bigint;
}

/** @returns null without a tariff, without any energy, or when relays computed too long while the draw was unknown */
function electricityIn(books: Books, shareOf: (hour: number) => bigint): Cost | null {
  const { tariff, energy } = books;
  if (tariff === null) return null;
  const inSpan = energy.filter(({ hour }) => shareOf(hour) > 0n);
  const served = books.served.filter(({ hour }) => shareOf(hour) > 0n);
  if (!isMeasured(served)) return null;
  if (inSpan.length === 0 && !isEverMeasured(books)) return null;
  const units = (one: EnergyHour) => costUnitsOf(one, tariff) * shareOf(one.hour);
  const doubt = (one: EnergyHour) => units(one) * DOUBT_PERCENT[one.source];
  return {
    micros: microsOf(roundedUp(sum(inSpan, units), HOUR_MS_BIG)),
    doubtMicros: microsOf(roundedUp(sum(inSpan, doubt), HOUR_MS_BIG * PERCENT)),
  };
}

function isMeasured(served: readonly ServedHour[]): boolean {
  const workedMs = served.reduce((total, hour) => total + hour.workedMs, 0);
  const measuredMs = served.reduce((total, hour) => total + hour.measuredMs, 0);
  return measuredMs * 100 >= workedMs * LEAST_MEASURED_PERCENT;
}

function isEverMeasured({ energy }: Books): boolean {
  return energy.length > 0;
}

/** Whole hours back from now until they hold an hour of computing; null for too little in the last day. */
function newestWorked({ served, localMs }: Books): readonly ServedHour[] | null {
  const now = Math.floor(localMs / HOUR_MS);
  const recent = served
    .filter(({ hour, workedMs }) => hour > now - HOURS_PER_DAY && hour <= now && workedMs > 0)
    .sort((a, b) => b.hour - a.hour);
  let workedMs = 0;
  const taken: ServedHour[] = [];
  for (const hour of recent) {
    if (workedMs >= HOUR_MS) break;
    taken.push(hour);
    workedMs += hour.workedMs;
  }
  return workedMs >= LEAST_WORKED_MS ? taken : null;
}

/**
 * How much of an hour of the clock belongs to the last `hours` hours, in milliseconds: all of it but for the oldest
 * one, which counts by the part that is not over; this hour counts whole, as nothing is in it yet that is not past.
 */
function shares(localMs: number, hours: number): (hour: number) => bigint {
  const now = Math.floor(localMs / HOUR_MS);
  const goneMs = localMs - now * HOUR_MS;
  const oldest = now - hours;
  return (hour) => {
    if (hour > now || hour < oldest) return 0n;
    return BigInt(hour === oldest ? HOUR_MS - goneMs : HOUR_MS);
  };
}

function worthOf(amount: bigint, { microsPerCoin, coinDecimals }: Worth): bigint | null {
  if (microsPerCoin === null) return null;
  return (amount * BigInt(microsPerCoin)) / coin({ coinDecimals });
}

function coin({ coinDecimals }: Pick<Worth, 'coinDecimals'>): bigint {
  return 10n ** BigInt(coinDecimals);
}

export function minuteOf(localMs: number): number {
  return Math.floor(localMs / MINUTE_MS) % MINUTES_PER_DAY;
}

function sum<Item>(items: readonly Item[], amountOf: (item: Item) => bigint): bigint {
  return items.reduce((total, item) => total + amountOf(item), 0n);
}
