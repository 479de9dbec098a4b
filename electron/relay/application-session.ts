/** One session as its Application knows it: what the ledger says, and what is under way in this process. */
import { chargeOf } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import type { EntryOf, LedgerEntry, SessionOpened } from '../protocol/ledger-entries.ts';
import { holdOf, refundDue, usesHold, type Hold } from '../protocol/hold.ts';
import type { Receipt, SignedReceipt } from '../protocol/receipt.ts';
import type { Session } from '../protocol/session.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import { coverOf } from './cover.ts';
import type { Durability, RelayLedger } from './ports.ts';

export type Sent = EntryOf<'relay-sent'>;

export type SentRelay =
  | { readonly state: 'sent'; readonly sent: Sent }
  /** Refused, or void: a Supplier that served it all the same shows it by a receipt. */
  | { readonly state: 'released'; readonly sent: Sent }
  | { readonly state: 'paid'; readonly sent: Sent; readonly signed: SignedReceipt }
  | { readonly state: 'disputed'; readonly sent: Sent };

/** Token units. */
export interface Exposure {
  readonly charged: bigint;
  /** Set aside for relays in flight and of unknown fate. */
  readonly reserved: bigint;
  /** The most that a Supplier could take beyond what is charged: its best voucher, misused. */
  readonly worstLoss: bigint;
}

export interface Neighbours {
  /** With the same number. */
  readonly twin: Receipt | null;
  /** With the next lower number that is known. */
  readonly below: Receipt | null;
  readonly above: Receipt | null;
}

export interface ApplicationSession {
  readonly id: Hex;
  readonly opened: SessionOpened;
  readonly terms: Session;
  readonly model: ServedModel;
  readonly isDisputed: boolean;
  /** Where the Supplier was met last. */
  peerKey: Hex;
  /** Whether the Supplier's sums were seen to differ from ours. */
  isBehind: boolean;
  /** The highest voucher given; null before the first. */
  readonly best: Sent | null;
  /** Relays whose streams this process is reading, so that their fate is not asked for. */
  readonly active: Set<Hex>;
  /** Sequence numbers up to `last` that no receipt was seen for. */
  missingBefore(last: number): boolean;
  /** The right receipts that stand beside one with this number. */
  neighbours(sequence: number): Neighbours;
  relay(ref: Hex): SentRelay | null;
  /** What the relay that this one names had bought; null when it names none. */
  holdFor(ref: Hex): Hold | null;
  /** Token-seconds owed because a relay did not find all of what was bought for it. */
  dueFor(receipt: Receipt): bigint;
  /** Whether no relay went on from that hold, or may have done so. */
  isHoldFree(ref: Hex): boolean;
  /** Sent, without a receipt, and not being read. */
  lostRefs(): readonly Hex[];
  /** Given back on a refusal, which binds nobody. */
  refusedRefs(): readonly Hex[];
  /** Most CU that relays without a receipt can still be charged for, given-back ones included. */
  openCu(except: Hex): bigint;
  /** Sets `maxCu` aside. @returns what a voucher must cover then, in token units, and how to undo it */
  reserve(maxCu: bigint): { readonly cumulative: bigint; release(): void };
  exposure(): Exposure;
  /** Writes first, then knows. @throws AppError when it could not be written; then nothing changed */
  append(entries: readonly LedgerEntry[], durability: Durability): void;
}

