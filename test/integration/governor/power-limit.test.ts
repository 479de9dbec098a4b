/** The power limit with a program that answers as the driver's does: set, refused, hung, left behind. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNvidiaPower, parsePower } from '../../../electron/governor/power-limit-nvidia.ts';
import { createPowerLimit } from '../../../electron/governor/power-limit.ts';
import { createFakeNvidiaPower, type FakeNvidiaPower } from '../../fakes/fake-nvidia-power.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const CARD = '0000:01:00.0';
const isPosix = process.platform !== 'win32';

let folder: string;
let driver: FakeNvidiaPower;
let card: string | null;
let refusals: (string | null)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-power-'));
  driver = createFakeNvidiaPower(folder);
  card = CARD;
  refusals = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, 'power-limit.json');
const left = (): unknown => JSON.parse(readFileSync(path(), 'utf8'));

function start(limitMs = 10_000) {
  return createPowerLimit({
    tool: createNvidiaPower(driver.program, limitMs),
    path: path(),
    log: createMemoryLog(),
    cardId: () => card,
    onRefused: (sentence) => refusals.push(sentence),
  });
}

async function until(done: () => boolean): Promise<void> {
  await expect.poll(done, { interval: 5, timeout: 5_000 }).toBe(true);
}

test.runIf(isPosix)('is set, and put back at the end', async () => {
  const limit = start();
  limit.limit(250);
  await until(() => refusals.length === 1);
  expect(driver.limit()).toBe(250);
  expect(left()).toEqual({ cardId: CARD, limitWatts: 350 });
  expect(driver.calls().at(-1)).toBe(`-i ${CARD} -pl 250`);
  limit.limit(200);
  await limit.dispose();
  expect(driver.limit()).toBe(350);
  expect(left()).toBeNull();
  expect(refusals.every((sentence) => sentence === null)).toBe(true);
});

test.runIf(isPosix)('changed twice, is put back to what there was before the first', async () => {
  const limit = start();
  limit.limit(250);
  await until(() => refusals.length === 1);
  limit.limit(200);
  await until(() => refusals.length === 2);
  expect(driver.limit()).toBe(200);
  expect(left()).toEqual({ cardId: CARD, limitWatts: 350 });
  limit.limit(null);
  await until(() => refusals.length === 3);
  expect(driver.limit()).toBe(350);
});

test.runIf(isPosix)(
  'left behind by a copy that was killed, is put back by the next one',
  async () => {
    const killed = start();
    killed.limit(250);
    await until(() => refusals.length === 1);
    const next = start();
    await next.restoreLeft();
    expect(driver.limit()).toBe(350);
    expect(left()).toBeNull();
    const calls = driver.calls().length;
    await next.restoreLeft();
    await next.dispose();
    expect(driver.calls()).toHaveLength(calls);
  },
);

test.runIf(isPosix)(
  'without the right is refused in a sentence, and nothing is remembered',
  async () => {
    driver.behave('refuses');
    const limit = start();
    limit.limit(250);
    await until(() => refusals.length === 1);
    expect(refusals[0]).toContain('administrators only');
    expect(left()).toBeNull();
    await limit.dispose();
    expect(driver.limit()).toBe(350);
  },
);

test.runIf(isPosix)('that cannot be put back now stays remembered for the next start', async () => {
  const limit = start();
  limit.limit(250);
  await until(() => refusals.length === 1);
  driver.behave('refuses');
  await limit.dispose();
  expect(left()).toEqual({ cardId: CARD, limitWatts: 350 });
  driver.behave('well');
  await start().restoreLeft();
  expect(driver.limit()).toBe(350);
});

test.runIf(isPosix)(
  'never changes what it could not put back, or what the card does not take',
  async () => {
    driver.behave('tells nothing');
    const limit = start();
    limit.limit(250);
    await until(() => refusals.length === 1);
    driver.behave('well');
    limit.limit(50);
    await until(() => refusals.length === 2);
    card = null;
    limit.limit(200);
    await until(() => refusals.length === 3);
    expect(refusals).toEqual([
      expect.stringContaining('does not tell'),
      expect.stringContaining('100 to 400 W'),
      expect.stringContaining('No card'),
    ]);
    expect(driver.calls().some((call) => call.includes('-pl'))).toBe(false);
    expect(existsSync(path())).toBe(false);
  },
);

test.runIf(isPosix)('waits for a driver that hangs no longer than its time', async () => {
  driver.behave('deaf');
  const limit = start(200);
  limit.limit(250);
  await until(() => refusals.length === 1);
  expect(refusals[0]).toContain('did not answer in time');
  await until(() => !driver.isStillDeaf());
});

test('without the program says so', async () => {
  const tool = createNvidiaPower(join(folder, 'nothing-here'));
  await expect(tool.set(CARD, 200)).rejects.toThrow('not installed');
});

test('limits with a decimal comma are none that could be trusted', () => {
  expect(parsePower('350.00, 100.00, 400.00\r\n')).toEqual({
    ...{ limitWatts: 350, leastWatts: 100, mostWatts: 400 },
  });
  for (const text of ['', '350,00, 100,00, 400,00', '0.00, 100.00, 400.00', '350.00, 100.00']) {
    expect(() => parsePower(text)).toThrow('does not tell');
  }
});
