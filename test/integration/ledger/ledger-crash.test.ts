import { execFileSync, fork, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import { createSqliteLedger } from '../../../electron/ledger/sqlite-ledger.ts';
import { openedBy } from '../../fakes/ledger-values.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const APPENDER = path.join(import.meta.dirname, 'append-entries.ts');
const ROUNDS = 8;
const canTrace = process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-ledger-'));
  file = path.join(folder, 'ledger.sqlite');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** @returns the numbers whose append returned before the process was killed with -9 */
async function appendUntilKilled(acknowledgements: number): Promise<readonly number[]> {
  const child = fork(APPENDER, [file, 'both'], { execArgv: [] });
  const heard: number[] = [];
  child.on('message', (message) => {
    if (typeof message !== 'object' || !('number' in message)) return;
    heard.push(Number(message.number));
    if (heard.length === acknowledgements) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => {
    child.once('exit', (_code, reason) => {
      resolve(reason);
    });
  });
  expect(signal).toBe('SIGKILL');
  return heard;
}

describe('a ledger whose process is killed between appends', () => {
  it('has every append that returned, once and in order, round after round', async () => {
    const heard: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      heard.push(...(await appendUntilKilled(round * 7)));
      const ledger = createSqliteLedger(openLedgerDatabase(file), createMemoryLog());
      const entries = ledger.entriesOf('supplier', openedBy('supplier').session);
      ledger.dispose();
      const numbers = entries.slice(1).map((entry) => ('ref' in entry ? Number(entry.ref) : 0));
      expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
      expect(numbers.length).toBeGreaterThanOrEqual(heard.length);
      expect(heard.every((number) => numbers.includes(number))).toBe(true);
    }
  });
});

describe.skipIf(!canTrace)('what reaches the disk', () => {
  const APPENDS = 20;

  /** Counted by the kernel, of a process that appends so many entries and ends. */
  function syncsOf(durability: 'normal' | 'full'): number {
    const trace = path.join(folder, `${durability}.trace`);
    const appender = [process.execPath, APPENDER, `${file}-${durability}`, durability, APPENDS];
    const args = ['-f', '-e', 'trace=fsync,fdatasync', '-o', trace, ...appender.map(String)];
    execFileSync('strace', args, { stdio: 'ignore' });
    const calls = execFileSync('grep', ['-c', 'sync(', trace], { encoding: 'utf8' });
    return Number(calls);
  }

  it('is synced once for every full append, and not for normal ones', () => {
    expect(syncsOf('full') - syncsOf('normal')).toBe(APPENDS);
  });
});
