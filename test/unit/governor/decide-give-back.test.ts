/** How the machine is given back: the pace, the release, the duty, and how soon it is taken again. */
import { describe, expect, test } from 'vitest';
import { holdDuty } from '../../../electron/governor/decide-duty.ts';
import { NO_RESTARTS, restartVetoes } from '../../../electron/governor/restarts.ts';
import { earning, GAME, machine, SHUT } from './machine-scenes.ts';
import {
  ALWAYS,
  LOCKED,
  NO_RELAYS,
  play,
  UNIX,
  watch,
  withCard,
  type Scene,
  type Steps,
} from './scene.ts';

const AT_WORK = { relays: { ...NO_RELAYS, away: 1 } };
const OWNERS = { isOwners: true, isAnswering: true };
/** They were answered a moment ago. */
const READING = { isOwners: true, isAnswering: false };
const TYPING = { idleS: 0 };

type Row = readonly [name: string, steps: Steps, release: string | null];

/** Serving for ten seconds, then something else. */
const after = (...steps: Steps): Steps => [[0, AT_WORK], ...steps];

const ROWS: readonly Row[] = [
  ['nothing while serving', after(), null],
  ['a key was pressed', after([10, TYPING]), null],
  ['keys for ten seconds', after([10, TYPING], [20, TYPING]), null],
  ['keys for longer', after([10, TYPING], [22, TYPING]), 'owner-active'],
  ['one key, however long ago', after([10, TYPING], [12, { idleS: 2 }], [60, { idleS: 50 }]), null],
  ['the owner is at the engine too', after([10, TYPING], [30, { ...TYPING, ...OWNERS }]), null],
  [
    'there is no memory to give back',
    after([10, TYPING], [30, { ...TYPING, holdsMemory: false }]),
    null,
  ],
  [
    'an engine that never was for relays',
    [
      [0, TYPING],
      [30, TYPING],
    ],
    null,
  ],
  ['a game', after([10, GAME]), 'game'],
  ['a game while the owner is at the engine', after([10, { ...GAME, ...OWNERS }]), null],
  ['a game after the owner’s last answer', after([10, { ...GAME, ...READING }]), 'game'],
  ['keys after the last answer', after([10, TYPING], [30, { ...TYPING, ...READING }]), null],
  ['a game, and no memory', after([10, { ...GAME, holdsMemory: false }]), null],
  ['a game without us', [[0, { ...TYPING, ...GAME }]], 'game'],
  [
    'a game that is over',
    [
      [0, { ...TYPING, ...GAME, ...OWNERS }],
      [10, TYPING],
    ],
    null,
  ],
  [
    'a program of the list',
    after([10, machine({ apps: [{ name: 'x', by: 'list' }] })]),
    'exclusive-app',
  ],
  ['a full screen', after([10, machine({ fullscreen: 'x' })]), 'fullscreen'],
  ['the lid', after([10, SHUT]), 'lid-shut'],
  ['sleep', after([10, { isSuspended: true }]), 'suspended'],
  ['sleep, of the owner’s engine too', after([10, { isSuspended: true, ...OWNERS }]), 'suspended'],
  ['the lid, of the owner’s engine', after([10, { ...SHUT, ...OWNERS }]), null],
  ['the worst of several', after([10, { ...GAME, isSuspended: true }]), 'suspended'],
  ['just awake', after([10, { isSuspended: true }], [12, {}]), null],
  ['battery', after([10, { power: 'battery' }], [60, { power: 'battery' }]), null],
  ['a pause', after([10, { snoozedUntilMs: Infinity }], [60, { snoozedUntilMs: Infinity }]), null],
  ['off', after([10, { isOn: false, ...AT_WORK }], [20, { isOn: false }]), null],
  [
    'unlocked for ten seconds',
    [
      [0, LOCKED],
      [40, { ...LOCKED, isLocked: false }],
      [50, { ...LOCKED, isLocked: false }],
    ],
    null,
  ],
  [
    'unlocked for longer',
    [
      [0, LOCKED],
      [40, { ...LOCKED, isLocked: false }],
      [52, { ...LOCKED, isLocked: false }],
    ],
    'not-locked',
  ],
  [
    'an owner whom nobody can see',
    after([10, { idleS: null }], [22, { idleS: null }]),
    'presence-unknown',
  ],
  ['nobody can see for ten seconds', after([10, { idleS: null }], [20, { idleS: null }]), null],
  [
    'a key on a card that is full',
    [
      [0, withCard({})],
      [14, { ...withCard({ memoryUsedBytes: 23.5e9 }), ...TYPING, ...AT_WORK }],
    ],
    'owner-active',
  ],
  [
    'a key on a card with room',
    [
      [0, withCard({})],
      [14, { ...withCard({ memoryUsedBytes: 20e9 }), ...TYPING, ...AT_WORK }],
    ],
    null,
  ],
  [
    'a key on a card read long ago',
    [
      [0, withCard({})],
      [14, { ...withCard({ memoryUsedBytes: 23.5e9 }), ...TYPING, ...AT_WORK, ageMs: 6_001 }],
    ],
    null,
  ],
  [
    'a card at its limit',
    [
      [0, withCard({})],
      [14, { ...withCard({ celsius: 93 }), ...AT_WORK }],
      [40, { ...withCard({ celsius: 93 }), ...AT_WORK }],
    ],
    'gpu-critical',
  ],
  [
    'a card at its limit, of the owner',
    [
      [0, withCard({})],
      [14, { ...withCard({ celsius: 93 }), ...AT_WORK, ...OWNERS }],
      [40, { ...withCard({ celsius: 93 }), ...AT_WORK, ...OWNERS }],
    ],
    'gpu-critical',
  ],
];

