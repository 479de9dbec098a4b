/** The governor's decision from look to look: what holds for how long, and what ends relays. */
import { describe, expect, test } from 'vitest';
import { AT_START, decide } from '../../../electron/governor/decide.ts';
import type { Moment } from '../../../electron/governor/senses.ts';
import type { Status } from '../../../electron/ipc/status.ts';
import {
  ALWAYS,
  AWAY,
  configOf,
  factsOf,
  LOCKED,
  PASSING_BY,
  play,
  UNIX,
  watch,
  type Scene,
  type Steps,
} from './scene.ts';

type LaterRow = readonly [
  name: string,
  steps: Steps,
  mode: Status['mode'],
  codes: readonly string[],
];

const LATER_ROWS: readonly LaterRow[] = [
  [
    'a blip, not yet two minutes ago',
    [...PASSING_BY, [178, { idleS: 118 }]],
    'waiting',
    ['owner-active'],
  ],
  ['a blip, two minutes ago', [...PASSING_BY, [180, { idleS: 120 }]], 'serving', []],
  [
    'a real return, two minutes ago',
    [
      [0, {}],
      [60, { idleS: 0 }],
      [68, { idleS: 0 }],
      [70, { idleS: 2 }],
      [188, { idleS: 120 }],
    ],
    'waiting',
    ['owner-active'],
  ],
  [
    'a real return, five minutes ago',
    [
      [0, {}],
      [60, { idleS: 0 }],
      [68, { idleS: 0 }],
      [70, { idleS: 2 }],
      [368, { idleS: 300 }],
    ],
    'serving',
    [],
  ],
  [
    'two blips make a return',
    [...PASSING_BY, [100, { idleS: 0 }], [102, { idleS: 2 }], [220, { idleS: 120 }]],
    'waiting',
    ['owner-active'],
  ],
  [
    'a blip after another one that was waited out',
    [...PASSING_BY, [190, { idleS: 0 }], [192, { idleS: 2 }], [310, { idleS: 120 }]],
    'serving',
    [],
  ],
  [
    'idle at the first look is no blip',
    [
      [0, { idleS: 1 }],
      [120, { idleS: 121 }],
    ],
    'waiting',
    ['owner-active'],
  ],
  [
    'locked for half a minute',
    [
      [0, LOCKED],
      [30, LOCKED],
    ],
    'serving',
    [],
  ],
  [
    'locked for less',
    [
      [0, LOCKED],
      [28, LOCKED],
    ],
    'waiting',
    ['not-locked'],
  ],
  [
    'locked anew',
    [
      [0, LOCKED],
      [40, { ...LOCKED, isLocked: false }],
      [42, LOCKED],
    ],
    'waiting',
    ['not-locked'],
  ],
  [
    'locked, then unknown, then locked',
    [
      [0, LOCKED],
      [40, { ...LOCKED, isLocked: null }],
      [42, LOCKED],
    ],
    'waiting',
    ['not-locked'],
  ],
  [
    'away by lock and half a minute without input',
    [
      [0, { isLocked: true, idleS: 1 }],
      [30, { isLocked: true, idleS: 31 }],
    ],
    'serving',
    [],
  ],
  [
    'input at the lock screen',
    [
      [0, { isLocked: true, idleS: 40 }],
      [40, { isLocked: true, idleS: 0 }],
    ],
    'waiting',
    ['owner-active'],
  ],
  [
    'mains that flapped',
    [
      [0, {}],
      [10, { power: 'battery' }],
      [12, {}],
    ],
    'waiting',
    ['on-battery'],
  ],
  [
    'mains that is steady again',
    [
      [0, {}],
      [10, { power: 'battery' }],
      [12, {}],
      [42, {}],
    ],
    'serving',
    [],
  ],
  [
    'mains after a missing reading needs no proof',
    [
      [0, {}],
      [10, { power: null }],
      [12, {}],
    ],
    'serving',
    [],
  ],
  [
    'mains after battery and a missing reading',
    [
      [0, { power: 'battery' }],
      [10, { power: null }],
      [12, {}],
    ],
    'waiting',
    ['on-battery'],
  ],
  [
    'just awake',
    [
      [0, {}],
      [10, { isSuspended: true }],
      [12, {}],
    ],
    'waiting',
    ['suspended'],
  ],
  [
    'awake for a minute',
    [
      [0, ALWAYS],
      [10, { ...ALWAYS, isSuspended: true }],
      [12, ALWAYS],
      [72, ALWAYS],
    ],
    'serving',
    [],
  ],
  [
    'off and on again',
    [
      [0, { isOn: false }],
      [900, {}],
    ],
    'serving',
    [],
  ],
  [
    'off forgets a lock',
    [
      [0, LOCKED],
      [40, { ...LOCKED, isOn: false }],
      [42, LOCKED],
    ],
    'waiting',
    ['not-locked'],
  ],
];

