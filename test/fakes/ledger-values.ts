/** Entries of a ledger, made from a few numbers. */
import { DEFAULT_WEIGHTS } from '../../electron/protocol/cu.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import type { EntryOf, SessionOpened } from '../../electron/protocol/ledger-entries.ts';
import type { Receipt, SignedReceipt } from '../../electron/protocol/receipt.ts';
import { sessionId, type Session } from '../../electron/protocol/session.ts';

export const START_MS = 1_800_000_000_000;

/** @param bytes how many; the number fills the last ones */
export function hexOf(number: number, bytes: number): Hex {
  return `0x${number.toString(16).padStart(bytes * 2, '0')}`;
}

export const wordOf = (number: number): Hex => hexOf(number, 32);
export const addressOf = (number: number): Hex => hexOf(number, 20);
export const signatureOf = (number: number): Hex => hexOf(number, 64);

export function termsOf(over: Partial<Session> = {}): Session {
  return {
    chainId: 31_337n,
    hub: addressOf(1),
    application: addressOf(2),
    service: wordOf(3),
    epoch: 41_666,
    draw: 0,
    supplier: addressOf(4),
    price: 200_000n,
    ...over,
  };
}

export function openedBy(
  role: SessionOpened['role'],
  over: Partial<Session> = {},
  atMs = START_MS,
): SessionOpened {
  const terms = termsOf(over);
  return {
    kind: 'session-opened',
    atMs,
    role,
    session: sessionId(terms),
    terms,
    model: {
      name: 'starter',
      ggufSha256: wordOf(5),
      source: addressOf(6),
      weights: DEFAULT_WEIGHTS,
      price: terms.price,
      profile: wordOf(7),
      contextTokens: 2_048,
    },
    peerKey: wordOf(8),
  };
}

export function acceptedOn(
  session: Hex,
  ref: number,
  cumulative: bigint,
  atMs = START_MS,
): EntryOf<'relay-accepted'> {
  const voucher = { cumulative, signature: signatureOf(ref) };
  return {
    kind: 'relay-accepted',
    atMs,
    session,
    ref: wordOf(ref),
    ...voucher,
    maxCu: 1_000n,
  };
}

export function sentOn(
  session: Hex,
  ref: number,
  cumulative: bigint,
  atMs = START_MS,
): EntryOf<'relay-sent'> {
  const { maxCu, signature } = acceptedOn(session, ref, cumulative);
  const rest = { cumulative, signature, maxCu, deadlineMs: BigInt(atMs) + 60_000n };
  return { kind: 'relay-sent', atMs, session, ref: wordOf(ref), ...rest };
}

export interface Charge {
  readonly sequence: number;
  readonly charged: bigint;
  readonly totalCharged: bigint;
}

export function signedOn(session: Hex, ref: number, charge: Charge): SignedReceipt {
  const receipt: Receipt = {
    session,
    ref: wordOf(ref),
    ...charge,
    cumulative: charge.totalCharged,
    responseHash: wordOf(9),
    modelSha256: wordOf(5),
    profile: wordOf(7),
    promptTokens: 20,
    cachedTokens: 5,
    outputTokens: 30,
    heldTokens: 0,
    heldTokenSeconds: 0n,
    refundTokenSeconds: 0n,
    owedTokenSeconds: 0n,
    // At a price of 1,000,000 a CU costs one token unit.
    cu: charge.charged,
    totalCu: charge.totalCharged,
    finish: 0,
    queuedMs: 1,
    firstTokenMs: 2,
    totalMs: 3,
    endedAtMs: BigInt(START_MS),
  };
  return { receipt, signature: signatureOf(ref) };
}

export function servedOn(
  session: Hex,
  ref: number,
  charge: Charge,
  atMs = START_MS,
): EntryOf<'relay-served'> {
  const signed = signedOn(session, ref, charge);
  return { kind: 'relay-served', atMs, session, ref: wordOf(ref), signed };
}

export function paidOn(
  session: Hex,
  ref: number,
  charge: Charge,
  atMs = START_MS,
): EntryOf<'relay-paid'> {
  const signed = signedOn(session, ref, charge);
  const seen = { seenHash: wordOf(9), firstTextMs: 12 };
  return { kind: 'relay-paid', atMs, session, ref: wordOf(ref), signed, ...seen };
}

export function redeemedOn(session: Hex, totalPaid: bigint, atMs = START_MS): EntryOf<'redeemed'> {
  return { kind: 'redeemed', atMs, session, totalPaid, transaction: wordOf(10) };
}
