/** What can be done with practice money just now, and what at most. */
import type { MoneyAction } from '../../../electron/ipc/wallet.ts';
import { veiled } from '../../store/use-discreet.ts';
import { isThawed, leaving, type Balances } from './balance-parts.ts';

export interface MoneyOffer {
  readonly action: MoneyAction;
  readonly title: string;
  readonly text: string;
  /** Token units; nothing can be done when it is 0. */
  readonly most: bigint;
  /** The contract pays out all of it at once. */
  readonly isWhole: boolean;
  /** Said when there is nothing. */
  readonly none: string;
  readonly button: string;
}

/** Why not, as main says it; in discreet mode without the amounts that it names. */
export function refusalWords(refusal: string, isDiscreet: boolean): string {
  if (!isDiscreet) return refusal;
  return refusal.replaceAll(/\d[\d,]*(?:\.\d+)? [A-Z]{2,}/g, (amount) => veiled(amount, true));
}

export function moneyOffers(balances: Balances, nowMs: number): readonly MoneyOffer[] {
  const out = leaving(balances);
  const offers: readonly MoneyOffer[] = [
    {
      action: 'deposit',
      title: 'Add to stake',
      text: 'The stake is what your questions on the network are paid from.',
      most: balances.available,
      isWhole: false,
      none: 'Your account is empty: withdraw credits first.',
      button: 'Add',
    },
    {
      action: 'thaw',
      title: 'Take out of stake',
      text: 'It stops counting at once and can be withdrawn two to three days later, so that Suppliers are paid first.',
      most: balances.staked - out,
      isWhole: false,
      none: 'Nothing is staked.',
      button: 'Take out',
    },
    {
      action: 'withdraw-credits',
      title: 'Withdraw credits',
      text: 'What the chain has paid for your relays goes into your account, all at once.',
      most: balances.credits,
      isWhole: true,
      none: 'Nothing was collected yet. Collect in Earnings asks the chain to pay.',
      button: 'Withdraw',
    },
  ];
  if (out === 0n || !isThawed(balances, nowMs)) return offers;
  const thawed: MoneyOffer = {
    action: 'withdraw-stake',
    title: 'Withdraw what has thawed',
    text: 'It is out of the stake and goes into your account.',
    most: out,
    isWhole: true,
    none: '',
    button: 'Withdraw',
  };
  return [thawed, ...offers];
}