describe('over time', () => {
  test.each(LATER_ROWS)('%s', (_name, steps, mode, codes) => {
    const { status } = watch(...steps);
    expect(status.reasons.map(({ code }) => code)).toEqual(codes);
    expect(status.mode).toBe(mode);
  });

  test('a clock that jumps, or a gap that nobody explains, counts as sleep', () => {
    const jumps: readonly Moment[] = [
      { monotonicMs: 2000, unixMs: UNIX + 2000 + 5001 },
      { monotonicMs: 2000, unixMs: UNIX - 5000 },
      { monotonicMs: -1, unixMs: UNIX },
      { monotonicMs: 15_001, unixMs: UNIX + 15_001 },
      { monotonicMs: Number.NaN, unixMs: UNIX },
    ];
    const [first] = play([0, AWAY]);
    for (const now of jumps) {
      const { status } = decide(
        first?.next ?? AT_START,
        factsOf(AWAY, now.monotonicMs),
        configOf(AWAY),
        now,
      );
      expect(status.reasons[0]?.code).toBe('suspended');
      expect(status.mode).toBe('waiting');
    }
    const calm = { monotonicMs: 15_000, unixMs: UNIX + 20_000 };
    expect(
      decide(first?.next ?? AT_START, factsOf(AWAY, 15_000), configOf(AWAY), calm).status.mode,
    ).toBe('serving');
  });
});

const RUNNING = { relays: { away: 1, locked: 1, always: 1 } };

describe('relays under way', () => {
  test.each([
    ['go on while all is well', { ...LOCKED }, []],
    [
      'end with the owner, but for those taken while the owner worked',
      { idleS: 0, isLocked: true },
      ['away'],
    ],
    [
      'end with the lock, but for those that need none',
      { idleS: 3600, isLocked: false },
      ['locked'],
    ],
    ['end with every source of presence', { idleS: null, isLocked: null }, ['away', 'locked']],
    ['end with sleep', { ...LOCKED, isSuspended: true }, ['away', 'locked', 'always']],
    ['are finished when earning is switched off', { ...LOCKED, isOn: false }, []],
    ['but not when the owner comes back meanwhile', { ...LOCKED, isOn: false, idleS: 0 }, ['away']],
    ['are finished in a pause', { ...LOCKED, snoozedUntilMs: Infinity }, []],
    ['are finished when the network fails', { ...LOCKED, network: 'failed' }, []],
    ['may go on for a moment on battery', { ...LOCKED, power: 'battery' }, []],
    ['and without knowing', { ...LOCKED, power: null }, []],
  ] as const satisfies readonly (readonly [string, Partial<Scene>, readonly string[]])[])(
    '%s',
    (_name, changes, ends) => {
      const locked = { isLocked: true, ...RUNNING };
      expect(watch([0, locked], [40, { idleS: 3640, ...RUNNING, ...changes }]).endsRelays).toEqual(
        ends,
      );
    },
  );

  test('end ten seconds after the power went, and not when it came back', () => {
    const on = { ...ALWAYS, ...RUNNING, isLocked: true, idleS: 3600 };
    const off = { ...on, power: 'battery' } as const;
    expect(watch([0, on], [40, off], [48, off]).endsRelays).toEqual([]);
    expect(watch([0, on], [40, off], [50, off]).endsRelays).toEqual(['away', 'locked', 'always']);
    expect(watch([0, on], [40, off], [48, on], [60, on]).endsRelays).toEqual([]);
  });
});
