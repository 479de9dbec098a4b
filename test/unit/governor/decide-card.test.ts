/** The governor's decision about the graphics card: arming, what is foreign on it, and when it may sleep. */
import { describe, expect, test } from 'vitest';
import type { Status } from '../../../electron/ipc/status.ts';
import type { Decision } from '../../../electron/governor/decide.ts';
import type { GpuReading } from '../../../electron/governor/sensors.ts';
import { machine } from './machine-scenes.ts';
import {
  ALWAYS,
  CARD,
  LOCKED,
  NO_RELAYS,
  ON_CARD,
  UNIX,
  watch,
  withCard,
  type Scene,
  type Steps,
} from './scene.ts';

const RUNNING = { relays: { ...NO_RELAYS, away: 1 } };
const codesOf = ({ status }: Decision) => status.reasons.map(({ code }) => code);
const GB = 1_000_000_000;

type Row = readonly [
  name: string,
  steps: Steps,
  mode: Status['mode'],
  codes: readonly string[],
  withGpu: boolean,
];

const still = (atS: number, changes: Partial<Scene>): Steps => [
  [0, changes],
  [atS, changes],
];
const cards = (...changes: readonly Partial<GpuReading>[]): Partial<Scene> => ({
  ...ON_CARD,
  machine: { gpus: changes.map((each) => ({ ...CARD, ...each })) },
});
/** Armed for twelve seconds, then something else. */
const then = (atS: number, changes: Partial<GpuReading>, more: Partial<Scene> = RUNNING): Steps => [
  [0, ON_CARD],
  [14, { ...ON_CARD, ...more }],
  [16, { ...withCard(changes), ...more }],
  [atS, { ...withCard(changes), ...more }],
];

