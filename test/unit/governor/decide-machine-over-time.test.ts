/** The governor's decision about the machine from look to look: what outlives its cause, and what ends relays. */
import { describe, expect, test } from 'vitest';
import {
  CALM,
  earning,
  FILM,
  GAME,
  hours,
  LISTED,
  machine,
  OPEN,
  SHUT,
  unknown,
} from './machine-scenes.ts';
import { ALWAYS, NO_RELAYS, play, UNIX, watch, type Scene, type Steps } from './scene.ts';

type LaterRow = readonly [name: string, steps: Steps, codes: readonly string[]];

const cleared = (bad: Partial<Scene>, good: Partial<Scene>, seconds: number): Steps => [
  [0, bad],
  [10, good],
  [8 + seconds, good],
];
const charge = (...values: readonly (readonly [number, number])[]): Steps =>
  values.map(([atS, batteryPercent]) => [atS, machine({ batteryPercent })]);

const LATER: readonly LaterRow[] = [
  ['a lid opened a moment ago', cleared(SHUT, OPEN, 58), ['lid-shut']],
  ['a lid opened a minute ago', cleared(SHUT, OPEN, 60), []],
  ['a game that ended a moment ago', cleared(GAME, CALM, 58), ['game']],
  ['a game that ended a minute ago', cleared(GAME, CALM, 60), []],
  ['a program that ended a moment ago', cleared(LISTED, CALM, 58), ['exclusive-app']],
  ['a program that ended a minute ago', cleared(LISTED, CALM, 60), []],
  ['a film that ended a moment ago', cleared(FILM, CALM, 58), ['fullscreen']],
  ['a film that ended a minute ago', cleared(FILM, CALM, 60), []],
  [
    'a game that nobody can see now',
    [
      [0, GAME],
      [10, unknown({ apps: 'gone' })],
      [200, unknown({ apps: 'gone' })],
    ],
    ['game'],
  ],
  [
    'a list that is no more',
    [
      [0, GAME],
      [10, {}],
      [68, {}],
    ],
    [],
  ],
  ['off the UPS', cleared(machine({ isOnUps: true }), machine({ isOnUps: false }), 28), ['on-ups']],
  [
    'off the UPS for long',
    cleared(machine({ isOnUps: true }), machine({ isOnUps: false }), 30),
    [],
  ],
  [
    'saving no more',
    cleared(machine({ isSavingPower: true }), machine({ isSavingPower: false }), 28),
    ['power-saver'],
  ],
  [
    'saving no more for long',
    cleared(machine({ isSavingPower: true }), machine({ isSavingPower: false }), 30),
    [],
  ],
  [
    'another network',
    cleared(machine({ isMetered: true }), machine({ isMetered: false }), 28),
    ['metered'],
  ],
  [
    'another network for long',
    cleared(machine({ isMetered: true }), machine({ isMetered: false }), 30),
    [],
  ],
  [
    'charge from 40 down to 30',
    charge([0, 40], [700, 39], [1400, 38], [2100, 30], [2800, 30], [4000, 30]),
    [],
  ],
  ['charge below 30', charge([0, 40], [700, 29], [2000, 29]), ['charge-low']],
  ['charge on its way up', charge([0, 20], [60, 39]), ['charge-low']],
  ['charge that is back', charge([0, 20], [60, 40]), []],
  ['two points lost in ten minutes', charge([0, 90], [598, 88]), ['charger-too-weak']],
  ['one point lost', charge([0, 90], [598, 89]), []],
  ['two points lost in more than ten minutes', charge([0, 90], [2, 89.2], [604, 88]), []],
  ['charge that steps down slowly', charge([0, 90], [650, 89], [1300, 88], [1950, 87]), []],
  ['lost ten minutes ago', charge([0, 90], [10, 88], [1206, 88]), ['charger-too-weak']],
  ['lost twenty minutes ago', charge([0, 90], [10, 88], [1210, 88]), []],
  [
    'lost on battery',
    [
      [0, machine({ batteryPercent: 90 })],
      [10, machine({ batteryPercent: 80 }, { power: 'battery' })],
      [20, machine({ batteryPercent: 80 })],
      [52, machine({ batteryPercent: 80 })],
    ],
    [],
  ],
  [
    'a loss for less than fifteen minutes',
    [
      [0, earning(109, 100)],
      [898, earning(109, 100)],
    ],
    [],
  ],
  [
    'a loss for fifteen minutes',
    [
      [0, earning(109, 100)],
      [900, earning(109, 100)],
    ],
    ['unprofitable'],
  ],
  [
    'no gain, but no loss either',
    [
      [0, earning(110, 100)],
      [1800, earning(110, 100)],
    ],
    [],
  ],
  [
    'a loss that was interrupted',
    [
      [0, earning(1, 100)],
      [800, earning(110, 100)],
      [802, earning(1, 100)],
      [1600, earning(1, 100)],
    ],
    [],
  ],
  [
    'a little better after a loss',
    [
      [0, earning(1, 100)],
      [902, earning(129, 100)],
    ],
    ['unprofitable'],
  ],
  [
    'well again after a loss',
    [
      [0, earning(1, 100)],
      [902, earning(130, 100)],
    ],
    [],
  ],
  [
    'a loss that nobody knows any more',
    [
      [0, earning(1, 100)],
      [902, {}],
    ],
    [],
  ],
  [
    'a loss that the owner accepts',
    [
      [0, { ...earning(1, 100), settings: { stopsBelowBreakEven: false } }],
      [902, { ...earning(1, 100), settings: { stopsBelowBreakEven: false } }],
    ],
    [],
  ],
  [
    'what costs nothing',
    [
      [0, earning(0, 0)],
      [902, earning(0, 0)],
    ],
    [],
  ],
];

