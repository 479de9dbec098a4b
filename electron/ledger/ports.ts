/** The ledger as the rest of the node sees it. */
import type { EntryOf, LedgerEntry, SessionOpened } from '../protocol/ledger-entries.ts';
import type { Hex } from '../protocol/hex.ts';

export type Role = SessionOpened['role'];

/**
 * `normal` survives a crash of Lull, `full` a power cut as well, and takes everything appended before it along.
 */
export type Durability = 'normal' | 'full';

/** An entry with its place: the numbers rise, and are never given twice. */
export interface LedgerLine<Entry extends LedgerEntry = LedgerEntry> {
  readonly sequence: number;
  readonly entry: Entry;
}

/** Every entry that holds a receipt; a disputed one is evidence and was not paid. */
export type ReceiptEntry = EntryOf<'relay-served' | 'relay-paid' | 'relay-disputed'>;

export interface ReceiptQuery {
  readonly role: Role;
  /** Only lines before this one; null for the newest. */
  readonly beforeSequence: number | null;
  readonly limit: number;
}

/** Every method throws AppError `ledger-unusable` (the details name the file), `disk-full` or `data-folder-unusable`. */
export interface Ledger {
  /** All of them or none. They are on disk, as durably as asked for, when this returns. */
  append(entries: readonly LedgerEntry[], durability: Durability): void;
  /** Oldest first, beginning with the session's terms. */
  entriesOf(role: Role, session: Hex): readonly LedgerEntry[];
  /** Sessions of this epoch and later ones, by epoch, then in the order in which they were opened. */
  openSessions(role: Role, sinceEpoch: number): readonly SessionOpened[];
  /** Null when this role never had such a session. */
  sessionOpened(role: Role, session: Hex): SessionOpened | null;
  /** Newest first. */
  receipts(query: ReceiptQuery): readonly LedgerLine<ReceiptEntry>[];
  /** The receipt for one request; null when there is none yet. */
  receiptOf(role: Role, ref: Hex): LedgerLine<ReceiptEntry> | null;
  /** Everything, oldest first, a page at a time; what is appended meanwhile comes too. */
  all(): Iterable<LedgerLine>;
  /** Told after every append, before it returns. @returns a function that ends it */
  onAppend(listener: (lines: readonly LedgerLine[]) => void): () => void;
  dispose(): void;
}