describe('release', () => {
  test.each(ROWS)('%s', (_name, steps, release) => {
    expect(watch(...steps).release).toBe(release);
  });

  test('after the owner was served it is theirs, until relays have run again', () => {
    const steps = after([10, { ...AT_WORK, ...OWNERS }], [20, { ...TYPING }], [60, TYPING]);
    expect(watch(...steps).release).toBeNull();
  });
});

describe('pace', () => {
  const mixed = { away: 1, locked: 0, always: 1 };
  test.each([
    ['as fast as may be', after(), 1],
    ['half while the owner may be at work', [[0, ALWAYS]], 0.5],
    ['zero with the first key', after([10, { ...TYPING, ...AT_WORK }]), 0],
    ['zero while nothing is served', [[0, TYPING]], 0],
    ['relays that may finish go on', after([10, { snoozedUntilMs: Infinity, ...AT_WORK }]), 1],
    ['on battery they do for a moment', after([10, { power: 'battery', ...AT_WORK }]), 1],
    [
      'and no longer',
      after([10, { power: 'battery', ...AT_WORK }], [20, { power: 'battery', ...AT_WORK }]),
      0,
    ],
    [
      'those of always go on gently when others end',
      after([10, { ...TYPING, relays: mixed }]),
      0.5,
    ],
    ['quiet at night', [[0, { settings: { isQuietAtNight: true }, minuteOfWeek: 1_320 }]], 0.6],
    ['until the morning', [[0, { settings: { isQuietAtNight: true }, minuteOfWeek: 420 }]], 1],
    ['just before it', [[0, { settings: { isQuietAtNight: true }, minuteOfWeek: 419 }]], 0.6],
    ['at night without the wish', [[0, { minuteOfWeek: 1_320 }]], 1],
    [
      'at night always',
      [[0, { ...ALWAYS, settings: { isQuietAtNight: true }, minuteOfWeek: 0 }]],
      0.5,
    ],
  ] as const satisfies readonly (readonly [string, Steps, number])[])(
    '%s',
    (_name, steps, pace) => {
      expect(watch(...steps).pace).toBe(pace);
    },
  );

  test('says what holds it', () => {
    const night = { settings: { isQuietAtNight: true }, minuteOfWeek: 0 };
    expect(watch([0, {}]).status.dutyCause).toBe('full');
    expect(watch([0, ALWAYS]).status.dutyCause).toBe('policy');
    expect(watch([0, night]).status.dutyCause).toBe('quiet-night');
    expect(watch([0, { ...ALWAYS, ...night }]).status.dutyCause).toBe('policy');
    expect(watch([0, TYPING]).status.dutyCause).toBeNull();
  });

  test('does not go up within five seconds of going down', () => {
    const loud = { minuteOfWeek: 420, settings: { isQuietAtNight: true } };
    const quiet = { minuteOfWeek: 419, settings: { isQuietAtNight: true } };
    const duties = play([0, loud], [1, quiet], [3, loud], [5, loud], [6, loud]).map(
      ({ status }) => status.duty,
    );
    expect(duties).toEqual([1, 0.6, 0.6, 0.6, 1]);
  });
});

