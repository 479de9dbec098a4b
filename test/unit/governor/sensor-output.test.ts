/** What the system's own programs print, and what a person reads of it all. */
import { describe, expect, test } from 'vitest';
import { percentOf } from '../../../electron/governor/sensors/battery-linux.ts';
import {
  macBattery,
  macSaver,
  macSpeedPercent,
} from '../../../electron/governor/sensors/mac-output.ts';
import { createMacReaders } from '../../../electron/governor/sensors/mac-readers.ts';
import { sensorLines } from '../../../electron/governor/sensors/sensor-lines.ts';
import {
  sensorsConfigOf,
  type SystemFacts,
} from '../../../electron/governor/sensors/sensors-config.ts';
import { windowsValues } from '../../../electron/governor/sensors/windows-output.ts';
import { createWindowsReaders } from '../../../electron/governor/sensors/windows-readers.ts';
import { NO_MACHINE, NOTHING_READ, type Readings } from '../../../electron/governor/sensors.ts';
import { sensorLineSchema } from '../../../electron/ipc/governor.ts';
import { aCard } from '../../fakes/fake-sensors.ts';

const WISH = { everyMs: 2_000, withGpu: false, games: [], ownPids: [] };
const ON_BATTERY = `Now drawing from 'Battery Power'
 -InternalBattery-0 (id=4653155)\t85%; discharging; 4:12 remaining present: true
`;
const ON_UPS = `Now drawing from 'UPS Power'
 -Smart-UPS 750 (id=91553792)\t97%; discharging; 0:41 remaining present: true
`;
const IOREG = `+-o AppleSmartBattery  <class AppleSmartBattery, id 0x100000234, registered>
    {
      "Temperature" = 3058
      "VirtualTemperature" = 2969
      "CycleCount" = 88
    }
`;

