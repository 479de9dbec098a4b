/** The practice chain's log: what a crash may leave is cut, anything else is set aside. */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openTransactionLog,
  type LoggedTransaction,
} from '../../../electron/chain/transaction-log.ts';

const THREE: readonly LoggedTransaction[] = [
  { timeS: 1_800_000_000, raw: '0x01' },
  { timeS: 1_800_000_000, raw: '0x0203' },
  { timeS: 1_800_000_007, raw: '0xff' },
];
const NOW_MS = Date.UTC(2026, 10, 20);

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-chain-log-'));
  file = path.join(folder, 'chain.log');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(transactions: readonly LoggedTransaction[]): void {
  const log = openTransactionLog(file, NOW_MS);
  for (const transaction of transactions) log.append(transaction);
  log.close();
}

function read() {
  const log = openTransactionLog(file, NOW_MS);
  log.close();
  return log;
}

describe('the log', () => {
  it('gives back what was appended, also to it again', () => {
    write(THREE.slice(0, 2));
    write(THREE.slice(2));
    expect(read()).toMatchObject({ transactions: THREE, cutBytes: 0, damagedKeptAs: null });
  });

  it('takes the last one back', () => {
    const log = openTransactionLog(file, NOW_MS);
    log.append({ timeS: 1, raw: '0xaa' });
    log.append({ timeS: 2, raw: '0xbbbb' });
    log.removeLast();
    expect(() => {
      log.removeLast();
    }).toThrow();
    log.append({ timeS: 3, raw: '0xcc' });
    log.close();
    expect(read().transactions.map(({ raw }) => raw)).toEqual(['0xaa', '0xcc']);
  });

  it('cuts what a crash left of the last line, wherever it came', () => {
    write(THREE);
    const whole = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.constantFrom(0, 3), (length, zeros) => {
        writeFileSync(file, Buffer.concat([whole.subarray(0, length), Buffer.alloc(zeros)]));
        const log = read();
        expect(log.damagedKeptAs).toBeNull();
        expect(THREE.slice(0, log.transactions.length)).toEqual(log.transactions);
        const lines = whole.subarray(0, length).toString().split('\n').length - 1;
        expect(log.transactions).toHaveLength(Math.max(0, lines - 1));
        // It can be gone on with.
        write([{ timeS: 9, raw: '0x99' }]);
        expect(read().transactions.at(-1)).toEqual({ timeS: 9, raw: '0x99' });
      }),
      // Each of them waits for the disk six times.
      { numRuns: 40 },
    );
  });

  it('cuts a last line whose content the disk lost', () => {
    write(THREE);
    const text = readFileSync(file, 'latin1');
    writeFileSync(file, text.replace(/0xff/, '0xfe'), 'latin1');
    const log = read();
    expect(log.transactions).toEqual(THREE.slice(0, 2));
    expect(log.cutBytes).toBeGreaterThan(0);
  });

  it('sets a log aside that is damaged anywhere else, and begins anew', () => {
    write(THREE);
    const text = readFileSync(file, 'latin1');
    const damaged = text.replace('0x0203', '0x0204');
    writeFileSync(file, damaged, 'latin1');
    const log = read();
    expect(log.transactions).toEqual([]);
    expect(log.damagedKeptAs).toBe(`${file}.damaged-2026-11-20T00-00-00-000Z`);
    expect(readFileSync(log.damagedKeptAs ?? '', 'latin1')).toBe(damaged);
    expect(read()).toMatchObject({ transactions: [], damagedKeptAs: null });
  });

  it('sets aside what is no log at all', () => {
    writeFileSync(file, 'something else, and rather long at that\n');
    expect(read().damagedKeptAs).not.toBeNull();
  });

  it('takes an empty file, and one with half a first line, for a new log', () => {
    for (const content of ['', 'lull-pra', '\0\0\0\0']) {
      writeFileSync(file, content);
      expect(read()).toMatchObject({ transactions: [], damagedKeptAs: null });
    }
  });

  it('writes over what a failed append left behind', () => {
    const log = openTransactionLog(file, NOW_MS);
    log.append({ timeS: 1, raw: '0xaa' });
    appendFileSync(file, '2 0xbbbb');
    log.append({ timeS: 3, raw: '0xcc' });
    log.close();
    truncateSync(file, readFileSync(file).length);
    expect(read().transactions.map(({ raw }) => raw)).toEqual(['0xaa', '0xcc']);
  });
});
