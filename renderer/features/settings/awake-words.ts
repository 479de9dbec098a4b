/** What keeping this computer awake brings and costs. */
import type { Money } from '../../../electron/ipc/governor.ts';
import { formatMicros } from '../../format/money.ts';

/** Why and at what cost a computer is kept awake. */
export function awakeWords({ awakeMicrosPerMonth, currency }: Money): string {
  const cost =
    awakeMicrosPerMonth === null || currency === null
      ? 'What that costs is told once the price of electricity is known here.'
      : `That costs about ${formatMicros(awakeMicrosPerMonth, currency)} a month.`;
  return `Your PC sleeps after a while, and then it earns nothing. ${cost} Never done on a laptop.`;
}
