/** The governor's decision about the machine: power, lid, programs, hours and money, row by row. */
import { describe, expect, test } from 'vitest';
import type { Status } from '../../../electron/ipc/status.ts';
import { earning, FILM, GAME, hours, LISTED, machine, unknown } from './machine-scenes.ts';
import { ALWAYS, LOCKED, play, type Scene } from './scene.ts';

type Row = readonly [
  name: string,
  changes: Partial<Scene>,
  mode: Status['mode'],
  codes: readonly string[],
];

const ROWS: readonly Row[] = [
  ['a lid that is open', machine({ isLidShut: false }), 'serving', []],
  ['a lid that is shut', machine({ isLidShut: true }), 'waiting', ['lid-shut']],
  ['no lid, and nobody knows why', unknown({ isLidShut: 'no bus' }), 'serving', []],
  ['a marked game', GAME, 'waiting', ['game']],
  ['a marked game, while typing anyway', { ...ALWAYS, ...GAME }, 'waiting', ['game']],
  ['a marked game behind the lock', { ...LOCKED, ...GAME }, 'waiting', ['game', 'not-locked']],
  ['a game that is allowed', { ...GAME, settings: { allowedApps: ['portal'] } }, 'serving', []],
  ['another one that is', { ...GAME, settings: { allowedApps: ['port'] } }, 'waiting', ['game']],
  ['a program of the list', LISTED, 'waiting', ['exclusive-app']],
  [
    'one that is allowed',
    { ...LISTED, settings: { allowedApps: [' Blender.EXE '] } },
    'serving',
    [],
  ],
  [
    'a game and a program of the list',
    machine({
      apps: [
        { name: 'a', by: 'list' },
        { name: 'b', by: 'mark' },
      ],
    }),
    'waiting',
    ['game', 'exclusive-app'],
  ],
  ['no programs', machine({ apps: [] }), 'serving', []],
  ['programs that nobody can list', unknown({ apps: 'no processes' }), 'serving', []],
  ['a film while away', FILM, 'waiting', ['fullscreen']],
  ['a full screen while typing anyway', { ...ALWAYS, ...FILM }, 'waiting', ['fullscreen']],
  ['the lock itself fills the screen', { ...FILM, isLocked: true }, 'serving', []],
  [
    'a full screen, and nobody knows of a lock',
    { ...FILM, isLocked: null },
    'waiting',
    ['fullscreen'],
  ],
  ['a full screen that is allowed', { ...FILM, settings: { allowedApps: ['MPV'] } }, 'serving', []],
  ['no full screen', machine({ fullscreen: '' }), 'serving', []],
  ['a UPS that is charged', machine({ isOnUps: false }), 'serving', []],
  ['a UPS that feeds the computer', machine({ isOnUps: true }), 'waiting', ['on-ups']],
  ['a system that saves power', machine({ isSavingPower: true }), 'waiting', ['power-saver']],
  ['a system that does not', machine({ isSavingPower: false }), 'serving', []],
  ['a metered network', machine({ isMetered: true }), 'waiting', ['metered']],
  [
    'a metered network that may be used',
    machine({ isMetered: true }, { settings: { servesOnMetered: true } }),
    'serving',
    [],
  ],
  ['no battery', machine({}), 'serving', []],
  ['a battery that nobody can read', unknown({ batteryPercent: 'no entry' }), 'serving', []],
  ['charged to 40', machine({ batteryPercent: 40 }), 'serving', []],
  ['charged to 39', machine({ batteryPercent: 39 }), 'waiting', ['charge-low']],
  ['charged to 29', machine({ batteryPercent: 29 }), 'waiting', ['charge-low']],
  ['charged to nothing', machine({ batteryPercent: 0 }), 'waiting', ['charge-low']],
  ['a charge that is none', machine({ batteryPercent: Number.NaN }), 'waiting', ['charge-low']],
  [
    'low and on battery',
    machine({ batteryPercent: 10 }, { power: 'battery' }),
    'waiting',
    ['on-battery', 'charge-low'],
  ],
  ['within the hours', hours(60, 120, 60), 'serving', []],
  ['just before them', hours(60, 120, 59), 'waiting', ['schedule']],
  ['just within them', hours(60, 120, 119), 'serving', []],
  ['as they end', hours(60, 120, 120), 'waiting', ['schedule']],
  ['over midnight, late', hours(1320, 420, 1439), 'serving', []],
  ['over midnight, early', hours(1320, 420, 1440 + 419), 'serving', []],
  ['over midnight, by day', hours(1320, 420, 1440 + 420), 'waiting', ['schedule']],
  ['over midnight, as they begin', hours(1320, 420, 1320), 'serving', []],
  ['hours on another day', hours(60, 120, 3 * 1440 + 61), 'serving', []],
  ['hours that end where they begin', hours(60, 60, 700), 'serving', []],
  ['hours up to midnight', hours(1400, 1440, 1439), 'serving', []],
  ['hours at a time that is none', hours(60, 120, Number.NaN), 'waiting', ['schedule']],
  [
    'a trial outside the hours',
    { ...hours(60, 120, 1), trialRelaysLeft: 3 },
    'waiting',
    ['schedule'],
  ],
  ['a loss that has just begun', earning(50, 100), 'serving', []],
  ['a self-test that failed', { selfTest: 'failed' }, 'waiting', ['self-test-failed']],
  ['a self-test under way', { selfTest: 'running' }, 'waiting', ['preparing']],
  [
    'a self-test while preparing',
    { selfTest: 'running', engine: 'preparing' },
    'waiting',
    ['preparing'],
  ],
  ['no self-test', { selfTest: 'none' }, 'waiting', ['preparing']],
  [
    'everything that stands in the way, the worst first',
    {
      ...hours(60, 120, 1),
      power: 'battery',
      idleS: 0,
      machine: {
        isLidShut: true,
        apps: [
          { name: 'a', by: 'list' },
          { name: 'b', by: 'mark' },
        ],
        fullscreen: 'c',
        isOnUps: true,
        isSavingPower: true,
        isMetered: true,
        batteryPercent: 3,
      },
    },
    'waiting',
    [
      'lid-shut',
      'game',
      'exclusive-app',
      'fullscreen',
      'owner-active',
      'on-battery',
      'on-ups',
      'charge-low',
      'power-saver',
      'schedule',
      'metered',
    ],
  ],
];

