import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import type { Ledger } from '../../../electron/ledger/ports.ts';
import { createSqliteLedger } from '../../../electron/ledger/sqlite-ledger.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import type { LedgerEntry } from '../../../electron/protocol/ledger-entries.ts';
import {
  acceptedOn,
  openedBy,
  paidOn,
  redeemedOn,
  sentOn,
  servedOn,
  signedOn,
  START_MS,
  wordOf,
} from '../../fakes/ledger-values.ts';
import { createMemoryLog, type MemoryLog } from '../../fakes/memory-log.ts';

let folder = '';
let path = '';
let log: MemoryLog;
let open: Ledger[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-ledger-'));
  path = join(folder, 'ledger.sqlite');
  log = createMemoryLog();
});

afterEach(() => {
  for (const ledger of open) ledger.dispose();
  open = [];
  rmSync(folder, { recursive: true });
});

function openLedger(file = path): Ledger {
  const ledger = createSqliteLedger(openLedgerDatabase(file), log);
  open.push(ledger);
  return ledger;
}

function failureOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const asSupplier = openedBy('supplier');
const asApplication = openedBy('application');
const { session } = asSupplier;
const first = { sequence: 1, charged: 7n, totalCharged: 7n };
const relay = { atMs: START_MS, session, ref: wordOf(3) };

/** One of every kind. */
const EVERYTHING: readonly LedgerEntry[] = [
  asSupplier,
  acceptedOn(session, 1, 2n ** 96n - 1n),
  servedOn(session, 1, first),
  { kind: 'relay-voided', ...relay },
  redeemedOn(session, 7n),
  asApplication,
  sentOn(session, 1, 10n),
  paidOn(session, 1, first),
  { kind: 'relay-released', ...relay, reason: 'queue-full' },
  { kind: 'relay-disputed', ...relay, signed: signedOn(session, 3, first), fault: 'wrong sums' },
];

function fill(file = path): void {
  const ledger = openLedger(file);
  ledger.append(EVERYTHING, 'full');
  ledger.dispose();
}

