/** What would be signed, in words: read back from the calls themselves, never from what was asked for. */
import {
  checksummed,
  decodeCall,
  type DecodedCall,
  type KnownContracts,
} from '../chain/decode-call-adapter.ts';
import type { TxCall } from '../chain/ports.ts';
import type { Asset } from '../ipc/network.ts';
import type { Intent, MoneyAction } from '../ipc/wallet.ts';
import { amountText, decimalText } from './money-text.ts';

/** Native coins have 18 decimals on every EVM chain. */
const NATIVE_DECIMALS = 18;

export interface WordFacts {
  readonly asset: Asset;
  readonly contracts: KnownContracts;
  readonly chainId: bigint;
  /** With its checksum; so are the names of others. */
  readonly from: string;
  /** What the owner knows an address as, by its checksummed form. */
  readonly names: ReadonlyMap<string, string>;
  /** For one transaction; nothing dearer is signed. */
  readonly feeAtMostWei: bigint;
}

type Line = Intent['lines'][number];

const TITLES: Readonly<Record<MoneyAction, (amount: string) => string>> = {
  deposit: (amount) => `Add ${amount} to the stake`,
  thaw: (amount) => `Take ${amount} out of the stake`,
  'withdraw-stake': (amount) => `Withdraw ${amount} that has thawed`,
  'withdraw-credits': (amount) => `Withdraw ${amount} that was collected`,
};

export function intentTitle(action: MoneyAction, amount: bigint, asset: Asset): string {
  return TITLES[action](amountText(amount, asset));
}

/** @throws AppError `signing-refused` for a call that cannot be shown whole */
export function intentLines(calls: readonly TxCall[], facts: WordFacts): Line[] {
  const fees = facts.feeAtMostWei * BigInt(calls.length);
  return [
    { label: 'Network', value: `Practice, on this computer (chain ${facts.chainId})` },
    ...calls.flatMap((call, index) => {
      const lines = callLines(decodeCall(call, facts.contracts), facts);
      if (calls.length === 1) return lines;
      const place = `${String(index + 1)} of ${String(calls.length)}`;
      return [{ label: 'Transaction', value: place }, ...lines];
    }),
    { label: 'From', value: named(facts.from, facts) },
    {
      label: 'Fee at most',
      value: `${decimalText(fees, NATIVE_DECIMALS)} practice coins for gas, which cost nothing`,
    },
  ];
}

function callLines(call: DecodedCall, facts: WordFacts): Line[] {
  return [
    { label: 'Contract', value: `${call.contract}, ${call.address}` },
    { label: 'Function', value: `${call.functionName}: ${call.meaning}` },
    ...call.args.map(({ label, value }) => {
      switch (value.kind) {
        case 'amount':
          return { label, value: amountText(value.units, facts.asset) };
        case 'address':
          return { label, value: named(value.address, facts) };
        case 'text':
          return { label, value: value.text };
      }
    }),
  ];
}

function named(address: string, { names, contracts }: WordFacts): string {
  const name = address === checksummed(contracts.hub) ? 'RelayHub' : names.get(address);
  return name === undefined ? address : `${name}, ${address}`;
}