const ROWS: readonly Row[] = [
  ['the first look arms', [[0, ON_CARD]], 'waiting', ['arming'], true],
  ['nine seconds do not', still(8, ON_CARD), 'waiting', ['arming'], true],
  ['ten seconds do', still(10, ON_CARD), 'serving', [], true],
  ['always arms too', still(8, { ...ALWAYS, ...ON_CARD }), 'waiting', ['arming'], true],
  ['and then serves', still(10, { ...ALWAYS, ...ON_CARD }), 'serving', [], true],
  ['a processor needs no arming', [[0, {}]], 'serving', [], false],
  [
    'nobody is asked while the owner types',
    [[0, { ...ON_CARD, idleS: 0 }]],
    'waiting',
    ['owner-active'],
    false,
  ],
  [
    'nor eleven seconds before the end of the wait',
    [[0, { ...ON_CARD, idleS: 289 }]],
    'waiting',
    ['owner-active'],
    false,
  ],
  [
    'but ten seconds before',
    [[0, { ...ON_CARD, idleS: 290 }]],
    'waiting',
    ['owner-active', 'arming'],
    true,
  ],
  [
    'so that both end together',
    [
      [0, { ...ON_CARD, idleS: 290 }],
      [10, { ...ON_CARD, idleS: 300 }],
    ],
    'serving',
    [],
    true,
  ],
  [
    'not for a lock that is not there',
    [[0, { ...ON_CARD, ...LOCKED, isLocked: false }]],
    'waiting',
    ['not-locked'],
    false,
  ],
  ['nor on battery', [[0, { ...ON_CARD, power: 'battery' }]], 'waiting', ['on-battery'], false],
  ['nor off', [[0, { ...ON_CARD, isOn: false }]], 'off', ['earning-off'], false],
  [
    'nor without a network',
    [[0, { ...ON_CARD, network: 'starting' }]],
    'waiting',
    ['network-starting'],
    false,
  ],
  [
    'nor in a pause',
    [[0, { ...ON_CARD, snoozedUntilMs: Infinity }]],
    'waiting',
    ['snoozed'],
    false,
  ],
  [
    'nor during a game',
    [[0, { ...ON_CARD, ...machine({ apps: [{ name: 'x', by: 'mark' }] }) }]],
    'waiting',
    ['game'],
    false,
  ],
  [
    'but while the engine prepares',
    [[0, { ...ON_CARD, engine: 'preparing' }]],
    'waiting',
    ['preparing', 'arming'],
    true,
  ],
  [
    'which does not begin anew when it is ready',
    [...still(20, { ...ON_CARD, engine: 'preparing' }), [22, ON_CARD]],
    'serving',
    [],
    true,
  ],
  [
    'an owner who comes back ends it',
    [
      [0, ON_CARD],
      [4, { ...ON_CARD, idleS: 0 }],
    ],
    'waiting',
    ['owner-active'],
    false,
  ],
  ['no card is read', still(12, { ...ON_CARD, machine: {} }), 'waiting', ['sensor-missing'], true],
  [
    'a card that is warm from before',
    still(12, withCard({ celsius: 66 })),
    'waiting',
    ['gpu-hot'],
    true,
  ],
  ['a card that is just cool enough', still(12, withCard({ celsius: 65 })), 'serving', [], true],
  [
    'a card without room',
    still(12, { ...withCard({ memoryUsedBytes: 22.6 * GB }), holdsMemory: false }),
    'waiting',
    ['memory-short'],
    true,
  ],
  [
    'a card with just enough room',
    still(12, { ...withCard({ memoryUsedBytes: 22.5 * GB }), holdsMemory: false }),
    'serving',
    [],
    true,
  ],
  [
    'a small card without room',
    still(12, {
      ...withCard({ memoryUsedBytes: 3.5 * GB, memoryTotalBytes: 4 * GB }),
      holdsMemory: false,
    }),
    'waiting',
    ['memory-short'],
    true,
  ],
  [
    'a small card with room',
    still(12, {
      ...withCard({ memoryUsedBytes: 3.4 * GB, memoryTotalBytes: 4 * GB }),
      holdsMemory: false,
    }),
    'serving',
    [],
    true,
  ],
  [
    'a card full of our own',
    still(12, withCard({ memoryUsedBytes: 23.9 * GB })),
    'serving',
    [],
    true,
  ],
  [
    'a card that does not tell its room',
    still(12, { ...withCard({ memoryUsedBytes: null }), holdsMemory: false }),
    'serving',
    [],
    true,
  ],
  [
    'looked at for long enough it rests',
    still(46, withCard({ celsius: 70 })),
    'waiting',
    ['gpu-hot'],
    false,
  ],
  ['and rests for a minute', still(104, withCard({ celsius: 70 })), 'waiting', ['gpu-hot'], false],
  [
    'then it is looked at again',
    still(106, withCard({ celsius: 70 })),
    'waiting',
    ['arming'],
    true,
  ],
  [
    'and serves when it has cooled',
    [...still(46, withCard({ celsius: 70 })), [60, ON_CARD], [126, ON_CARD]],
    'serving',
    [],
    true,
  ],
  [
    'somebody else at work on it',
    still(4, withCard({ foreignLoadPercent: 15 })),
    'waiting',
    ['other-gpu-app'],
    false,
  ],
  ['somebody else, a little', still(12, withCard({ foreignLoadPercent: 14 })), 'serving', [], true],
  [
    'load while nothing of ours computes',
    still(4, withCard({ foreignLoadPercent: null, loadPercent: 15 })),
    'waiting',
    ['other-gpu-app'],
    false,
  ],
  [
    'load of the owner at our own engine',
    still(12, { ...withCard({ foreignLoadPercent: null, loadPercent: 90 }), isOwners: true }),
    'serving',
    [],
    true,
  ],
  [
    'load of our own test',
    still(12, { ...withCard({ foreignLoadPercent: null, loadPercent: 90 }), selfTest: 'running' }),
    'waiting',
    ['preparing'],
    true,
  ],
  [
    'load of a model that is being read',
    still(12, { ...withCard({ foreignLoadPercent: null, loadPercent: 90 }), engine: 'preparing' }),
    'waiting',
    ['preparing'],
    true,
  ],
  [
    'all load is ours while relays run and nobody tells',
    then(26, { foreignLoadPercent: null, loadPercent: 90 }),
    'serving',
    [],
    true,
  ],
  ['one busy sample while serving', then(16, { foreignLoadPercent: 60 }), 'serving', [], true],
  [
    'the same one twice',
    [
      ...then(16, { foreignLoadPercent: 60 }),
      [18, { ...withCard({ foreignLoadPercent: 60 }), ...RUNNING, ageMs: 2_000 }],
    ],
    'serving',
    [],
    true,
  ],
  ['two of them', then(18, { foreignLoadPercent: 60 }), 'draining', ['other-gpu-app'], true],
  [
    'a program that is allowed',
    then(
      30,
      { foreignLoadPercent: 60, foreignApp: 'Portal' },
      { ...RUNNING, settings: { allowedApps: ['portal.exe'] } },
    ),
    'serving',
    [],
    true,
  ],
  [
    'more memory of others',
    then(16, { foreignMemoryBytes: 1_500_000_001 }),
    'draining',
    ['other-gpu-app'],
    true,
  ],
  ['not enough more', then(16, { foreignMemoryBytes: 1_500_000_000 }), 'serving', [], true],
  ['less than before', then(30, { foreignMemoryBytes: 0 }), 'serving', [], true],
  [
    'others left less than a minute ago',
    [...then(18, { foreignLoadPercent: 60 }, {}), [20, ON_CARD], [66, ON_CARD]],
    'waiting',
    ['other-gpu-app'],
    false,
  ],
  [
    'in whose last seconds it is armed again',
    [...then(18, { foreignLoadPercent: 60 }, {}), [20, ON_CARD], [68, ON_CARD]],
    'waiting',
    ['other-gpu-app', 'arming'],
    true,
  ],
  [
    'a minute after they left',
    [...then(18, { foreignLoadPercent: 60 }, {}), [20, ON_CARD], [78, ON_CARD]],
    'serving',
    [],
    true,
  ],
  [
    'relays may end before the card sleeps',
    [...still(14, ON_CARD), [16, { ...ON_CARD, ...RUNNING, idleS: 0 }]],
    'draining',
    ['owner-active'],
    true,
  ],
  [
    'and then it does',
    [
      ...still(14, ON_CARD),
      [16, { ...ON_CARD, ...RUNNING, idleS: 0 }],
      [18, { ...ON_CARD, idleS: 2 }],
    ],
    'waiting',
    ['owner-active'],
    false,
  ],
  [
    'no card of that name among several',
    still(12, cards({ name: 'Other X' }, { name: 'Other Y' })),
    'waiting',
    ['sensor-missing'],
    true,
  ],
  ['an empty list of cards', still(12, cards()), 'waiting', ['sensor-missing'], true],
  ['one card, whatever it is called', still(12, withCard({ name: 'other' })), 'serving', [], true],
  [
    'the maker before its name',
    still(12, cards({ name: 'Other' }, { name: 'Maker TEST Card' })),
    'serving',
    [],
    true,
  ],
  [
    'the hotter of two with its name',
    still(12, cards({}, { celsius: 80 })),
    'waiting',
    ['gpu-hot'],
    true,
  ],
];