describe('the ledger on disk', () => {
  it('gives back every kind of entry as it was, after a restart', () => {
    fill();
    const ledger = openLedger();
    expect([...ledger.all()].map(({ entry }) => entry)).toEqual(EVERYTHING);
    expect(ledger.entriesOf('supplier', session)).toEqual(EVERYTHING.slice(0, 5));
    expect(ledger.entriesOf('application', session)).toEqual(EVERYTHING.slice(5));
    expect(ledger.sessionOpened('application', session)).toEqual(asApplication);
    expect(ledger.sessionOpened('supplier', wordOf(99))).toBeNull();
  });

  it('keeps the order of appends of both kinds, through more than one page', () => {
    const ledger = openLedger();
    ledger.append([asSupplier], 'full');
    for (let ref = 1; ref <= 1_100; ref++) {
      ledger.append([acceptedOn(session, ref, BigInt(ref))], ref % 3 === 0 ? 'full' : 'normal');
    }
    const lines = [...ledger.all()];
    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_line, index) => index + 1));
    const refs = lines.slice(1).map(({ entry }) => ('ref' in entry ? Number(entry.ref) : 0));
    expect(refs).toEqual(refs.map((_ref, index) => index + 1));
  });

  it('finds the sessions of an epoch and later ones', () => {
    const ledger = openLedger();
    const at = (epoch: number) => openedBy('supplier', { epoch });
    ledger.append([at(7), at(5), at(6), openedBy('application', { epoch: 8 })], 'normal');
    expect(ledger.openSessions('supplier', 6)).toEqual([at(6), at(7)]);
    expect(ledger.openSessions('application', 0)).toHaveLength(1);
  });

  it('lists receipts newest first, page by page, and finds one by its request', () => {
    const ledger = openLedger();
    const served = [1, 2, 3, 4, 5].map((ref) =>
      servedOn(session, ref, { ...first, sequence: ref }),
    );
    ledger.append([asSupplier, ...served, asApplication, paidOn(session, 9, first)], 'normal');
    const page = ledger.receipts({ role: 'supplier', beforeSequence: null, limit: 3 });
    expect(page.map(({ entry }) => Number(entry.ref))).toEqual([5, 4, 3]);
    const beforeSequence = page.at(-1)?.sequence ?? 0;
    const rest = ledger.receipts({ role: 'supplier', beforeSequence, limit: 3 });
    expect(rest.map(({ entry }) => Number(entry.ref))).toEqual([2, 1]);
    expect(ledger.receiptOf('supplier', wordOf(2))?.entry).toEqual(served[1]);
    expect(ledger.receiptOf('application', wordOf(2))).toBeNull();
  });

  it('tells listeners after the append, and is not disturbed by one that fails', () => {
    const ledger = openLedger();
    const told: number[] = [];
    ledger.onAppend(() => {
      throw new Error('cannot follow');
    });
    const stop = ledger.onAppend((lines) => {
      expect(ledger.entriesOf('supplier', session)).toHaveLength(lines.length);
      told.push(...lines.map(({ sequence }) => sequence));
    });
    ledger.append([asSupplier, acceptedOn(session, 1, 1n)], 'full');
    stop();
    ledger.append([acceptedOn(session, 2, 2n)], 'full');
    ledger.append([], 'full');
    expect(told).toEqual([1, 2]);
    expect(log.lines.filter((line) => line.includes('cannot follow'))).toHaveLength(2);
  });

  it('can neither be changed nor shortened, not even by SQL', () => {
    fill();
    const raw = new DatabaseSync(path);
    expect(() => raw.exec("UPDATE entry SET json = '{}'")).toThrow('append-only');
    expect(() => raw.exec('DELETE FROM entry WHERE sequence = 1')).toThrow('append-only');
    raw.close();
    expect([...openLedger().all()]).toHaveLength(EVERYTHING.length);
  });

  it('writes all entries of an append or none', () => {
    const ledger = openLedger();
    const bad = { ...acceptedOn(session, 2, 1n), cumulative: -1n };
    expect(() => ledger.append([asSupplier, bad], 'full')).toThrow();
    expect([...ledger.all()]).toEqual([]);
  });

  it('leaves nothing behind of an append that failed half-way, and goes on', () => {
    fill();
    const raw = new DatabaseSync(path);
    raw.exec(`CREATE TRIGGER bad BEFORE INSERT ON entry WHEN NEW.ref = '${wordOf(66)}'
      BEGIN SELECT RAISE (ABORT, 'not this one'); END`);
    raw.close();
    const ledger = openLedger();
    const pair = [acceptedOn(session, 65, 1n), acceptedOn(session, 66, 1n)];
    for (const durability of ['normal', 'full'] as const) {
      const failure = failureOf(() => ledger.append(pair, durability));
      expect(failure.code).toBe('ledger-unusable');
      expect(failure.details).toContain(path);
      expect([...ledger.all()]).toHaveLength(EVERYTHING.length);
    }
    ledger.append([acceptedOn(session, 67, 1n)], 'full');
    expect([...ledger.all()]).toHaveLength(EVERYTHING.length + 1);
  });

  it('is readable by its owner only, with all its files', () => {
    const ledger = openLedger();
    ledger.append(EVERYTHING, 'normal');
    expect(readdirSync(folder).sort()).toEqual([
      'ledger.sqlite',
      'ledger.sqlite-shm',
      'ledger.sqlite-wal',
    ]);
    for (const file of readdirSync(folder)) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('of one node does not hold what another one wrote', () => {
    const other = openLedger(join(folder, 'neighbour.sqlite'));
    const mine = openLedger();
    mine.append([asSupplier], 'full');
    other.append([asApplication, sentOn(session, 1, 3n)], 'full');
    expect([...mine.all()]).toHaveLength(1);
    expect(mine.entriesOf('application', session)).toEqual([]);
    expect(other.entriesOf('application', session)).toHaveLength(2);
  });
});

