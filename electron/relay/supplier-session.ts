/** One session as its Supplier knows it: nothing but what the ledger says, entry by entry. */
import { chargeOf } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry, SessionOpened } from '../protocol/ledger-entries.ts';
import type { SignedReceipt } from '../protocol/receipt.ts';
import type { Session } from '../protocol/session.ts';
import { holdOf, usesHold, type Hold } from '../protocol/hold.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { HoldTerms } from '../protocol/wire-relay.ts';
import { bestOf, type Commitment } from './cover.ts';
import type { Durability, RelayLedger } from './ports.ts';
import { createSerial, type Serial } from './serial.ts';

export interface RunningRelay extends HoldTerms {
  readonly state: 'running';
  readonly maxCu: bigint;
  readonly cumulative: bigint;
  readonly signature: Hex;
}

export type RelayRecord =
  | RunningRelay
  | {
      readonly state: 'settled';
      readonly signed: SignedReceipt;
      readonly cumulative: bigint;
      readonly signature: Hex;
    }
  | { readonly state: 'voided' };

export interface SupplierSession {
  readonly id: Hex;
  readonly terms: Session;
  readonly model: ServedModel;
  /** Who opened it. */
  readonly peerKey: Hex;
  /** One settlement after the other, so that sequence numbers and totals follow each other. */
  readonly serial: Serial;
  readonly bestCumulative: bigint;
  readonly lastReceipt: SignedReceipt | null;
  readonly charged: bigint;
  readonly voided: number;
  commitment(): Commitment;
  record(ref: Hex): RelayRecord | null;
  runningRefs(): readonly Hex[];
  /** What a settled relay bought; null when it bought nothing, or there is no such relay. */
  holdOf(ref: Hex): Hold | null;
  /** Whether a relay went on from that hold already, or does so now. */
  isHoldTaken(ref: Hex): boolean;
  /** Whether exactly this voucher was taken with a relay. */
  holds(voucher: {
    readonly ref: Hex;
    readonly cumulative: bigint;
    readonly signature: Hex;
  }): boolean;
  /** Writes first, then knows. @throws AppError when it could not be written; then nothing changed */
  append(entries: readonly LedgerEntry[], durability: Durability): void;
}

/** @param entries of this session in the Supplier's role; none for a new one, whose opening is yet to be written */
export function createSupplierSession(
  opened: SessionOpened,
  entries: readonly LedgerEntry[],
  ledger: RelayLedger,
): SupplierSession {
  const { terms } = opened;
  const records = new Map<Hex, RelayRecord>();
  const running = new Set<Hex>();
  /** The relay that went on from each hold last, by the relay that bought it. */
  const followers = new Map<Hex, Hex>();
  const sums = { settledCu: 0n, inFlightCu: 0n, best: 0n, voided: 0 };
  let lastReceipt: SignedReceipt | null = null;

  function apply(entry: LedgerEntry): void {
    if (entry.kind === 'relay-accepted') {
      const { ref, maxCu, cumulative, signature, holdSeconds = 0, follows = null } = entry;
      const asked = { maxCu, cumulative, signature, holdSeconds, follows };
      records.set(ref, { state: 'running', ...asked });
      if (follows !== null) followers.set(follows, ref);
      running.add(ref);
      sums.inFlightCu += maxCu;
      sums.best = bestOf(sums.best, cumulative);
    } else if (entry.kind === 'relay-served') {
      const before = records.get(entry.ref);
      if (before?.state !== 'running') throw new Error('a receipt for a relay that does not run');
      const { cumulative, signature } = before;
      records.set(entry.ref, { state: 'settled', signed: entry.signed, cumulative, signature });
      running.delete(entry.ref);
      sums.inFlightCu -= before.maxCu;
      sums.settledCu += entry.signed.receipt.cu;
      lastReceipt = entry.signed;
    } else if (entry.kind === 'relay-voided') {
      records.set(entry.ref, { state: 'voided' });
      sums.voided += 1;
    }
  }

  entries.forEach(apply);
  return {
    id: opened.session,
    terms,
    model: opened.model,
    peerKey: opened.peerKey,
    serial: createSerial(),
    get bestCumulative() {
      return sums.best;
    },
    get lastReceipt() {
      return lastReceipt;
    },
    get charged() {
      return chargeOf(sums.settledCu, terms.price);
    },
    get voided() {
      return sums.voided;
    },
    commitment: () => ({
      settledCu: sums.settledCu,
      inFlightCu: sums.inFlightCu,
      price: terms.price,
    }),
    record: (ref) => records.get(ref) ?? null,
    runningRefs: () => [...running],
    holdOf(ref) {
      const record = records.get(ref);
      return record?.state === 'settled' ? holdOf(record.signed.receipt) : null;
    },
    isHoldTaken(ref) {
      const follower = followers.get(ref);
      const record = follower === undefined ? undefined : records.get(follower);
      if (record?.state === 'settled') return usesHold(record.signed.receipt);
      return record?.state === 'running';
    },
    holds({ ref, cumulative, signature }) {
      const found = records.get(ref);
      if (found === undefined || found.state === 'voided') return false;
      return found.cumulative === cumulative && found.signature === signature;
    },
    append(fresh, durability) {
      ledger.append(fresh, durability);
      fresh.forEach(apply);
    },
  };
}