/** @param entries of this session in the Application's role; none when its opening is yet to be written */
export function createApplicationSession(
  opened: SessionOpened,
  entries: readonly LedgerEntry[],
  ledger: RelayLedger,
): ApplicationSession {
  const { terms, model, session: id } = opened;
  const relays = new Map<Hex, SentRelay>();
  const receipts = new Map<number, Receipt>();
  const active = new Set<Hex>();
  const waiting = new Set<Hex>();
  const refused = new Set<Hex>();
  /** The relay that went on from each hold last, by the relay that bought it. */
  const followers = new Map<Hex, Hex>();
  const sums = { settledCu: 0n, sentCu: 0n, openCu: 0n, signingCu: 0n, isDisputed: false };
  let highest = 0;
  let best: Sent | null = null;

  function apply(entry: LedgerEntry): void {
    if (entry.kind === 'relay-sent') {
      relays.set(entry.ref, { state: 'sent', sent: entry });
      waiting.add(entry.ref);
      if (entry.follows !== undefined) followers.set(entry.follows, entry.ref);
      sums.sentCu += entry.maxCu;
      sums.openCu += entry.maxCu;
      if (best === null || entry.cumulative > best.cumulative) best = entry;
      return;
    }
    const before = 'ref' in entry ? relays.get(entry.ref) : undefined;
    if (before !== undefined) resolve(entry, before);
  }

  function resolve(entry: LedgerEntry, before: SentRelay): void {
    const { sent } = before;
    if (waiting.delete(sent.ref)) sums.sentCu -= sent.maxCu;
    refused.delete(sent.ref);
    if (entry.kind === 'relay-paid') {
      const { receipt } = entry.signed;
      relays.set(sent.ref, { state: 'paid', sent, signed: entry.signed });
      receipts.set(receipt.sequence, receipt);
      highest = Math.max(highest, receipt.sequence);
      sums.settledCu += receipt.cu;
      sums.openCu -= sent.maxCu;
    } else if (entry.kind === 'relay-released') {
      relays.set(sent.ref, { state: 'released', sent });
      if (entry.reason !== 'void') refused.add(sent.ref);
    } else if (entry.kind === 'relay-disputed') {
      if (before.state !== 'paid') relays.set(sent.ref, { state: 'disputed', sent });
      sums.isDisputed = true;
    }
  }

  /** The nearest known number in one direction; a session's receipts are dense, so it is mostly the next. */
  function nearest(from: number, step: 1 | -1): Receipt | null {
    for (let number = from + step; number > 0 && number <= highest; number += step) {
      const found = receipts.get(number);
      if (found !== undefined) return found;
    }
    return null;
  }

  function holdFor(ref: Hex): Hold | null {
    const follows = relays.get(ref)?.sent.follows;
    const bought = follows === undefined ? undefined : relays.get(follows);
    return bought?.state === 'paid' ? holdOf(bought.signed.receipt) : null;
  }

  const inFlightCu = (): bigint => sums.sentCu + sums.signingCu;
  const cover = (maxCu: bigint): bigint =>
    coverOf({ settledCu: sums.settledCu, inFlightCu: inFlightCu(), price: terms.price }, maxCu);

  entries.forEach(apply);
  return {
    id,
    opened,
    terms,
    model,
    active,
    peerKey: opened.peerKey,
    isBehind: false,
    get isDisputed() {
      return sums.isDisputed;
    },
    get best() {
      return best;
    },
    relay: (ref) => relays.get(ref) ?? null,
    missingBefore: (last) => receipts.size < last,
    neighbours: (sequence) => ({
      twin: receipts.get(sequence) ?? null,
      below: nearest(Math.min(sequence, highest + 1), -1),
      above: nearest(sequence, 1),
    }),
    holdFor,
    dueFor: (receipt) => refundDue(receipt, holdFor(receipt.ref)),
    isHoldFree(ref) {
      const follower = followers.get(ref);
      const relay = follower === undefined ? undefined : relays.get(follower);
      if (relay?.state === 'paid') return !usesHold(relay.signed.receipt);
      return relay === undefined || relay.state === 'released';
    },
    lostRefs: () => [...waiting].filter((ref) => !active.has(ref)),
    refusedRefs: () => [...refused],
    openCu(except) {
      const relay = relays.get(except);
      const own = relay === undefined || relay.state === 'paid' ? 0n : relay.sent.maxCu;
      return sums.openCu - own;
    },
    reserve(maxCu) {
      const cumulative = cover(maxCu);
      sums.signingCu += maxCu;
      return {
        cumulative,
        release: () => {
          sums.signingCu -= maxCu;
        },
      };
    },
    exposure() {
      const charged = chargeOf(sums.settledCu, terms.price);
      const reserved = cover(0n) - charged;
      const given = (best?.cumulative ?? 0n) - charged;
      return { charged, reserved, worstLoss: given > reserved ? given : reserved };
    },
    append(fresh, durability) {
      ledger.append(fresh, durability);
      fresh.forEach(apply);
    },
  };
}