describe('a ledger in trouble', () => {
  const damages: readonly (readonly [string, () => void])[] = [
    ['text that is no database', () => writeFileSync(path, 'this is not a database'.repeat(100))],
    ['a damaged header', () => damage(0, 64)],
    ['damaged pages', () => damage(4_096, 12_288)],
    ['a file cut short', () => truncateSync(path, 9_000)],
  ];

  it.each(damages)('refuses %s, names the file and leaves every byte', (_what, spoil) => {
    fill();
    spoil();
    const before = readFileSync(path);
    const failure = failureOf(() => openLedger());
    expect(failure.code).toBe('ledger-unusable');
    expect(failure.details).toContain(path);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['ledger.sqlite']);
  });

  it.each([
    ['empty', () => truncateSync(path, 0)],
    ['gone', () => rmSync(path)],
  ])('keeps the log when the file itself is %s', (_what, spoil) => {
    openLedger().append(EVERYTHING, 'full');
    // As a crash leaves it: a copy of what is on disk while it is open.
    const files = readdirSync(folder).map(
      (name) => [name, readFileSync(join(folder, name))] as const,
    );
    open.pop()?.dispose();
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    spoil();
    const before = readFileSync(`${path}-wal`);
    expect(before.length).toBeGreaterThan(0);
    expect(failureOf(() => openLedger()).code).toBe('ledger-unusable');
    expect(readFileSync(`${path}-wal`).equals(before)).toBe(true);
  });

  it.each([
    ['JSON of no entry', '{"kind":"redeemed"}'],
    ['half a line', '{"kind":'],
    [
      'an amount that is no amount',
      JSON.stringify({ ...redeemedOn(session, 1n), totalPaid: '01' }),
    ],
  ])('names an entry that is %s, and reads the others', (_what, json) => {
    fill();
    const raw = new DatabaseSync(path);
    const bad = raw
      .prepare(
        "INSERT INTO entry (kind, role, session, at_ms, json) VALUES ('redeemed', 'supplier', ?, 0, ?)",
      )
      .run(wordOf(77), json).lastInsertRowid;
    raw.close();
    const ledger = openLedger();
    const failure = failureOf(() => ledger.entriesOf('supplier', wordOf(77)));
    expect(failure.code).toBe('ledger-unusable');
    expect(failure.details).toContain(`${path}: entry ${bad} `);
    expect(failureOf(() => [...ledger.all()]).code).toBe('ledger-unusable');
    expect(ledger.entriesOf('supplier', session)).toHaveLength(5);
    ledger.append([acceptedOn(session, 5, 5n)], 'full');
    expect(ledger.entriesOf('supplier', session)).toHaveLength(6);
  });

  it.each(['normal', 'full'] as const)(
    'says that the disk is full, keeps what was there, and goes on (%s)',
    (durability) => {
      fill();
      const database = openLedgerDatabase(path);
      const ledger = createSqliteLedger(database, log);
      open.push(ledger);
      const used = database[durability];
      const pages = Number(used.prepare('PRAGMA page_count').get()?.['page_count']);
      used.exec(`PRAGMA max_page_count = ${pages}`);
      const many = Array.from({ length: 200 }, (_entry, index) => acceptedOn(session, index, 1n));
      expect(failureOf(() => ledger.append(many, durability)).code).toBe('disk-full');
      expect([...ledger.all()]).toHaveLength(EVERYTHING.length);
      used.exec('PRAGMA max_page_count = 100000');
      ledger.append(many, durability);
      expect([...ledger.all()]).toHaveLength(EVERYTHING.length + 200);
    },
  );

  it('refuses a file of a newer Lull, and a folder that is not there', () => {
    fill();
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 999');
    raw.close();
    expect(failureOf(() => openLedger()).code).toBe('data-folder-unusable');
    expect(failureOf(() => openLedger(join(folder, 'absent', 'ledger.sqlite'))).code).toBe(
      'data-folder-unusable',
    );
  });

  /** Overwrites bytes of the closed database. */
  function damage(from: number, to: number): void {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, from, Math.min(to, bytes.length));
    writeFileSync(path, bytes);
  }
});