describe('at the first look', () => {
  test.each(ROWS)('%s', (_name, changes, mode, codes) => {
    const [decision] = play([0, changes]);
    expect(decision?.status.reasons.map(({ code }) => code)).toEqual(codes);
    expect(decision?.status.mode).toBe(mode);
  });
});

/** Age of a reading in seconds up to which it counts. */
const AGES = [
  ['batteryPercent', { batteryPercent: 90 }, 60],
  ['isOnUps', { isOnUps: false }, 30],
  ['isSavingPower', { isSavingPower: false }, 60],
  ['isLidShut', { isLidShut: false }, 30],
  ['isMetered', { isMetered: false }, 180],
  ['apps', { apps: [] }, 20],
  ['fullscreen', { fullscreen: '' }, 10],
] as const satisfies readonly (readonly [string, Scene['machine'], number])[];

describe('a source that falls silent', () => {
  test.each(AGES)('%s', (_key, values, ageS) => {
    const codes = (ageMs: number) =>
      play([0, { ...ALWAYS, ...machine(values), ageMs }])[0]?.status.reasons.map(
        ({ code }) => code,
      );
    expect(codes(ageS * 1000)).not.toContain('sensor-stale');
    expect(codes(ageS * 1000 + 1)).toContain('sensor-stale');
    expect(codes(-1)).toContain('sensor-stale');
  });

  test('names itself', () => {
    const [decision] = play([0, { ...ALWAYS, ...machine({ apps: [] }), ageMs: 25_000 }]);
    expect(decision?.status.reasons[0]?.detail).toBe('the test stopped answering');
  });

  test('does not matter where it is not asked', () => {
    const old = { ...ALWAYS, ageMs: 190_000, power: 'mains' } as const;
    const metered = {
      ...old,
      ...machine({ isMetered: true }),
      settings: { servesOnMetered: true },
    };
    expect(play([0, metered])[0]?.status.reasons.map(({ code }) => code)).toEqual([
      'power-unknown',
    ]);
  });
});
