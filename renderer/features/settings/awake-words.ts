/** What keeping this computer awake brings and costs. */
import type { Money } from '../../../electron/ipc/governor.ts';
import { formatMicros } from '../../format/money.ts';

/** Why and at what cost a computer is kept awake. @param hide how an amount is written */
export function awakeWords(
  { awakeMicrosPerMonth, currency }: Money,
  hide: (text: string) => string = (text) => text,
): string {
  const missing =
    currency === null
      ? 'What that costs is told once the price of electricity is known here.'
      : 'What that costs is told once the watts at the plug are known here, under More.';
  const cost =
    awakeMicrosPerMonth === null || currency === null
      ? missing
      : `That costs about ${hide(formatMicros(awakeMicrosPerMonth, currency))} a month.`;
  return `Your PC sleeps after a while, and then it earns nothing. ${cost} Never done on a laptop.`;
}
