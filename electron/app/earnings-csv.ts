/** Every relay of the ledger as a line of RFC 4180: amounts exact, and nothing that a spreadsheet would run. */
import type { LedgerLine, ReceiptEntry, Role } from '../ledger/ports.ts';
import { PRACTICE_COIN } from '../protocol/practice-terms.ts';
import { finishOf } from '../protocol/finish.ts';
import type { EntryOf, SessionOpened } from '../protocol/ledger-entries.ts';
import type { Hex } from '../protocol/hex.ts';
import { decimalText } from './money-text.ts';

const LINE_END = '\r\n';
/** Spreadsheets take a cell that begins so for a formula, also after spaces, also in full width. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@|%＝＋－＠]/u;
const NEEDS_QUOTES = /[",\r\n]/;

export const CSV_COLUMNS = [
  'time',
  'role',
  'model',
  'prompt tokens',
  'cached tokens',
  'held tokens',
  'output tokens',
  'token-seconds held after',
  'token-seconds refunded',
  'compute units',
  'asset',
  'price per 1000000 compute units',
  'price in smallest units',
  'charged',
  'charged in smallest units',
  'session',
  'epoch',
  'receipt',
  'end',
  'state',
  'paid by transaction',
] as const;

export type CsvRow = Readonly<Record<(typeof CSV_COLUMNS)[number], string>>;

/** The terms under which a receipt was made. */
export type FindSession = (role: Role, session: Hex) => SessionOpened;

/** What the chain paid on a session, in the order in which it was seen. */
export type Payments = ReadonlyMap<Hex, readonly EntryOf<'redeemed'>[]>;

/** The first line. */
export function csvHead(): string {
  return csvLine(CSV_COLUMNS);
}

/** One relay. */
export function csvRelay(
  { entry }: LedgerLine<ReceiptEntry>,
  find: FindSession,
  payments: Payments,
): string {
  const row = csvRow(entry, find, payments);
  return csvLine(CSV_COLUMNS.map((column) => row[column]));
}

function csvRow(entry: ReceiptEntry, find: FindSession, payments: Payments): CsvRow {
  const role = entry.kind === 'relay-served' ? 'supplier' : 'application';
  const { terms, model } = find(role, entry.session);
  const { receipt } = entry.signed;
  const { symbol, decimals } = PRACTICE_COIN;
  const payment = role === 'supplier' ? paymentOf(entry, payments) : null;
  return {
    time: new Date(entry.atMs).toISOString(),
    role,
    model: model.name,
    'prompt tokens': String(receipt.promptTokens),
    'cached tokens': String(receipt.cachedTokens),
    'held tokens': String(receipt.heldTokens),
    'output tokens': String(receipt.outputTokens),
    'token-seconds held after': String(receipt.heldTokenSeconds),
    'token-seconds refunded': String(receipt.refundTokenSeconds),
    'compute units': String(receipt.cu),
    asset: symbol,
    'price per 1000000 compute units': decimalText(terms.price, decimals),
    'price in smallest units': String(terms.price),
    charged: decimalText(receipt.charged, decimals),
    'charged in smallest units': String(receipt.charged),
    session: entry.session,
    epoch: String(terms.epoch),
    receipt: entry.ref,
    end: finishOf(receipt.finish) ?? 'failed',
    state: stateOf(entry, payment),
    // A payment that another run of Lull sent has no transaction here.
    'paid by transaction': payment && BigInt(payment.transaction) !== 0n ? payment.transaction : '',
  };
}

/** The first payment that reached this receipt's total. */
function paymentOf(entry: ReceiptEntry, payments: Payments): EntryOf<'redeemed'> | null {
  const total = entry.signed.receipt.totalCharged;
  return payments.get(entry.session)?.find(({ totalPaid }) => totalPaid >= total) ?? null;
}

function stateOf({ kind }: ReceiptEntry, payment: EntryOf<'redeemed'> | null): string {
  switch (kind) {
    case 'relay-served':
      return payment ? 'paid' : 'waiting';
    case 'relay-paid':
      return 'by voucher';
    case 'relay-disputed':
      return 'disputed, not paid';
  }
}

/** @returns a whole line with its end */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}${LINE_END}`;
}

/** An apostrophe before what looks like a formula makes it text everywhere. */
export function csvCell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(plain) || plain !== text ? `"${plain.replaceAll('"', '""')}"` : plain;
}
