/** Power, battery and heat on Linux, from trees of files as sysfs has them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLinuxBattery } from '../../../electron/governor/sensors/battery-linux.ts';
import { createLinuxCpuHeat } from '../../../electron/governor/sensors/cpu-heat-linux.ts';
import { systemFiles, type Files } from '../../../electron/governor/sensors/files.ts';
import { createLinuxLid } from '../../../electron/governor/sensors/lid-linux.ts';
import { createLinuxPower } from '../../../electron/governor/sensors/power-linux.ts';
import { createLinuxSaver } from '../../../electron/governor/sensors/saver-linux.ts';

/** Folders under a root, each with its files. */
type Tree = Readonly<Record<string, Readonly<Record<string, string>>>>;

const WISH = { everyMs: 2_000, withGpu: false, games: [], ownPids: [] };
const SUPPLIES = 'class/power_supply';
const BATTERY = { type: 'Battery', scope: 'System', status: 'Discharging', capacity: '80' };
const MOUSE = {
  type: 'Battery',
  scope: 'Device',
  status: 'Discharging',
  online: '1',
  capacity: '5',
};
const ADAPTER = { type: 'Mains', online: '1' };

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-sysfs-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function build(tree: Tree, folder = ''): void {
  for (const [name, files] of Object.entries(tree)) {
    mkdirSync(path.join(root, folder, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(path.join(root, folder, name, file), `${text}\n`);
    }
  }
}

function ports(files: Files = systemFiles) {
  return { files, sysRoot: root, procRoot: path.join(root, 'proc'), systemBus: null };
}

/** A file system in which one file answers with an error of the kernel. */
function failing(ending: string, code: string): Files {
  return {
    ...systemFiles,
    readText: (file, most) =>
      file.endsWith(ending)
        ? Promise.reject(Object.assign(new Error(code), { code }))
        : systemFiles.readText(file, most),
  };
}

const power = (files?: Files) => createLinuxPower(ports(files)).read(WISH);
const battery = (files?: Files) => createLinuxBattery(ports(files)).read(WISH);
const heat = (files?: Files) => createLinuxCpuHeat(ports(files)).read(WISH);
const lid = () => createLinuxLid(ports()).read(WISH);

describe('power', () => {
  test.each([
    ['mains', 'a laptop on its adapter', { AC: ADAPTER, BAT0: { ...BATTERY, status: 'Charging' } }],
    ['battery', 'a laptop on battery', { AC: { type: 'Mains', online: '0' }, BAT0: BATTERY }],
    [
      'mains',
      'an adapter called ADP1 beside a full battery',
      { ADP1: ADAPTER, BAT1: { ...BATTERY, status: 'Full' } },
    ],
    ['mains', 'one called ACAD', { ACAD: ADAPTER, BAT1: { ...BATTERY, status: 'Not charging' } }],
    [
      'mains',
      'charged by USB, programmable',
      {
        ADP1: { type: 'Mains', online: '0' },
        'ucsi-source-psy-1': { type: 'USB', online: '2' },
        BAT0: BATTERY,
      },
    ],
    [
      'battery',
      'two batteries, of which one is used',
      { AC: { type: 'Mains', online: '0' }, BAT0: { ...BATTERY, status: 'Full' }, BAT1: BATTERY },
    ],
    ['mains', 'an empty bay and nothing else', { BAT1: { ...BATTERY, present: '0' } }],
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
      build(tree, SUPPLIES);
      const { values, unknown } = await power();
      expect(values.power).toBe(value);
      expect(unknown).toEqual({});
    },
  );

  test('an emergency supply says whether it is in use; without one there is no such part', async () => {
    build({ AC: ADAPTER }, SUPPLIES);
    expect((await power()).values.isOnUps).toBeUndefined();
    build({ ups: { type: 'UPS', status: 'Full' } }, SUPPLIES);
    expect((await power()).values.isOnUps).toBe(false);
    build({ ups: { type: 'UPS', status: 'Discharging' } }, SUPPLIES);
    expect(await power()).toMatchObject({
      values: { isOnUps: true, power: 'battery' },
      sources: { isOnUps: 'ups' },
    });
  });

  test('a folder that cannot be listed fails, and is not taken for a computer without a battery', async () => {
    build({ class: { power_supply: 'no folder' } });
    const files = { ...systemFiles, list: () => Promise.reject(new Error('EIO')) };
    await expect(power(files)).rejects.toThrow('EIO');
  });

  test('a pipe that nobody feeds is unknown, and holds nobody up', async () => {
    build({ BAT0: BATTERY, ADP1: { type: 'Mains' } }, SUPPLIES);
    execFileSync('mkfifo', [path.join(root, SUPPLIES, 'ADP1', 'online')]);
    const why = 'the power supply ADP1 does not say how it is';
    expect(await power()).toMatchObject({ values: {}, unknown: { power: why } });
  });

  test.each([
    ['EBUSY', null],
    ['EIO', null],
    // The plug was pulled between two reads.
    ['ENODEV', 'mains'],
  ])('%s in place of the adapter’s kind', async (code, value) => {
    build({ ADP1: ADAPTER }, SUPPLIES);
    expect((await power(failing('ADP1/type', code))).values.power ?? null).toBe(value);
  });
});

describe('battery', () => {
  test('two count by what they hold, not by their number', async () => {
    const big = { ...BATTERY, energy_now: '60000000', energy_full: '80000000', temp: '312' };
    const small = { ...BATTERY, energy_now: '0', energy_full: '20000000', temp: '295' };
    build({ AC: ADAPTER, BAT0: big, BAT1: small, mouse: MOUSE }, SUPPLIES);
    expect(await battery()).toMatchObject({
      values: { batteryPercent: 60, batteryCelsius: 31.2 },
      source: 'the battery BAT0, BAT1',
    });
  });

  test('of two that cannot be weighed the emptier counts', async () => {
    build({ BAT0: { ...BATTERY, capacity: '90' }, BAT1: { ...BATTERY, capacity: '12' } }, SUPPLIES);
    expect((await battery()).values).toEqual({ batteryPercent: 12 });
  });

  test('counted by charge, above what it can hold', async () => {
    build({ BAT0: { ...BATTERY, charge_now: '5100000', charge_full: '5000000' } }, SUPPLIES);
    expect((await battery()).values.batteryPercent).toBe(100);
  });

  test('one that does not tell is unknown; a mouse’s is none of ours', async () => {
    build({ BAT0: { type: 'Battery' } }, SUPPLIES);
    expect((await battery()).unknown).toEqual({
      batteryPercent: 'the battery BAT0 does not say how full it is',
    });
    rmSync(path.join(root, SUPPLIES), { recursive: true });
    build({ mouse: MOUSE }, SUPPLIES);
    expect(await battery()).toMatchObject({ values: {} });
  });
});

describe('the processor’s heat', () => {
  const core = {
    name: 'coretemp',
    temp1_input: '61000',
    temp1_label: 'Package id 0',
    temp1_crit: '100000',
    temp1_max: '84000',
    temp2_input: '70000',
    temp2_label: 'Core 0',
  };
  const disk = { name: 'nvme', temp1_input: '88850', temp1_crit: '84850' };

  test('is found by the driver’s name, whatever its number is by now', async () => {
    build({ hwmon0: disk, hwmon1: core }, 'class/hwmon');
    const reader = createLinuxCpuHeat(ports());
    const first = {
      values: { cpuCelsius: 61, cpuLimitCelsius: 100 },
      source: 'the driver coretemp',
    };
    expect(await reader.read(WISH)).toEqual(first);
    rmSync(path.join(root, 'class/hwmon'), { recursive: true });
    build({ hwmon4: core, hwmon5: disk }, 'class/hwmon');
    expect(await reader.read(WISH)).toEqual(first);
  });

  test('on AMD the die goes before a number with something added to it', async () => {
    const amd = { name: 'k10temp', temp1_input: '70250', temp1_label: 'Tctl' };
    build({ hwmon0: amd }, 'class/hwmon');
    expect((await heat()).values).toEqual({ cpuCelsius: 70.25 });
    build({ hwmon0: { temp3_input: '60250', temp3_label: 'Tdie' } }, 'class/hwmon');
    expect((await heat()).values).toEqual({ cpuCelsius: 60.25 });
  });

  test('of two processors the hotter counts, with a limit below the true one where that is all there is', async () => {
    const second = {
      ...core,
      temp1_input: '74000',
      temp1_label: 'Package id 1',
      temp1_crit: '95000',
    };
    build({ hwmon0: core, hwmon1: second }, 'class/hwmon');
    expect((await heat()).values).toEqual({ cpuCelsius: 74, cpuLimitCelsius: 95 });
  });

  test('a small board has one sensor without a label', async () => {
    build({ hwmon0: { name: 'cpu_thermal', temp1_input: '48312' } }, 'class/hwmon');
    expect((await heat()).values).toEqual({ cpuCelsius: 48.312 });
  });

  test('a virtual machine has none', async () => {
    build({ hwmon0: disk }, 'class/hwmon');
    expect(await heat()).toEqual({ values: {}, source: '' });
  });

  test('a driver that answers with an error is unknown', async () => {
    build({ hwmon0: core }, 'class/hwmon');
    await expect(heat(failing('_input', 'EIO'))).rejects.toThrow(/answers with an error/);
    expect((await heat(failing('_input', 'ENODEV'))).unknown).toEqual({
      cpuCelsius: 'the driver coretemp tells no temperature',
    });
  });
});

test('a shut lid counts unless another display is plugged in', async () => {
  expect((await lid()).values).toEqual({});
  build({ LID0: { state: 'state:      open' } }, 'proc/acpi/button/lid');
  build(
    { 'card1-eDP-1': { status: 'connected' }, 'card1-HDMI-A-1': { status: 'disconnected' } },
    'class/drm',
  );
  expect(await lid()).toMatchObject({ values: { isLidShut: false }, source: 'the lid LID0' });
  build({ LID0: { state: 'state:      closed' } }, 'proc/acpi/button/lid');
  expect((await lid()).values.isLidShut).toBe(true);
  build({ 'card1-HDMI-A-1': { status: 'connected' } }, 'class/drm');
  expect(await lid()).toMatchObject({
    values: { isLidShut: false },
    source: 'the display at HDMI-A-1',
  });
});

test.each([
  ['low-power', true],
  ['balanced', false],
  ['quiet', false],
])('the firmware’s profile %s', async (profile, isSavingPower) => {
  const saver = createLinuxSaver(ports());
  expect((await saver.read(WISH)).values).toEqual({});
  build({ acpi: { platform_profile: profile } }, 'firmware');
  expect((await saver.read(WISH)).values).toEqual({ isSavingPower });
});
