/** Power on Linux, from trees of files as sysfs has them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createLinuxPower,
  type LinuxPowerOptions,
} from '../../../electron/governor/power-linux.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

type Tree = Readonly<Record<string, Readonly<Record<string, string>>>>;

const BATTERY = { type: 'Battery', scope: 'System', status: 'Discharging', capacity: '80' };
const MOUSE = { type: 'Battery', scope: 'Device', status: 'Discharging', online: '1' };

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-power-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function build(tree: Tree): void {
  for (const [name, files] of Object.entries(tree)) {
    mkdirSync(path.join(root, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(path.join(root, name, file), `${text}\n`);
    }
  }
}

function reader(options: Partial<LinuxPowerOptions> = {}, clock = systemClock) {
  const log = createMemoryLog();
  return createLinuxPower({ clock, log }, { root, ...options });
}

test.each([
  [
    'mains',
    'a laptop on its adapter',
    { AC: { type: 'Mains', online: '1' }, BAT0: { ...BATTERY, status: 'Charging' } },
  ],
  ['battery', 'a laptop on battery', { AC: { type: 'Mains', online: '0' }, BAT0: BATTERY }],
  [
    'mains',
    'an adapter called ADP1 beside a full battery',
    { ADP1: { type: 'Mains', online: '1' }, BAT1: { ...BATTERY, status: 'Full' } },
  ],
  [
    'mains',
    'charged by USB, programmable',
    {
      ADP1: { type: 'Mains', online: '0' },
      'ucsi-source-psy-1': { type: 'USB', online: '2' },
      BAT0: BATTERY,
    },
  ],
  ['mains', 'a desktop with a wireless mouse', { hidpp_battery_0: MOUSE }],
  [
    'battery',
    'a laptop with a wireless mouse',
    { hidpp_battery_0: MOUSE, AC: { type: 'Mains', online: '0' }, BAT0: BATTERY },
  ],
  ['battery', 'an emergency supply at work', { ups: { type: 'UPS', status: 'Discharging' } }],
  ['mains', 'an emergency supply at rest', { ups: { type: 'UPS', status: 'Full' } }],
  ['mains', 'nothing listed', {}],
] as const satisfies readonly (readonly [string, string, Tree])[])(
  '%s: %s',
  async (value, _name, tree) => {
    build(tree);
    const { power, unknownPower } = await reader().look();
    expect(power?.value).toBe(value);
    expect(unknownPower).toBeNull();
  },
);

test('a kernel without power supplies is one of a computer without a battery', async () => {
  rmSync(root, { recursive: true });
  expect((await reader().look()).power?.value).toBe('mains');
});

test('a folder that is none is unknown, with the reason', async () => {
  build({ BAT0: BATTERY });
  const options = { root: path.join(root, 'BAT0', '\0') };
  expect(await reader(options).look()).toEqual({
    power: null,
    unknownPower: 'the system’s power supplies cannot be listed',
  });
});

describe('what blocks', () => {
  test('a pipe that nobody feeds is unknown, and holds nobody up', async () => {
    build({ BAT0: BATTERY, ADP1: { type: 'Mains' } });
    execFileSync('mkfifo', [path.join(root, 'ADP1', 'online')]);
    expect(await reader().look()).toEqual({
      power: null,
      unknownPower: 'the power supply ADP1 does not say how it is',
    });
  });

  test('a pipe in place of the kind as well', async () => {
    build({ BAT0: BATTERY, ADP1: { online: '1' } });
    execFileSync('mkfifo', [path.join(root, 'ADP1', 'type')]);
    expect((await reader().look()).power).toBeNull();
  });

  test('a read that never ends is unknown in time and is not started twice', async () => {
    build({ ADP1: { type: 'Mains', online: '1' } });
    const clock = createManualClock();
    let reads = 0;
    let answer: (text: string) => void = () => undefined;
    const asked = Promise.withResolvers<undefined>();
    const power = reader(
      {
        readText(file) {
          if (!file.endsWith('online'))
            return Promise.resolve(file.endsWith('type') ? 'Mains' : 'System');
          reads += 1;
          asked.resolve(undefined);
          return new Promise((resolve) => (answer = resolve));
        },
      },
      clock,
    );
    const events = createEvents(power);
    power.watch(250);
    await asked.promise;
    clock.advance(60_000);
    await new Promise(setImmediate);
    expect(power.read()).toMatchObject({
      power: null,
      unknownPower: 'the system’s power supplies do not answer',
    });
    expect(reads).toBe(1);
    answer('1');
    // What comes too late for one look is there for the next.
    await new Promise(setImmediate);
    clock.advance(2000);
    await asked.promise;
    await new Promise(setImmediate);
    answer('1');
    await events.next();
    expect(power.read().power?.value).toBe('mains');
    power.watch(null);
  });
});

function createEvents(power: ReturnType<typeof reader>) {
  let told = Promise.withResolvers<undefined>();
  power.onEvent(() => {
    told.resolve(undefined);
  });
  return {
    async next() {
      await told.promise;
      told = Promise.withResolvers();
    },
  };
}

test('watched, it tells when the plug is pulled and put back, no more often than every two seconds', async () => {
  build({ ADP1: { type: 'Mains', online: '1' }, BAT0: BATTERY });
  const clock = createManualClock();
  const power = reader({}, clock);
  const events = createEvents(power);
  expect(power.read()).toMatchObject({
    power: null,
    unknownPower: 'the power supplies have not been read yet',
  });
  power.watch(250);
  await events.next();
  expect(power.read().power).toMatchObject({ value: 'mains', source: 'the adapter ADP1' });
  build({ ADP1: { type: 'Mains', online: '0' } });
  clock.advance(1999);
  expect(power.read().power?.value).toBe('mains');
  clock.advance(1);
  await events.next();
  expect(power.read().power).toMatchObject({
    value: 'battery',
    atMs: 2000,
    source: 'the battery BAT0',
  });
  rmSync(path.join(root, 'BAT0'), { recursive: true });
  clock.advance(2000);
  await events.next();
  expect(power.read().power?.value).toBe('mains');
  power.watch(null);
  expect(power.read().power).toBeNull();
});