describe('macOS', () => {
  test.each([
    ['a laptop on battery', ON_BATTERY, IOREG, { batteryPercent: 85, batteryCelsius: 30.58 }],
    ['a desktop on an emergency supply', ON_UPS, '', { isOnUps: true }],
    [
      'the same on mains',
      ON_UPS.replace('UPS Power', 'AC Power').replace('discharging', 'charged'),
      '',
      { isOnUps: false },
    ],
    ['a desktop', "Now drawing from 'AC Power'\n", '', {}],
    ['nothing', '', '', {}],
  ])('%s', (_name, charge, details, values) => {
    expect(macBattery(charge, details)).toEqual(values);
  });

  test.each([
    [' lowpowermode         1\n', { isSavingPower: true }],
    [
      'System-wide power settings:\nCurrently in use:\n lowpowermode         0\n',
      { isSavingPower: false },
    ],
    [' powermode            2\n', { isSavingPower: false }],
    [' standby              1\n', {}],
  ])('saver of %j', (text, values) => {
    expect(macSaver(text)).toEqual(values);
  });

  test.each([
    ['\tCPU_Scheduler_Limit \t= 100\n\tCPU_Speed_Limit \t= 83\n', { cpuSpeedPercent: 83 }],
    ['Note: No thermal warning level has been recorded\n', {}],
  ])('speed of %j', (text, values) => {
    expect(macSpeedPercent(text)).toEqual(values);
  });

  test('asks the system’s own programs, and fails when they do', async () => {
    const asked: string[] = [];
    const readers = createMacReaders(async (file, args) => {
      asked.push([file, ...args].join(' '));
      if (args.includes('therm')) throw new Error('fails');
      return file.endsWith('ioreg') ? IOREG : ON_BATTERY;
    });
    const reads = await Promise.allSettled(readers.map((reader) => reader.read(WISH)));
    expect(reads.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(asked).toContain('/usr/bin/pmset -g batt');
  });
});

describe('Windows', () => {
  test.each([
    [
      '{"cost":"Unrestricted","percent":64,"saver":"Off"}\r\n',
      { isMetered: false, batteryPercent: 64, isSavingPower: false },
    ],
    [
      '{"cost":"Fixed","percent":null,"saver":"Disabled"}',
      { isMetered: true, isSavingPower: false },
    ],
    [
      '\uFEFF{"cost":"Variable","percent":103,"saver":"On"}',
      { isMetered: true, batteryPercent: 100, isSavingPower: true },
    ],
    ['{"cost":"Unknown","percent":null,"saver":null}', {}],
  ])('%j', (text, values) => {
    expect(windowsValues(text)).toEqual(values);
  });

  test.each(['', 'Get-CimInstance : Access denied', '{"percent":"64"}'])(
    '%j is no answer',
    (text) => {
      expect(() => windowsValues(text)).toThrow();
    },
  );

  test('asks its own PowerShell without the owner’s profile', async () => {
    const [reader] = createWindowsReaders(async (file, args) => {
      expect(file).toMatch(/\\System32\\WindowsPowerShell\\v1\.0\\powershell\.exe$/);
      expect(args).toContain('-NoProfile');
      return '{"percent":50}';
    });
    expect(await reader?.read(WISH)).toMatchObject({ values: { batteryPercent: 50 } });
  });
});

describe('where to look', () => {
  const linux: SystemFacts = {
    platform: 'linux',
    home: '/home/owner',
    isPackaged: false,
    windowPid: 7,
    hasIdleTime: false,
    env: { XDG_RUNTIME_DIR: '/run/user/1000', WAYLAND_DISPLAY: 'wayland-1' },
  };

  test('is the session’s own sockets', () => {
    expect(sensorsConfigOf(linux)).toMatchObject({
      sysRoot: '/sys',
      systemBus: 'unix:path=/run/dbus/system_bus_socket',
      sessionBus: 'unix:path=/run/user/1000/bus',
      waylandSocket: '/run/user/1000/wayland-1',
      display: null,
      isWayland: true,
      windowPid: 7,
      asksSessionIdle: true,
    });
    const env = { WAYLAND_DISPLAY: '/run/other', DBUS_SESSION_BUS_ADDRESS: 'unix:abstract=x' };
    expect(sensorsConfigOf({ ...linux, env })).toMatchObject({
      sessionBus: 'unix:abstract=x',
      waylandSocket: '/run/other',
    });
    const nothing = { sessionBus: null, waylandSocket: null };
    expect(sensorsConfigOf({ ...linux, env: {} })).toMatchObject(nothing);
    const disabled = { DBUS_SESSION_BUS_ADDRESS: 'disabled:' };
    expect(sensorsConfigOf({ ...linux, env: disabled }).sessionBus).toBeNull();
  });

  test('can be another tree of files, but never for an installed Lull', () => {
    const env = { LULL_SYSFS_ROOT: '/fixtures/laptop' };
    expect(sensorsConfigOf({ ...linux, env }).sysRoot).toBe('/fixtures/laptop');
    expect(sensorsConfigOf({ ...linux, env, isPackaged: true }).sysRoot).toBe('/sys');
  });

  test.each(['win32', 'darwin'] as const)(
    'on %s there is neither bus nor compositor',
    (platform) => {
      expect(sensorsConfigOf({ ...linux, platform })).toMatchObject({
        systemBus: null,
        sessionBus: null,
        waylandSocket: null,
        asksSessionIdle: false,
      });
    },
  );
});

describe('lines for a person', () => {
  const at = (value: unknown) => ({ value, atMs: 1_000, source: 'the test' });

  test('name every reading with its value, its origin and its age', () => {
    const card = aCard({ throttle: ['thermal'], foreignApp: 'chess', watts: null });
    const readings = {
      ...NOTHING_READ,
      ...NO_MACHINE,
      idleMs: at(61_500),
      power: at('battery'),
      batteryPercent: at(41.6),
      isLidShut: at(false),
      apps: at([{ name: 'chess', by: 'mark' }]),
      gpus: at([card]),
      fullscreen: at(''),
      unknownLock: 'the system does not say',
      unknown: { cpuCelsius: 'it has gone', gpus: 'amdgpu does not answer' },
    } as Readings;
    const lines = sensorLines(readings, 1_250);
    for (const line of lines) expect(sensorLineSchema.parse(line)).toEqual(line);
    const find = (id: string) => lines.find((line) => line.id === id);
    expect(find('idleMs')).toMatchObject({ value: '61 s', source: 'the test', ageMs: 250 });
    expect(find('isLocked')).toMatchObject({
      value: null,
      source: 'the system does not say',
      ageMs: null,
    });
    expect(find('batteryPercent')?.value).toBe('42 %');
    expect(find('isLidShut')?.value).toBe('no');
    expect(find('apps')?.value).toBe('chess');
    expect(find('fullscreen')?.value).toBe('none');
    expect(find('cpuCelsius')).toMatchObject({ value: null, source: 'it has gone' });
    expect(find('thermalState')?.source).toMatch(/nothing of the kind/);
    expect(find('gpus')?.value).toBe('1');
    expect(find('gpus.missing')).toMatchObject({ value: null, source: 'amdgpu does not answer' });
    expect(find('gpus.0000:01:00.0')).toMatchObject({
      title: 'Test Card',
      value:
        '45 °C, slows down at 95 °C, 0 % load, 0 % by others, mostly chess, 0.9 of 22.4 GiB in use, held back: thermal',
    });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  });

  test('a computer of which nothing is known has a line for everything all the same', () => {
    const lines = sensorLines(NOTHING_READ, 0);
    expect(lines).toHaveLength(2 + Object.keys(NO_MACHINE).length - 1);
    expect(lines.every(({ value, source }) => value === null && source !== '')).toBe(true);
  });
});

test('a battery that tells nothing is none to count with', () => {
  expect(percentOf([])).toBeNull();
});