describe('over time', () => {
  test.each(LATER)('%s', (_name, steps, codes) => {
    const { status } = watch(...steps);
    expect(status.reasons.map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    ['a game', cleared(GAME, CALM, 30), 68],
    ['a lid', cleared(SHUT, OPEN, 30), 68],
    ['a UPS', cleared(machine({ isOnUps: true }), machine({ isOnUps: false }), 20), 38],
  ] as const)('%s says when it will be over', (_name, steps, atS) => {
    expect(watch(...steps).status.reasons[0]?.untilMs).toBe(UNIX + atS * 1000);
  });

  test('the hours say when they begin', () => {
    const outside = hours(60, 120, 1440 + 50);
    const minute = Math.floor(UNIX / 60_000) * 60_000;
    expect(play([0, outside])[0]?.status.reasons[0]?.untilMs).toBe(minute + 10 * 60_000);
  });

  test('sleep does not end a game', () => {
    const steps: Steps = [
      [0, GAME],
      [100, CALM],
      [1000, CALM],
    ];
    const codes = play(...steps)
      .at(-1)
      ?.status.reasons.map(({ code }) => code);
    expect(codes).toEqual(['suspended', 'game']);
  });

  test('what stands in the way is named', () => {
    expect(play([0, GAME])[0]?.status.reasons[0]).toMatchObject({
      detail: 'Portal',
      untilMs: null,
    });
    expect(play([0, FILM])[0]?.status.reasons[0]?.detail).toBe('mpv');
    expect(play([0, { selfTest: 'running' }])[0]?.status.reasons[0]?.detail).toBe('testing');
    expect(play([0, machine({ batteryPercent: 12 })])[0]?.status.reasons[0]?.detail).toBe('12 %');
  });
});

describe('relays under way', () => {
  const relays = { ...NO_RELAYS, always: 1 };
  const on = { ...ALWAYS, relays };
  test.each([
    ['end with a game', GAME, true],
    ['end with a full screen', FILM, true],
    ['end with the lid', SHUT, true],
    ['end with a wrong answer', { selfTest: 'failed' }, true],
    ['may finish for a moment on a UPS', machine({ isOnUps: true }), false],
    ['may finish for a moment when power is saved', machine({ isSavingPower: true }), false],
    ['may finish for a moment on a metered network', machine({ isMetered: true }), false],
    ['may finish for a moment as the hours end', hours(60, 120, 120), false],
    ['are finished while a test runs', { selfTest: 'running' }, false],
  ] as const satisfies readonly (readonly [string, Partial<Scene>, boolean])[])(
    '%s',
    (_name, changes, ends) => {
      const decision = watch([0, on], [10, { ...on, ...changes }]);
      expect(decision.status.mode).toBe('draining');
      expect(decision.endsRelays).toEqual(ends ? ['always'] : []);
      expect(decision.pace > 0).toBe(!ends);
    },
  );

  test('end ten seconds after the moment that they are given', () => {
    const late = { ...on, ...hours(60, 120, 120) };
    expect(watch([0, on], [10, late], [18, late]).endsRelays).toEqual([]);
    expect(watch([0, on], [10, late], [20, late]).endsRelays).toEqual(['always']);
  });

  test('do not end because a game was over before they came', () => {
    const wait: Steps = [
      [0, { ...ALWAYS, ...GAME }],
      [10, { ...on, ...CALM }],
    ];
    expect(watch(...wait).endsRelays).toEqual([]);
  });
});
