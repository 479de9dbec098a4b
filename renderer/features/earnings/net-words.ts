/** What serving came to once electricity is paid, as far as that can be known, and what is missing for it. */
import type { Balance, Money } from '../../../electron/ipc/governor.ts';
import type { GovernorSettings } from '../../../electron/ipc/governor.ts';
import { formatMicros } from '../../format/money.ts';
import type { Fact } from '../../ui/Facts.tsx';

/** How a text about money is written: as it is, or hidden. */
export type Hide = (text: string) => string;

export function balanceFacts(
  { earned, electricityMicros, netMicros, uncertaintyMicros }: Balance,
  currency: string | null,
  writeAmount: (units: bigint) => string,
  hide: Hide = (text) => text,
): readonly Fact[] {
  const write = (micros: bigint | null) =>
    micros === null || currency === null ? 'Not known' : hide(formatMicros(micros, currency));
  const net = write(netMicros);
  const isSure = netMicros === null || uncertaintyMicros === null || currency === null;
  return [
    { name: 'Earned', value: writeAmount(earned) },
    { name: 'Electricity', value: write(electricityMicros) },
    { name: 'Net', value: isSure ? net : `${net} ± ${write(uncertaintyMicros)}` },
  ];
}

export interface Missing {
  readonly sentence: string;
  readonly button: string;
}

/** What stands between the figures and a net; null when nothing does. */
export function missingWords(
  { tariff, microsPerCoin }: GovernorSettings,
  { day }: Money,
  symbol: string,
): Missing | null {
  if (tariff === null) {
    return {
      sentence: 'What electricity costs here is not known yet, so there is no net.',
      button: 'Enter the price',
    };
  }
  if (day.electricityMicros === null) {
    return {
      sentence:
        'What this computer draws is not known: the card does not tell, or nothing was served yet.',
      button: 'Enter the watts',
    };
  }
  if (microsPerCoin === null) {
    return {
      sentence: `${symbol} is practice money and is worth nothing, so there is only a cost and no net.`,
      button: 'Try a worth',
    };
  }
  return null;
}

/** Null while it is not known. */
export function costWords(
  { costMicrosPerMillionTokens, currency }: Money,
  hide: Hide = (text) => text,
): string | null {
  if (costMicrosPerMillionTokens === null || currency === null) return null;
  const cost = hide(formatMicros(costMicrosPerMillionTokens, currency));
  return `Electricity for a million tokens, at the speed reached: ${cost}.`;
}

/** The lowest price worth serving for; null while it is not known. */
export function floorWords(
  { floorPerMillionCu }: Money,
  writeAmount: (units: bigint) => string,
): string | null {
  if (floorPerMillionCu === null) return null;
  const floor = writeAmount(floorPerMillionCu);
  return `Below ${floor} per 1,000,000 CU serving would cost more than it brings, with a margin of 30 %. In practice the price is fixed, so this is only shown.`;
}
