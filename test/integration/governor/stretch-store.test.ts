/** The governor's memory in a file: what a kill leaves, what damage costs, and who may read it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGovernorDatabase } from '../../../electron/governor/governor-database.ts';
import { migration001 } from '../../../electron/governor/migrations/001-stretches.ts';
import { NOTHING_READ } from '../../../electron/governor/sensors.ts';
import { KILLED_DETAIL } from '../../../electron/governor/stretch-book.ts';
import { createStretchStore, type Page } from '../../../electron/governor/stretch-store.ts';
import { openDatabase } from '../../../electron/platform/open-database.ts';
import { startLedger, statusOf } from '../../fakes/governor-ledger.ts';

const NOTER = path.join(import.meta.dirname, 'note-until-killed.ts');
const START = 1_700_000_000_000;
const ROUNDS = 8;
const AWAY_MS = 300_000;

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-governor-'));
  file = path.join(folder, 'governor.sqlite');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** @returns the time that the process had told last before it was killed with -9 */
async function noteUntilKilled(startMs: number, times: number): Promise<number> {
  const child = fork(NOTER, [file, String(startMs)], { execArgv: [] });
  let [heard, nowMs] = [0, startMs];
  child.on('message', (message) => {
    if (typeof message !== 'object' || !('nowMs' in message)) return;
    nowMs = Number(message.nowMs);
    heard += 1;
    if (heard === times) child.kill('SIGKILL');
  });
  // What it had told before it was killed may be heard after its end.
  const heardAll = once(child, 'disconnect');
  const [, signal] = (await once(child, 'exit')) as unknown[];
  await heardAll;
  expect(signal).toBe('SIGKILL');
  return nowMs;
}

describe('a process that is killed while it notes what is decided', () => {
  it('loses less than a minute, and leaves no time without a code, round after round', async () => {
    let nowMs = START;
    for (let round = 1; round <= ROUNDS; round++) {
      const killedMs = await noteUntilKilled(nowMs, round * 9);
      nowMs = killedMs + AWAY_MS;
      const { ledger } = startLedger(file, nowMs);
      const { day } = ledger.view();
      ledger.dispose();
      expect(day[0]?.fromMs).toBe(START);
      for (const [index, { toMs }] of day.entries()) {
        expect(toMs).toBe(day[index + 1]?.fromMs ?? null);
      }
      const last = day.at(-1);
      expect(last).toMatchObject({ code: 'app-closed', detail: KILLED_DETAIL, toMs: null });
      expect(killedMs - (last?.fromMs ?? 0)).toBeLessThanOrEqual(60_000);
    }
  });
});

describe('a process that ends in peace', () => {
  it('comes back to all it knew, and says since when it was closed', () => {
    const after = { decidedAfterMs: 1, stoppedAfterMs: 2, releasedAfterMs: null };
    const first = startLedger(file, START);
    first.ledger.noteDecision(statusOf('serving'), NOTHING_READ, false);
    first.clock.advance(45_000);
    first.ledger.noteGiveBack({ cause: 'game', atMs: START, ...after });
    first.ledger.dispose();
    const second = startLedger(file, START + 600_000);
    const { day, giveBacks } = second.ledger.view();
    expect(day).toMatchObject([
      { code: 'ready', toMs: START + 45_000 },
      { code: 'app-closed', detail: null, toMs: null },
    ]);
    expect(giveBacks).toMatchObject([{ id: 1, cause: 'game' }]);
    second.ledger.noteGiveBack({ cause: 'game', atMs: START, ...after });
    expect(second.ledger.view().giveBacks.map(({ id }) => id)).toEqual([2, 1]);
    second.ledger.dispose();
    // Hardly closed at all.
    const third = startLedger(file, START + 601_999);
    expect(third.ledger.view().day).toHaveLength(2);
    third.ledger.dispose();
  });

  it('begins in the present although the clock was ahead when it ended', () => {
    const first = startLedger(file, START);
    for (const code of ['game', 'on-battery'] as const) {
      first.ledger.noteDecision(statusOf('waiting', code), NOTHING_READ, false);
      first.clock.advance(40_000);
    }
    first.ledger.dispose();
    const second = startLedger(file, START + 20_000);
    second.ledger.noteDecision(statusOf('serving'), NOTHING_READ, false);
    second.clock.advance(5_000);
    expect(second.ledger.view().day).toMatchObject([
      { code: 'game', toMs: START + 20_000 },
      { code: 'ready', toMs: null },
    ]);
    second.ledger.dispose();
  });
});

describe('the file', () => {
  const life = { lastMs: 5, isOver: false, idleMilliwatts: 9 };
  const page: Page = {
    life,
    pieces: [
      { id: 3, fromMs: 1, code: 'game', detail: 'D', also: ['metered'], expectedMs: 9 },
      { id: 4, fromMs: 4, code: 'ready', detail: null, also: [], expectedMs: null },
    ],
    goneIds: [],
    giveBacks: [],
    served: [{ hour: 7, offeredMs: 3, workedMs: 2, measuredMs: 1 }],
    energy: [
      {
        ...{ hour: 7, source: 'plug', currency: 'EUR' },
        ...{ milliwattSeconds: 2n ** 70n, costUnits: 2n ** 90n },
      },
    ],
  };
  const open = () => createStretchStore(openGovernorDatabase(file, 0).database);

  it('gives back what was written', () => {
    const store = open();
    store.write(page);
    store.dispose();
    const again = open();
    expect(again.life()).toEqual(life);
    expect(again.pieces(0, 100)).toEqual(page.pieces);
    expect(again.pieces(3, 4)).toEqual(page.pieces.slice(0, 1));
    expect(again.piece(4)).toEqual(page.pieces[1]);
    expect(again.piece(5)).toBeNull();
    expect(again.served(7)).toEqual(page.served);
    expect(again.served(8)).toEqual([]);
    expect(again.energy(0)).toEqual(page.energy);
    expect(again.nextIds()).toEqual({ piece: 5, giveBack: 1 });
    again.dispose();
  });

  it('is set aside when it is damaged, and begun anew', () => {
    const store = open();
    store.write(page);
    store.dispose();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 0, 200);
    writeFileSync(file, bytes);
    const opened = openGovernorDatabase(file, START);
    expect(opened.damagedKeptAs).toContain('damaged');
    expect(createStretchStore(opened.database).life()).toBeNull();
    opened.database.close();
  });

  it.skipIf(process.platform === 'win32')('can be read by its owner only', () => {
    const store = open();
    store.write(page);
    const files = readdirSync(folder);
    expect(files).toContain('governor.sqlite-wal');
    for (const name of files) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    store.dispose();
  });

  it('is refused by this version when a newer one wrote it', () => {
    openDatabase(file, { migrations: [migration001, 'SELECT 1;'], synchronous: 'NORMAL' }).close();
    expect(() => openGovernorDatabase(file, 0)).toThrow(
      expect.objectContaining({ code: 'data-folder-unusable' }),
    );
  });
});