test('the duty that heat allows is held down for five seconds, whatever heat says', () => {
  const wanted = (duty: number) => ({ duty, cause: 'heat' as const });
  const lowered = holdDuty({ value: 0.9, loweredMs: null, cause: 'full' }, wanted(0.4), 1, 0);
  expect(lowered).toEqual({ value: 0.4, loweredMs: 0, cause: 'heat' });
  expect(holdDuty(lowered, wanted(0.8), 1, 4_999)).toBe(lowered);
  expect(holdDuty(lowered, wanted(0.8), 1, 5_000).value).toBe(0.8);
  expect(holdDuty(lowered, wanted(0.3), 1, 1_000).value).toBe(0.3);
  expect(holdDuty(lowered, wanted(0.8), 0.5, 5_000).value).toBe(0.5);
  expect(holdDuty(null, wanted(0.1), 1, 0).value).toBe(0.1);
  expect(holdDuty(null, wanted(0), 1, 0).value).toBe(0.1);
  expect(holdDuty(null, wanted(Number.NaN), 1, 0).value).toBe(0.1);
});

/** Taken, lost and taken again so often that it is too often. */
function flapping(times: number, from = 0): Steps {
  const steps: (readonly [number, Partial<Scene>])[] = [];
  for (let time = 0; time < times; time += 1) {
    steps.push([from + time * 100, {}], [from + time * 100 + 60, { power: 'battery' }]);
  }
  return steps;
}

describe('starts too close upon each other', () => {
  test.each([
    ['two', [...flapping(2), [200, {}], [232, {}]], []],
    ['three double the wait', [...flapping(3), [300, {}], [858, {}]], ['restarting']],
    ['which is ten minutes from the stop', [...flapping(3), [300, {}], [860, {}]], []],
    [
      'two hours make it forgotten',
      [
        ...flapping(3),
        [300, {}],
        [7_420, {}],
        [7_430, { power: 'battery' }],
        [7_450, {}],
        [7_482, {}],
      ],
      [],
    ],
    [
      'less than two hours do not',
      [
        ...flapping(3),
        [300, {}],
        [7_400, {}],
        [7_410, { power: 'battery' }],
        [7_420, {}],
        [7_428, {}],
      ],
      ['on-battery', 'restarting'],
    ],
    [
      'three within more than fifteen minutes',
      [
        [0, {}],
        [60, { power: 'battery' }],
        [70, {}],
        [950, { power: 'battery' }],
        [960, {}],
        [1_000, { power: 'battery' }],
        [1_010, {}],
        [1_042, {}],
      ],
      [],
    ],
    [
      'pauses of the owner are none',
      [
        [0, {}],
        [10, { snoozedUntilMs: Infinity }],
        [12, {}],
        [20, { snoozedUntilMs: Infinity }],
        [22, {}],
        [30, { snoozedUntilMs: Infinity }],
        [32, {}],
        [40, { power: 'battery' }],
        [42, {}],
        [72, {}],
      ],
      [],
    ],
    [
      'always, on the processor, waits for nothing',
      [
        ...flapping(4).map(([atS, changes]) => [atS, { ...ALWAYS, ...changes }] as const),
        [400, ALWAYS],
        [432, ALWAYS],
      ],
      [],
    ],
  ] as const satisfies readonly (readonly [string, Steps, readonly string[]])[])(
    '%s',
    (_name, steps, codes) => {
      expect(watch(...steps).status.reasons.map(({ code }) => code)).toEqual(codes);
    },
  );

  test('says when it goes on', () => {
    const steps: Steps = [...flapping(3), [300, {}], [400, {}]];
    expect(watch(...steps).status.reasons[0]?.untilMs).toBe(UNIX + 860_000);
  });

  test('never more than half an hour', () => {
    const flapped = { ...NO_RESTARTS, level: 10, stoppedMs: 0 };
    expect(restartVetoes(flapped, 600_000, 1_799_999)[0]?.untilMs).toBe(1_800_000);
    expect(restartVetoes(flapped, 600_000, 1_800_000)).toEqual([]);
    expect(restartVetoes({ ...flapped, level: 2 }, 60_000, 0)[0]?.untilMs).toBe(240_000);
  });
});

