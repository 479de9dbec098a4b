/** The table of everything: exact amounts, RFC 4180, and nothing that a spreadsheet would run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvCell, csvLine, CSV_COLUMNS } from '../../../electron/app/earnings-csv.ts';
import { exportEarnings } from '../../../electron/app/earnings-export.ts';
import { decimalText } from '../../../electron/app/money-text.ts';
import { createTotals } from '../../../electron/ledger/totals.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import type { LedgerEntry } from '../../../electron/protocol/ledger-entries.ts';
import {
  openedBy,
  paidOn,
  redeemedOn,
  servedOn,
  signedOn,
  START_MS,
  wordOf,
} from '../../fakes/ledger-values.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-csv-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Reads RFC 4180 as another program would. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === ',') {
      row.push(cell);
      cell = '';
    } else if (sign === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      at += 1;
    } else cell += sign;
  }
  expect(isQuoted).toBe(false);
  expect(cell).toBe('');
  return rows;
}

function bookOf(entries: readonly LedgerEntry[]) {
  const totals = createTotals(() => 0);
  for (const entry of entries) totals.apply(entry);
  const lines = entries.map((entry, index) => ({ sequence: index + 1, entry }));
  return { totals, ledger: { all: () => lines } };
}

async function exported(entries: readonly LedgerEntry[]) {
  const { ledger, totals } = bookOf(entries);
  const path = join(folder, 'lull.csv');
  const { relays } = await exportEarnings(ledger, totals, path);
  const [head = [], ...rows] = parseCsv(readFileSync(path, 'utf8'));
  expect(head).toEqual([...CSV_COLUMNS]);
  expect(rows).toHaveLength(relays);
  return rows.map((row) => {
    expect(row).toHaveLength(CSV_COLUMNS.length);
    return new Map(CSV_COLUMNS.map((column, index) => [column, row[index] ?? '']));
  });
}

describe('a cell', () => {
  it('comes back as it was, whatever is in it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', 'ü', '1') });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (cells) => {
        expect(parseCsv(csvLine(cells))).toEqual([cells]);
      }),
    );
  });

  it('that a spreadsheet would run is text with an apostrophe, and otherwise the same', () => {
    const start = fc.constantFrom('=', '+', '-', '@', '\t=', ' =', '\r+', '\n@', '|', '%', '＝');
    fc.assert(
      fc.property(start, fc.string({ unit: 'grapheme' }), (sign, rest) => {
        const text = `${sign}${rest}`;
        expect(parseCsv(`${csvCell(text)}\r\n`)).toEqual([[`'${text}`]]);
      }),
    );
    expect(csvCell('=HYPERLINK("http://x","y")')).toBe(`"'=HYPERLINK(""http://x"",""y"")"`);
    expect(csvCell('Qwen3 4B')).toBe('Qwen3 4B');
  });
});

describe('an amount', () => {
  it('loses no digit on its way to text and back', () => {
    const units = fc.bigInt({ min: -(2n ** 96n), max: 2n ** 96n });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 18 }), (amount, decimals) => {
        const text = decimalText(amount, decimals);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const back = BigInt(whole + fraction.padEnd(decimals, '0'));
        expect(text.startsWith('-') ? -back : back).toBe(amount);
      }),
    );
  });
});

describe('the export', () => {
  const opened = openedBy('supplier');
  const asked = openedBy('application', { draw: 1 });
  const one = { sequence: 1, charged: 389n, totalCharged: 389n };
  const two = { sequence: 2, charged: 11n, totalCharged: 400n };

  it('has a line for every relay, down to receipt and transaction', async () => {
    const rows = await exported([
      opened,
      servedOn(opened.session, 1, one),
      servedOn(opened.session, 2, two, START_MS + 1_000),
      redeemedOn(opened.session, 389n),
      asked,
      paidOn(asked.session, 3, one),
    ]);
    expect(rows.map((row) => row.get('state'))).toEqual(['paid', 'waiting', 'by voucher']);
    expect(rows.map((row) => row.get('paid by transaction'))).toEqual([wordOf(10), '', '']);
    expect(rows[1]?.get('time')).toBe(new Date(START_MS + 1_000).toISOString());
    const first = rows[0];
    expect(first?.get('charged')).toBe('0.000389');
    expect(first?.get('charged in smallest units')).toBe('389');
    expect(first?.get('price per 1000000 compute units')).toBe('0.2');
    expect(first?.get('receipt')).toBe(wordOf(1));
    expect(first?.get('session')).toBe(opened.session);
    expect(rows.map((row) => row.get('role'))).toEqual(['supplier', 'supplier', 'application']);
  });

  it('never counts a disputed receipt as paid, and runs no model’s name', async () => {
    const model = { ...asked.model, name: '=cmd|"/c calc"!A1' };
    const rows = await exported([
      { ...asked, model },
      {
        ...{ kind: 'relay-disputed', atMs: START_MS, session: asked.session, ref: wordOf(3) },
        signed: signedOn(asked.session, 3, one),
        fault: 'too dear',
      },
    ]);
    expect(rows[0]?.get('state')).toBe('disputed, not paid');
    expect(rows[0]?.get('model')).toBe(`'=cmd|"/c calc"!A1`);
  });

  it('adds up to what the ledger says, over more relays than fit one turn', async () => {
    const many = Array.from({ length: 450 }, (_value, index) =>
      servedOn(opened.session, index + 1, {
        sequence: index + 1,
        charged: BigInt(index),
        totalCharged: BigInt((index * (index + 1)) / 2),
      }),
    );
    const rows = await exported([opened, ...many]);
    const sum = rows.reduce(
      (total, row) => total + BigInt(row.get('charged in smallest units') ?? '0'),
      0n,
    );
    expect(rows).toHaveLength(450);
    expect(sum).toBe(bookOf([opened, ...many]).totals.ever().supplier.charged);
  });

  it('leaves the old file whole when it fails, and nothing beside it', async () => {
    const path = join(folder, 'lull.csv');
    writeFileSync(path, 'old');
    const { totals } = bookOf([opened]);
    let reads = 0;
    const ledger = {
      *all() {
        yield { sequence: 1, entry: opened };
        yield { sequence: 2, entry: servedOn(opened.session, 1, one) };
        reads += 1;
        if (reads === 2) throw new Error('the disk is gone');
      },
    };
    await expect(exportEarnings(ledger, totals, path)).rejects.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['lull.csv']);
  });

  it('says so when the place is none', async () => {
    const { ledger, totals } = bookOf([opened]);
    const path = join(folder, 'nowhere', 'lull.csv');
    const error = await exportEarnings(ledger, totals, path).catch(toAppError);
    expect(error).toMatchObject({ code: 'export-failed' });
    // A folder stands there.
    const folderError = await exportEarnings(ledger, totals, folder).catch(toAppError);
    expect(folderError).toMatchObject({ code: 'export-failed' });
  });
});
