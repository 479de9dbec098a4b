/** Whether two nodes and the chain agree to the last unit once everything is settled; every disagreement as a sentence. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Market } from '../../electron/app/compose-market.ts';
import { checksOf } from '../../electron/app/receipt-view.ts';
import type { SessionTotals } from '../../electron/ledger/session-totals.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import type { LedgerEntry, LedgerKind } from '../../electron/protocol/ledger-entries.ts';
import { isGoodReceipt } from '../../electron/protocol/verify-receipt.ts';
import { readChainMoney, type ChainMoney } from './chain-facts.ts';
import { LIFE_FILES, type Facts } from './life-plan.ts';
import type { Nodes } from './nodes.ts';
import { readTestimonies, TESTIMONIES } from './witness.ts';

/** Characters of a mark that are shown. */
const MARK_SHOWN = 66;

export interface Agreement {
  readonly faults: readonly string[];
  readonly facts: Facts;
}

/** @param verified ledger lines up to these had their receipts verified before */
export async function agreementOf(
  nodes: Nodes,
  folder: string,
  verified: readonly [number, number],
): Promise<Agreement> {
  const faults: string[] = [];
  const { hub } = nodes.sides[0].market.network;
  const money = await readChainMoney(nodes.chain, hub);
  const books = [readBook(nodes.sides[0].market), readBook(nodes.sides[1].market)] as const;
  for (const [supplier, application] of [books, [books[1], books[0]]] as const) {
    const pair = { supplier, application, money };
    faults.push(...sessionFaults(pair), ...relayFaults(pair), ...(await moneyFaults(pair)));
  }
  for (const [index, book] of books.entries()) {
    faults.push(...journalFaults(book.market), ...receiptFaults(book, verified[index] ?? 0));
  }
  faults.push(...(await hubFaults(nodes, money)));
  faults.push(...deliveredFaults(books, linesOf(folder, LIFE_FILES.delivered)));
  faults.push(...linesOf(folder, LIFE_FILES.errors));
  faults.push(...testimonyFaults(books, linesOf(folder, LIFE_FILES.witness)));
  const begun = linesOf(folder, LIFE_FILES.engine);
  if (new Set(begun).size !== begun.length) faults.push('an engine answered a question twice');
  const sum = (kind: LedgerKind): number => books[0].refs(kind).length + books[1].refs(kind).length;
  const receipts = [...books[0].served.values(), ...books[1].served.values()];
  const charged = [...books[0].sessions(), ...books[1].sessions()];
  return {
    faults,
    facts: {
      sessions: charged.length,
      asked: sum('relay-sent'),
      receipts: sum('relay-served'),
      void: sum('relay-voided'),
      keptFound: receipts.filter(({ hasFound }) => hasFound).length,
      givenBack: receipts.filter(({ givesBack }) => givesBack).length,
      charged: charged.reduce((total, session) => total + session.charged, 0n).toString(),
      redemptions: money.redemptions,
      verified: [books[0].lastLine, books[1].lastLine],
    },
  };
}

/** One node's ledger, read from the disk line by line. */
interface Book {
  readonly market: Market;
  readonly lastLine: number;
  /** Of every entry of this kind, oldest first. */
  refs(kind: LedgerKind): readonly Hex[];
  /** Line and signature of the receipt, by request. */
  readonly served: ReadonlyMap<Hex, Receipted>;
  readonly paid: ReadonlyMap<Hex, Receipted>;
  /** What was written down and may therefore have left: signatures, requests, transactions. */
  readonly marks: ReadonlySet<string>;
  /** As Supplier. */
  sessions(): readonly SessionTotals[];
}

interface Receipted {
  readonly line: number;
  readonly signature: Hex;
  /** Whether it found a conversation that was kept, and whether it gave back for one that was not. */
  readonly hasFound: boolean;
  readonly givesBack: boolean;
}

