/** The last hours or days as bars of a chart, and what they add up to as points of a line. */
import type { Asset, EarningBar } from '../../../electron/ipc/network.ts';
import type { Bar } from '../../charts/BarChart.tsx';
import type { LinePoint } from '../../charts/LineChart.tsx';
import { formatAmount } from '../../format/amounts.ts';
import { countOf } from '../../format/receipt-words.ts';
import { formatClock, formatDate, formatDay } from '../../format/times.ts';

const HOUR_MS = 3_600_000;
/** Ticks that leave room for their labels in the narrowest window. */
const TICK_HOURS = 6;
const TICK_DAYS = 7;

/** How an amount is written: as it is, or hidden. */
export type WriteAmount = (units: bigint) => string;

export function hourBars(
  hours: readonly EarningBar[],
  asset: Asset,
  write: WriteAmount = (units) => formatAmount(units, asset),
): readonly Bar[] {
  return hours.map((hour) => {
    const { startMs, earned } = hour;
    const isTick = new Date(startMs).getHours() % TICK_HOURS === 0;
    return {
      key: String(startMs),
      value: earned,
      words: `${hourName(startMs)}: ${moneyWords(hour, write)}`,
      tick: isTick ? formatClock(startMs) : null,
    };
  });
}

export function dayBars(days: readonly EarningBar[], write: WriteAmount): readonly Bar[] {
  return days.map((day, index) => ({
    key: String(day.startMs),
    value: day.earned,
    words: `${formatDay(day.startMs)}: ${moneyWords(day, write)}`,
    tick: isDayTick(index, days.length) ? formatDate(day.startMs) : null,
  }));
}

/** What was earned from the first of them up to each. */
export function addedUp(
  bars: readonly EarningBar[],
  by: 'hour' | 'day',
  write: WriteAmount,
): readonly LinePoint[] {
  let sum = 0n;
  return bars.map(({ startMs, earned }, index) => {
    sum += earned;
    const name = by === 'hour' ? hourName(startMs) : formatDay(startMs);
    const isTick =
      by === 'hour'
        ? new Date(startMs).getHours() % TICK_HOURS === 0
        : isDayTick(index, bars.length);
    const short = by === 'hour' ? formatClock(startMs) : formatDate(startMs);
    return {
      key: String(startMs),
      value: sum,
      name,
      words: `Up to ${by === 'hour' ? formatClock(startMs + HOUR_MS) : name}: ${write(sum)}`,
      tick: isTick ? short : null,
    };
  });
}

function moneyWords({ earned, relays }: EarningBar, write: WriteAmount): string {
  const money = earned === 0n ? 'nothing earned' : write(earned);
  return relays === 0 ? money : `${money} from ${countOf(relays, 'relay')}`;
}

function hourName(startMs: number): string {
  return `${formatClock(startMs)} to ${formatClock(startMs + HOUR_MS)}`;
}

/** From the newest backwards, and not so near to an edge that the label is cut. */
function isDayTick(index: number, count: number): boolean {
  return index > 0 && (count - 2 - index) % TICK_DAYS === 0;
}
