/** The governor's memory opens whatever its file looks like, says so, and keeps nothing where nothing is to be kept. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openGovernorLedger } from '../../../electron/app/governor-memory.ts';
import { NOTHING_READ } from '../../../electron/governor/sensors.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import { statusOf } from '../../fakes/governor-ledger.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-governor-memory-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

function open(path: string | null) {
  const raised: string[] = [];
  const clock = createManualClock();
  const ledger = openGovernorLedger(path, (error) => raised.push(toAppError(error).code), {
    clock,
    log: createMemoryLog(),
    settings: () => DEFAULT_GOVERNOR_SETTINGS,
    device: () => ({ kind: 'cpu', name: null }),
    limits: () => ({ targetCelsius: null, pauseCelsius: null }),
    selfTest: () => ({ state: 'none', atMs: null, detail: null }),
    earned: () => [],
    coinDecimals: () => 18,
    localOffsetMs: () => 0,
  });
  ledger.noteDecision(statusOf('off', 'earning-off'), NOTHING_READ, false);
  clock.advance(10_000);
  const codes = ledger.view().day.map(({ code }) => code);
  ledger.dispose();
  return { raised, codes };
}

it('sets a damaged file aside and tells its owner what it was', () => {
  const path = join(folder, 'governor.sqlite');
  writeFileSync(path, 'no database at all, but long enough to be looked at as one'.repeat(99));
  expect(open(path)).toEqual({ raised: ['governor-corrupt'], codes: ['earning-off'] });
  expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true);
  expect(open(path).raised).toEqual([]);
});

it('goes on without a file that cannot be used, and leaves it as it is', () => {
  const path = join(folder, 'governor.sqlite');
  mkdirSync(path);
  expect(open(path)).toEqual({ raised: ['data-folder-unusable'], codes: ['earning-off'] });
  expect(readdirSync(folder)).toEqual(['governor.sqlite']);
});

it('writes nothing for a run that says nothing of the day', () => {
  expect(open(null).raised).toEqual([]);
  expect(existsSync(join(folder, 'governor.sqlite'))).toBe(false);
});
