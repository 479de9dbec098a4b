/** The last 24 hours as places on a strip and as lines of a list. */
import type { Stretch } from '../../../electron/ipc/governor.ts';
import type { Asset } from '../../../electron/ipc/network.ts';
import { pastClause, plainClause, programOf } from '../../../electron/ipc/reason-words.ts';
import {
  groupOf,
  STRETCH_GROUPS,
  stretchSentence,
  type StretchGroup,
} from '../../../electron/ipc/stretch-words.ts';
import { formatAmount } from '../../format/amounts.ts';
import { countOf } from '../../format/receipt-words.ts';
import { formatClock } from '../../format/times.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export interface StretchPlace {
  readonly stretch: Stretch;
  readonly group: StretchGroup;
  /** Of the strip, 0 to 1. */
  readonly start: number;
  readonly end: number;
}

/** Where each stretch stands on a strip that ends now; what ended before it began is left out. */
export function stretchPlaces(day: readonly Stretch[], nowMs: number): readonly StretchPlace[] {
  const shareOf = (ms: number) => Math.min(1, Math.max(0, 1 - (nowMs - ms) / DAY_MS));
  return (
    day
      .map((stretch) => ({
        stretch,
        group: groupOf(stretch.code),
        start: shareOf(stretch.fromMs),
        end: shareOf(stretch.toMs ?? nowMs),
      }))
      // One that has only just begun has no length yet.
      .filter(({ stretch, start, end }) => end > start || stretch.toMs === null)
  );
}

/** In the order of the legend, each once. */
export function groupsIn(places: readonly StretchPlace[]): readonly StretchGroup[] {
  const seen = new Set(places.map(({ group }) => group));
  return STRETCH_GROUPS.filter((group) => seen.has(group));
}

export interface StretchWords {
  /** For example `12:00 to 14:15` or `since 13:20`. */
  readonly span: string;
  readonly length: string;
  readonly sentence: string;
  readonly notes: readonly string[];
}

/** @param writeAmount how an amount is written: as it is, or hidden */
export function stretchWords(
  stretch: Stretch,
  nowMs: number,
  asset: Asset,
  writeAmount: (units: bigint) => string = (units) => formatAmount(units, asset),
): StretchWords {
  const { fromMs, toMs, code, detail, also, expectedMs, missedTokens, missedAmount } = stretch;
  const missed = missedWords(missedTokens, missedAmount, writeAmount);
  return {
    span:
      toMs === null
        ? `since ${formatClock(fromMs)}`
        : `${formatClock(fromMs)} to ${formatClock(toMs)}`,
    length: lengthWords((toMs ?? nowMs) - fromMs),
    sentence: stretchSentence(code, detail, toMs !== null),
    notes: [
      ...(also.length === 0
        ? []
        : [
            `Also: ${also.map((each) => (toMs === null ? plainClause : pastClause)(each, null)).join('; ')}`,
          ]),
      ...(expectedMs === null ? [] : [`Expected to end at ${formatClock(expectedMs)}`]),
      ...(missed === null ? [] : [missed]),
    ],
  };
}

function missedWords(
  tokens: number | null,
  amount: bigint | null,
  writeAmount: (units: bigint) => string,
): string | null {
  const parts = [
    ...(tokens === null || tokens === 0 ? [] : [`about ${countOf(tokens, 'token')}`]),
    ...(amount === null || amount === 0n ? [] : [writeAmount(amount)]),
  ];
  return parts.length === 0 ? null : `Missed: ${parts.join(', ')}`;
}

/** For example `under 1 min`, `24 min`, `2 h 15 min`. */
export function lengthWords(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 1) return 'under 1 min';
  if (minutes < 60) return `${String(minutes)} min`;
  const rest = minutes % 60;
  const hours = `${String(Math.floor(minutes / 60))} h`;
  return rest === 0 ? hours : `${hours} ${String(rest)} min`;
}

const CAN_BE_ALLOWED: ReadonlySet<Stretch['code']> = new Set([
  'game',
  'exclusive-app',
  'fullscreen',
  'other-gpu-app',
]);

/** The program that could be allowed next time; null when no single program was the cause, or it is allowed already. */
export function programToAllow(
  { code, detail }: Stretch,
  allowedApps: readonly string[],
): string | null {
  const program = CAN_BE_ALLOWED.has(code) ? programOf(detail) : null;
  if (program === null) return null;
  const isAllowed = allowedApps.some((name) => name.toLowerCase() === program.toLowerCase());
  return isAllowed ? null : program;
}

const TICK_HOURS = 6;

/** Full hours of the clock that get a label, as shares of the strip. */
export function dayTicks(
  nowMs: number,
): readonly { readonly share: number; readonly name: string }[] {
  const startMs = nowMs - DAY_MS;
  const hours = Array.from({ length: 26 }, (_unused, index) => {
    const first = new Date(startMs);
    first.setMinutes(0, 0, 0);
    return first.getTime() + index * HOUR_MS;
  });
  return hours
    .filter((ms) => ms > startMs && ms < nowMs && new Date(ms).getHours() % TICK_HOURS === 0)
    .map((ms) => ({ share: (ms - startMs) / DAY_MS, name: formatClock(ms) }));
}

/** How much of the day relays were served, and how much of it nobody asked for any. */
export function dayWords(places: readonly StretchPlace[]): string {
  const sumOf = (group: StretchGroup) => {
    const own = places.filter((place) => place.group === group);
    return Math.round(own.reduce((sum, { start, end }) => sum + (end - start) * DAY_MS, 0));
  };
  const parts = [
    { name: 'serving', ms: sumOf('serving') },
    { name: 'ready without work', ms: sumOf('ready') },
  ].filter(({ ms }) => ms > 0);
  if (parts.length === 0) return 'Nothing was offered in the last 24 hours.';
  return `In the last 24 hours: ${parts.map(({ name, ms }) => `${lengthWords(ms)} ${name}`).join(', ')}.`;
}
