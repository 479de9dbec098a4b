/** The last hours as bars of a chart. */
import type { Asset, EarningBar } from '../../../electron/ipc/network.ts';
import type { Bar } from '../../charts/BarChart.tsx';
import { formatAmount } from '../../format/amounts.ts';
import { countOf } from '../../format/receipt-words.ts';
import { formatClock } from '../../format/times.ts';

const HOUR_MS = 3_600_000;
/** A tick every six hours leaves room for its label in the narrowest window. */
const TICK_HOURS = 6;

export function hourBars(hours: readonly EarningBar[], asset: Asset): readonly Bar[] {
  return hours.map(({ startMs, earned, relays }) => {
    const from = formatClock(startMs);
    const to = formatClock(startMs + HOUR_MS);
    const money = earned === 0n ? 'nothing earned' : formatAmount(earned, asset);
    const work = relays === 0 ? '' : ` from ${countOf(relays, 'relay')}`;
    return {
      key: String(startMs),
      value: earned,
      words: `${from} to ${to}: ${money}${work}`,
      tick: new Date(startMs).getHours() % TICK_HOURS === 0 ? from : null,
    };
  });
}
