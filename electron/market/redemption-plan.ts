/** From sessions to redemption rows: which voucher to show for each draw, and for how much. */
import { ZERO_WORD, type Hex } from '../protocol/hex.ts';
import type { EntryOf } from '../protocol/ledger-entries.ts';
import type { DrawStanding, EarningSession, RedeemBatch, RedeemRow } from './ports.ts';

/** Keeps a transaction well below what one block takes. */
export const MAX_ROWS = 25;

/**
 * All sessions on one draw of one Application, service and epoch: more than one when the price changed meanwhile.
 * The chain pays a draw once, so of several sessions only the largest amount can be had.
 */
export interface DrawSessions {
  readonly sessions: readonly EarningSession[];
  /** Where the largest amount is, and whatever the draw is paid is booked. */
  readonly best: EarningSession;
}

/** A row that is worth sending. */
export interface Claim {
  readonly draw: DrawSessions;
  readonly row: RedeemRow;
}

/** Most that a session's receipts and its best voucher prove together. */
function provable({ charged, bestVoucher }: EarningSession): bigint {
  return least(charged, bestVoucher?.cumulative ?? 0n);
}

/** Only draws on which something is charged and not paid. */
export function drawsToCollect(sessions: readonly EarningSession[]): readonly DrawSessions[] {
  const draws = new Map<string, EarningSession[]>();
  for (const session of sessions) {
    const { supplier, service, epoch, application, draw } = session.terms;
    const key = [supplier, service, epoch, application, draw].join();
    const known = draws.get(key);
    if (known) known.push(session);
    else draws.set(key, [session]);
  }
  return [...draws.values()]
    .filter((all) => all.some(({ charged, paidOnChain }) => charged > paidOnChain))
    .map((all) => ({
      sessions: all,
      best: all.reduce((one, other) => (provable(other) > provable(one) ? other : one)),
    }));
}

/** Null when the chain would pay nothing. */
export function claimOf(draw: DrawSessions, standing: DrawStanding): Claim | null {
  const { best } = draw;
  // The contract refuses a whole batch for one row above its allowance.
  const amount = least(provable(best), standing.allowance);
  if (best.bestVoucher === null || amount <= standing.paid) return null;
  const { application, price, draw: number } = best.terms;
  return { draw, row: { application, price, draw: number, amount, ...best.bestVoucher } };
}

/** One batch for each service and epoch, or more when there are many rows. */
export function groupClaims(claims: readonly Claim[]): readonly (readonly Claim[])[] {
  const groups = new Map<string, Claim[][]>();
  for (const claim of claims) {
    const { supplier, service, epoch } = claim.draw.best.terms;
    const key = [supplier, service, epoch].join();
    const batches = groups.get(key) ?? [];
    const last = batches.at(-1);
    if (last && last.length < MAX_ROWS) last.push(claim);
    else batches.push([claim]);
    groups.set(key, batches);
  }
  return [...groups.values()].flat();
}

/** @param claims of one service and epoch, at least one */
export function batchOf(first: Claim, claims: readonly Claim[]): RedeemBatch {
  const { supplier, service, epoch } = first.draw.best.terms;
  return { supplier, service, epoch, rows: claims.map(({ row }) => row) };
}

export interface Payment {
  readonly entry: EntryOf<'redeemed'>;
  /** Token units that the ledger did not know of. */
  readonly newlyPaid: bigint;
}

/**
 * What to write down when the chain has paid a draw `totalPaid`; null when all of that is in the ledger.
 * @param transaction null when another run of Lull sent it: the journal knows which
 */
export function paymentOf(
  { sessions, best }: DrawSessions,
  totalPaid: bigint,
  transaction: Hex | null,
  atMs: number,
): Payment | null {
  const known = sessions.reduce((sum, { paidOnChain }) => sum + paidOnChain, 0n);
  const newlyPaid = totalPaid - known;
  if (newlyPaid <= 0n) return null;
  const entry = {
    kind: 'redeemed',
    atMs,
    session: best.session,
    totalPaid: best.paidOnChain + newlyPaid,
    transaction: transaction ?? ZERO_WORD,
  } as const;
  return { entry, newlyPaid };
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