describe('the card', () => {
  test.each(ROWS)('%s', (_name, steps, mode, codes, withGpu) => {
    const decision = watch(...steps);
    expect(codesOf(decision)).toEqual(codes);
    expect(decision.status.mode).toBe(mode);
    expect(decision.wish?.withGpu ?? false).toBe(withGpu);
  });

  test('arming says when it will be over, and resting too', () => {
    expect(watch([0, ON_CARD]).status.reasons[0]?.untilMs).toBe(UNIX + 10_000);
    const [rest] = watch(...still(50, withCard({ celsius: 70 }))).status.reasons;
    expect(rest).toMatchObject({ untilMs: UNIX + 106_000, detail: '70 °C, goes on at 65 °C' });
  });

  test('others are named', () => {
    const app = { foreignApp: 'Portal' };
    const byLoad = watch(...then(18, { ...app, foreignLoadPercent: 60 }));
    expect(byLoad.status.reasons[0]?.detail).toBe('Portal, 60 %');
    const byMemory = watch(...then(18, { ...app, foreignMemoryBytes: 2 * GB }));
    expect(byMemory.status.reasons[0]?.detail).toBe('Portal, 1000 MB');
  });

  test('a power limit holds while relays may run', () => {
    const limited = { ...ON_CARD, settings: { powerLimitWatts: 200 } };
    const watts = (steps: Steps) => watch(...steps).powerLimitWatts;
    expect(watts(still(8, limited))).toBeNull();
    expect(watts(still(10, limited))).toBe(200);
    expect(watts([...still(12, limited), [14, { ...limited, ...RUNNING, idleS: 0 }]])).toBe(200);
    expect(watts([...still(12, limited), [14, { ...limited, idleS: 0 }]])).toBeNull();
    expect(watts([[0, { settings: { powerLimitWatts: 200 } }]])).toBeNull();
  });
});