function readBook(market: Market): Book {
  const refs = new Map<LedgerKind, Hex[]>();
  const served = new Map<Hex, Receipted>();
  const paid = new Map<Hex, Receipted>();
  const marks = new Set<string>();
  let lastLine = 0;
  for (const { sequence, entry } of market.ledger.all()) {
    lastLine = sequence;
    if (!('ref' in entry)) continue;
    const mark = markOf(entry);
    if (mark !== null) marks.add(`${entry.kind} ${mark}`);
    const known = refs.get(entry.kind);
    if (known) known.push(entry.ref);
    else refs.set(entry.kind, [entry.ref]);
    if (!('signed' in entry)) continue;
    const { receipt, signature } = entry.signed;
    const hasFound = receipt.heldTokens > 0;
    const givesBack = receipt.refundTokenSeconds > 0n;
    const receipted = { line: sequence, signature, hasFound, givesBack };
    if (entry.kind === 'relay-served') served.set(entry.ref, receipted);
    else if (entry.kind === 'relay-paid') paid.set(entry.ref, receipted);
  }
  for (const { raw } of market.journal.list(Number.MAX_SAFE_INTEGER))
    marks.add(`transaction ${raw}`);
  return {
    market,
    lastLine,
    marks,
    served,
    paid,
    refs: (kind) => refs.get(kind) ?? [],
    sessions: () => market.totals.sessions('supplier', 0),
  };
}

interface Pair {
  readonly supplier: Book;
  readonly application: Book;
  readonly money: ChainMoney;
}

function sessionFaults({ supplier, application }: Pair): readonly string[] {
  const theirs = supplier.sessions();
  const known = new Set(theirs.map(({ session }) => session));
  const faults = theirs.flatMap((served) => {
    const asked = application.market.totals.session('application', served.session);
    const name = `session ${served.session}`;
    if (!asked) return [`${name} is unknown to its Application`];
    const both = [
      ['charged', served.charged, asked.charged],
      ['CU', served.settledCu, asked.settledCu],
      ['receipts', served.receipts, asked.receipts],
      ['last number', served.lastSequence, asked.lastSequence],
      ['numbered receipts', served.receipts, served.lastSequence],
      ['paid', served.charged, served.paidOnChain],
      ['open at the Supplier', 0, served.openRelays],
      ['open at the Application', 0, asked.openRelays],
      ['disputed', false, asked.isDisputed],
    ] as const;
    return both
      .filter(([, one, other]) => one !== other)
      .map(([what, one, other]) => `${name}: ${what} ${String(one)} and ${String(other)}`);
  });
  const unheard = application.market.totals
    .sessions('application', 0)
    .filter(({ session, receipts, openRelays }) => !known.has(session) && receipts + openRelays > 0)
    .map(({ session }) => `session ${session} is unknown to its Supplier`);
  return [...faults, ...unheard];
}

function relayFaults({ supplier, application }: Pair): readonly string[] {
  const faults: string[] = [];
  for (const [book, kind] of [
    [supplier, 'relay-accepted'],
    [supplier, 'relay-served'],
    [supplier, 'relay-voided'],
    [application, 'relay-sent'],
    [application, 'relay-paid'],
  ] as const) {
    const refs = book.refs(kind);
    if (new Set(refs).size !== refs.length) faults.push(`a request has two ${kind} entries`);
  }
  const sent = new Set(application.refs('relay-sent'));
  const accepted = new Set(supplier.refs('relay-accepted'));
  const released = new Set(application.refs('relay-released'));
  for (const ref of accepted) {
    if (!sent.has(ref)) faults.push(`${ref} was taken and never sent`);
    const served = supplier.served.get(ref)?.signature;
    const paid = application.paid.get(ref)?.signature;
    if (served === undefined) faults.push(`${ref} was taken and has no receipt`);
    else if (served !== paid) faults.push(`the receipt of ${ref} is not with its Application`);
  }
  for (const ref of supplier.refs('relay-voided')) {
    if (accepted.has(ref)) faults.push(`${ref} is void and was served`);
  }
  for (const ref of sent) {
    if (!application.paid.has(ref) && !released.has(ref)) faults.push(`${ref} has no end`);
    if (application.paid.has(ref) && !supplier.served.has(ref)) faults.push(`${ref} is invented`);
  }
  return faults;
}