describe('a wait of the owner’s choice', () => {
  test.each([
    [60, 59, 'waiting'],
    [60, 60, 'serving'],
    [180, 179, 'waiting'],
    [180, 180, 'serving'],
    [600, 599, 'waiting'],
    [600, 600, 'serving'],
  ] as const)('%i seconds, %i idle', (startAfterSeconds, idleS, mode) => {
    expect(play([0, { settings: { startAfterSeconds }, idleS }])[0]?.status.mode).toBe(mode);
  });

  test('a blip never takes longer than that', () => {
    const settings = { startAfterSeconds: 60 } as const;
    const steps: Steps = [
      [0, { settings }],
      [60, { settings, ...TYPING }],
      [62, { settings, idleS: 2 }],
      [120, { settings, idleS: 60 }],
    ];
    expect(watch(...steps).status.mode).toBe('serving');
  });
});

describe('staying awake', () => {
  const awake = { settings: { keepsAwake: true } };
  const busy = { ...awake, ...AT_WORK };
  test.each([
    ['while relays run', [[0, busy]], true],
    ['not without the wish', [[0, AT_WORK]], false],
    ['not before any ran', [[0, awake]], false],
    [
      'for half a minute after',
      [
        [0, busy],
        [2, awake],
        [28, awake],
      ],
      true,
    ],
    [
      'and no longer',
      [
        [0, busy],
        [2, awake],
        [30, awake],
      ],
      false,
    ],
    ['not on battery', [[0, { ...busy, power: 'battery' }]], false],
    ['not on a UPS', [[0, { ...busy, ...machine({ isOnUps: true }) }]], false],
    ['not with a battery', [[0, { ...busy, ...machine({ batteryPercent: 99 }) }]], false],
    [
      'not with a battery that nobody can read',
      [[0, { ...busy, unknown: { batteryPercent: 'no' } }]],
      false,
    ],
    ['not with a lid', [[0, { ...busy, ...machine({ isLidShut: false }) }]], false],
    [
      'not after a battery was there',
      [
        [0, { ...busy, ...machine({ batteryPercent: 99 }) }],
        [2, busy],
      ],
      false,
    ],
    ['not while it goes to sleep', [[0, { ...busy, isSuspended: true }]], false],
    [
      'at a loss it ends with the relays',
      [
        [0, busy],
        [2, { ...awake, ...earning(0, 5) }],
        [40, { ...awake, ...earning(0, 5) }],
      ],
      false,
    ],
  ] as const satisfies readonly (readonly [string, Steps, boolean])[])('%s', (_name, steps, is) => {
    expect(watch(...steps).keepsAwake).toBe(is);
  });
});
