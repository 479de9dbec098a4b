/** Where the practice money is, part by part, with how wide each part stands in the picture. */
import type { Wallet } from '../../../electron/ipc/wallet.ts';
import { formatDateTime } from '../../format/times.ts';

export type Balances = NonNullable<Wallet['balances']>;

export interface BalancePart {
  readonly key: 'available' | 'staked' | 'thawing' | 'credits';
  readonly name: string;
  readonly units: bigint;
  readonly note: string;
  /** Of everything, in ten-thousandths; for drawing only. */
  readonly share: number;
}

/** What is on its way out is never more than what there is. */
export function leaving({ staked, thawing }: Balances): bigint {
  return thawing < staked ? thawing : staked;
}

export function total({ available, staked, credits }: Balances): bigint {
  return available + staked + credits;
}

export function isThawed({ thawEndsAtMs }: Balances, nowMs: number): boolean {
  return thawEndsAtMs !== null && thawEndsAtMs <= nowMs;
}

export function balanceParts(balances: Balances, nowMs: number): readonly BalancePart[] {
  const { available, staked, credits, thawEndsAtMs } = balances;
  const out = leaving(balances);
  const whole = total(balances);
  const part = (key: BalancePart['key'], name: string, units: bigint, note: string) => ({
    ...{ key, name, units, note },
    share: whole === 0n ? 0 : Number((units * 10_000n) / whole),
  });
  const until =
    thawEndsAtMs === null ? '' : `can be withdrawn from ${formatDateTime(thawEndsAtMs)}`;
  return [
    part('staked', 'Staked', staked - out, 'pays for your questions'),
    ...(out === 0n
      ? []
      : [
          part(
            'thawing',
            'On its way out of the stake',
            out,
            isThawed(balances, nowMs) ? 'can be withdrawn now' : until,
          ),
        ]),
    part('credits', 'Credits', credits, 'earned and collected, not withdrawn yet'),
    part('available', 'In your account', available, 'free to add to the stake'),
  ];
}