async function moneyFaults({ supplier, application, money }: Pair): Promise<readonly string[]> {
  const faults: string[] = [];
  const payer = application.market.owner.address;
  const payee = supplier.market.supplierKey.address;
  const charged = supplier.sessions().reduce((sum, session) => sum + session.charged, 0n);
  const { balance } = await application.market.reader.stakeOf(payer);
  const credit = await supplier.market.reader.creditOf(supplier.market.owner.address);
  const same = [
    ['paid out of the stake', charged, money.paidBy(payer)],
    ['paid to the Supplier', charged, money.paidTo(payee)],
    ['credit', charged, credit],
    ['stake', money.deposited(payer) - charged, balance],
  ] as const;
  for (const [what, wanted, found] of same) {
    if (wanted !== found) faults.push(`${what}: ${String(found)} and not ${String(wanted)}`);
  }
  for (const { session, terms, charged: amount } of supplier.sessions()) {
    const { service, epoch, draw } = terms;
    const { paid } = await supplier.market.reader.drawAt(terms.application, service, epoch, draw);
    if (amount !== paid) faults.push(`session ${session}: the chain paid ${String(paid)}`);
  }
  return faults;
}

async function hubFaults(
  { sides, contracts }: Nodes,
  money: ChainMoney,
): Promise<readonly string[]> {
  const held = await sides[0].market.reader.tokensOf(contracts.hub.address);
  const deposited = sides.reduce(
    (sum, { market }) => sum + money.deposited(market.owner.address),
    0n,
  );
  const faults = [...money.transactions]
    .filter((hash) => !sides.some(({ market }) => market.journal.find(hash)?.state === 'mined'))
    .map((hash) => `${hash} is on the chain and in no journal`);
  if (held !== deposited) faults.push(`the hub holds ${String(held)} of ${String(deposited)}`);
  return faults;
}

function journalFaults({ journal }: Market): readonly string[] {
  const keys = new Set<string>();
  const twice = journal.list(Number.MAX_SAFE_INTEGER).flatMap(({ key, state }) => {
    if (key === null || state !== 'mined') return [];
    const isTwice = keys.has(key);
    keys.add(key);
    return isTwice ? [`"${key}" was mined twice`] : [];
  });
  const pending = journal.pending().map(({ purpose }) => `${purpose} is still pending`);
  return [...twice, ...pending];
}

/** By a library that did not sign them, against what the request allowed and the stream was. */
function receiptFaults({ market, paid }: Book, after: number): readonly string[] {
  return [...paid]
    .filter(([, { line }]) => line > after)
    .filter(([ref]) => !isGoodReceipt(checksOf(market.ledger, ref)))
    .map(([ref]) => `the receipt of ${ref} does not verify`);
}

/** By what a witness knows it. */
function markOf(entry: LedgerEntry): string | null {
  switch (entry.kind) {
    case 'relay-sent':
    case 'relay-accepted':
      return entry.signature;
    case 'relay-served':
      return entry.signed.signature;
    case 'relay-voided':
      return entry.ref;
    default:
      return null;
  }
}

/** Nothing may have left that is not on disk. */
function testimonyFaults(books: readonly Book[], lines: readonly string[]): readonly string[] {
  const seen = readTestimonies(lines);
  return TESTIMONIES.flatMap((what) =>
    (seen.get(what) ?? [])
      .filter((mark) => !books.some(({ marks }) => marks.has(`${what} ${mark}`)))
      .map((mark) => `${what} ${mark.slice(0, MARK_SHOWN)} left and is not written down`),
  );
}

function deliveredFaults(books: readonly Book[], refs: readonly string[]): readonly string[] {
  const known = new Set(books.flatMap(({ paid }): string[] => [...paid.keys()]));
  return refs
    .filter((ref) => !known.has(ref))
    .map((ref) => `the receipt of ${ref} was handed out and is lost`);
}

function linesOf(folder: string, file: string): readonly string[] {
  try {
    const text = readFileSync(path.join(folder, file), 'utf8');
    return text.split('\n').filter((line) => line !== '');
  } catch {
    // No relay has got so far yet.
    return [];
  }
}
