/** What an action with money comes to: whether it is possible now, and the calls that do it. */
import { hubCalls, tokenCalls } from '../chain/hub-calls-adapter.ts';
import type { TxCall } from '../chain/ports.ts';
import type { Asset } from '../ipc/network.ts';
import type { MoneyAction, Wallet } from '../ipc/wallet.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Hex } from '../protocol/hex.ts';
import { amountText } from './money-text.ts';

export type Balances = NonNullable<Wallet['balances']>;

export interface PlannedCall {
  /** As the journal calls it. */
  readonly purpose: string;
  readonly call: TxCall;
}

export interface PlanFacts {
  readonly owner: Hex;
  readonly hub: Hex;
  readonly token: Hex;
  /** Token units that the hub may take from the owner already. */
  readonly allowance: bigint;
}

/** Of the stake, what was not asked back. */
export function freeStake({ staked, thawing }: Balances): bigint {
  return staked > thawing ? staked - thawing : 0n;
}

/** @returns why not, in a sentence; null when it can be done */
export function refusalOf(
  action: MoneyAction,
  amount: bigint,
  balances: Balances,
  asset: Asset,
): string | null {
  if (amount <= 0n) return 'Enter an amount above 0.';
  const say = (units: bigint) => amountText(units, asset);
  switch (action) {
    case 'deposit':
      if (amount <= balances.available) return null;
      return `The account holds only ${say(balances.available)}.`;
    case 'thaw':
      if (amount <= freeStake(balances)) return null;
      return `Only ${say(freeStake(balances))} of the stake can be taken out.`;
    case 'withdraw-stake':
      return refusalOfWithdrawal(amount, balances, say);
    case 'withdraw-credits':
      if (balances.credits === 0n) return 'Nothing was collected yet.';
      if (amount === balances.credits) return null;
      return `What was collected is withdrawn all at once: ${say(balances.credits)}.`;
    default:
      return assertNever(action);
  }
}

function refusalOfWithdrawal(
  amount: bigint,
  { staked, thawing, thawEndsAtMs, atMs }: Balances,
  say: (units: bigint) => string,
): string | null {
  // The chain may have paid from the stake while it thawed.
  const out = thawing < staked ? thawing : staked;
  if (out === 0n || thawEndsAtMs === null) return 'Nothing is on its way out of the stake.';
  if (thawEndsAtMs > atMs) {
    return `It can be withdrawn from ${new Date(thawEndsAtMs).toLocaleString('en-GB')}.`;
  }
  return amount === out ? null : `What has thawed is withdrawn all at once: ${say(out)}.`;
}

/** In the order in which they have to be sent. @throws when an amount does not fit its field */
export function callsFor(
  action: MoneyAction,
  amount: bigint,
  { owner, hub, token, allowance }: PlanFacts,
): readonly PlannedCall[] {
  const calls = hubCalls(hub);
  switch (action) {
    case 'deposit': {
      const deposit = { purpose: 'deposit', call: calls.depositFor(owner, amount) };
      if (allowance >= amount) return [deposit];
      return [{ purpose: 'approve', call: tokenCalls(token).approve(hub, amount) }, deposit];
    }
    case 'thaw':
      return [{ purpose: 'thaw', call: calls.thaw(amount) }];
    case 'withdraw-stake':
      return [{ purpose: 'withdraw', call: calls.withdraw() }];
    case 'withdraw-credits':
      return [{ purpose: 'withdraw-credit', call: calls.withdrawCredit(owner) }];
    default:
      return assertNever(action);
  }
}
