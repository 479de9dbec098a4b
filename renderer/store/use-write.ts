/** How amounts and addresses are written just now: in full, or as dots while discreet mode is on. */
import type { Asset } from '../../electron/ipc/network.ts';
import { formatAmount, formatUnits } from '../format/amounts.ts';
import { useDiscreet, veiled } from './use-discreet.ts';

export interface Write {
  /** With the symbol. */
  readonly amount: (units: bigint) => string;
  /** Without the symbol. */
  readonly units: (units: bigint) => string;
  /** Any other text that is nobody else's business, an address for example. */
  readonly own: (text: string) => string;
}

export function useWrite(asset: Asset): Write {
  const isDiscreet = useDiscreet();
  return {
    amount: (units) => veiled(formatAmount(units, asset), isDiscreet),
    units: (units) => veiled(formatUnits(units, asset.decimals), isDiscreet),
    own: (text) => veiled(text, isDiscreet),
  };
}

/** Everything as it is. */
export function plainly(asset: Asset): Write {
  return {
    amount: (units) => formatAmount(units, asset),
    units: (units) => formatUnits(units, asset.decimals),
    own: (text) => text,
  };
}
