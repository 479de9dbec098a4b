/** The governor's decision at one look, row by row, and what its status says. */
import { describe, expect, test } from 'vitest';
import type { Status } from '../../../electron/ipc/status.ts';
import {
  ALWAYS,
  LOCKED,
  NO_RELAYS,
  PASSING_BY,
  play,
  UNIX,
  watch,
  type Scene,
  type Steps,
} from './scene.ts';

type Row = readonly [
  name: string,
  changes: Partial<Scene>,
  mode: Status['mode'],
  codes: readonly string[],
];

const NOW_ROWS: readonly Row[] = [
  ['everything as it should be', {}, 'serving', []],
  ['exactly five minutes idle', { idleS: 300 }, 'serving', []],
  ['a second less', { idleS: 299 }, 'waiting', ['owner-active']],
  ['typing', { idleS: 0 }, 'waiting', ['owner-active']],
  ['idle unknown', { idleS: null }, 'waiting', ['presence-unknown']],
  ['idle less than nothing', { idleS: -1 }, 'waiting', ['presence-unknown']],
  ['idle for ever', { idleS: Infinity }, 'waiting', ['presence-unknown']],
  ['idle no number', { idleS: Number.NaN }, 'waiting', ['presence-unknown']],
  ['lock unknown does not matter to away', { isLocked: null }, 'serving', []],
  ['readings three seconds old', { ageMs: 3000 }, 'serving', []],
  ['readings older', { ageMs: 3001 }, 'waiting', ['presence-unknown']],
  ['readings from the future', { ageMs: -1 }, 'waiting', ['presence-unknown', 'power-unknown']],
  ['power read half a minute ago', { ...ALWAYS, ageMs: 30_000 }, 'serving', []],
  ['power read before that', { ...ALWAYS, ageMs: 30_001 }, 'waiting', ['power-unknown']],
  ['on battery', { power: 'battery' }, 'waiting', ['on-battery']],
  ['power unknown', { power: null }, 'waiting', ['power-unknown']],
  ['typing on battery', { idleS: 1, power: 'battery' }, 'waiting', ['owner-active', 'on-battery']],
  ['nothing known', { idleS: null, power: null }, 'waiting', ['presence-unknown', 'power-unknown']],
  ['going to sleep', { isSuspended: true }, 'waiting', ['suspended']],
  ['no model', { model: 'none' }, 'waiting', ['no-model']],
  ['engine preparing', { engine: 'preparing' }, 'waiting', ['preparing']],
  ['engine failed', { engine: 'failed' }, 'waiting', ['engine-failed']],
  ['network not opened', { network: 'off' }, 'waiting', ['network-starting']],
  ['network starting', { network: 'starting' }, 'waiting', ['network-starting']],
  ['network failed', { network: 'failed' }, 'waiting', ['network-failed']],
  ['snoozed', { snoozedUntilMs: UNIX + 1 }, 'waiting', ['snoozed']],
  ['snoozed without end', { snoozedUntilMs: Infinity }, 'waiting', ['snoozed']],
  ['snoozed to a time that is none', { snoozedUntilMs: Number.NaN }, 'waiting', ['snoozed']],
  ['a pause that is over', { snoozedUntilMs: UNIX }, 'serving', []],
  ['off', { isOn: false }, 'off', ['earning-off']],
  ['off names nothing else', { isOn: false, idleS: 0, model: 'none' }, 'off', ['earning-off']],
  ['off while snoozed', { isOn: false, snoozedUntilMs: UNIX + 9 }, 'off', ['earning-off']],
  ['always, while typing', ALWAYS, 'serving', []],
  ['always needs no presence', { ...ALWAYS, idleS: null, isLocked: null }, 'serving', []],
  ['always, on battery', { ...ALWAYS, power: 'battery' }, 'waiting', ['on-battery']],
  ['always, power unknown', { ...ALWAYS, power: null }, 'waiting', ['power-unknown']],
  ['always, suspended', { ...ALWAYS, isSuspended: true }, 'waiting', ['suspended']],
  ['always, no model', { ...ALWAYS, model: 'none' }, 'waiting', ['no-model']],
  ['locked, just now', LOCKED, 'waiting', ['not-locked']],
  ['locked, not at all', { ...LOCKED, isLocked: false }, 'waiting', ['not-locked']],
  ['locked, unknown', { ...LOCKED, isLocked: null }, 'waiting', ['presence-unknown']],
  ['a trial while off', { isOn: false, trialRelaysLeft: 10, idleS: 0 }, 'serving', []],
  ['a trial on battery', { trialRelaysLeft: 1, power: 'battery' }, 'waiting', ['on-battery']],
  ['a trial while typing', { trialRelaysLeft: 1, idleS: 0 }, 'serving', []],
  ['a trial under locked', { ...LOCKED, isLocked: null, trialRelaysLeft: 1 }, 'serving', []],
  [
    'a trial while snoozed',
    { trialRelaysLeft: 3, snoozedUntilMs: UNIX + 5 },
    'waiting',
    ['snoozed'],
  ],
  ['a trial used up while off', { isOn: false, trialRelaysLeft: 0 }, 'off', ['earning-off']],
  [
    'a trial without a network',
    { trialRelaysLeft: 2, network: 'starting' },
    'waiting',
    ['network-starting'],
  ],
  [
    'off with a relay',
    { isOn: false, relays: { ...NO_RELAYS, away: 1 } },
    'draining',
    ['earning-off'],
  ],
  [
    'typing with a relay',
    { idleS: 0, relays: { ...NO_RELAYS, away: 1 } },
    'draining',
    ['owner-active'],
  ],
  ['serving with relays', { relays: { ...NO_RELAYS, away: 3 } }, 'serving', []],
  [
    'all of it, the worst first',
    {
      idleS: 0,
      power: 'battery',
      model: 'none',
      engine: 'failed',
      network: 'failed',
      isSuspended: true,
      snoozedUntilMs: UNIX + 1,
    },
    'waiting',
    [
      'snoozed',
      'suspended',
      'no-model',
      'engine-failed',
      'network-failed',
      'owner-active',
      'on-battery',
    ],
  ],
  [
    'all that is unknown',
    { idleS: null, power: null, engine: 'preparing', network: 'off' },
    'waiting',
    ['preparing', 'network-starting', 'presence-unknown', 'power-unknown'],
  ],
];

describe('at the first look', () => {
  test.each(NOW_ROWS)('%s', (_name, changes, mode, codes) => {
    const [decision] = play([0, changes]);
    expect(decision?.status.reasons.map(({ code }) => code)).toEqual(codes);
    expect(decision?.status.mode).toBe(mode);
  });
});

describe('what the status says', () => {
  test.each([
    ['the time when the owner has been idle for long enough', [[0, { idleS: 40 }]], 260],
    ['and after a blip', PASSING_BY, 180],
    [
      'the time when the lock has held',
      [
        [0, LOCKED],
        [10, LOCKED],
      ],
      30,
    ],
    [
      'the time when mains has been steady',
      [
        [0, { power: 'battery' }],
        [4, {}],
      ],
      34,
    ],
    [
      'the end of the minute after sleep',
      [
        [0, { isSuspended: true }],
        [4, {}],
      ],
      64,
    ],
    ['the end of a pause', [[0, { snoozedUntilMs: UNIX + 5000 }]], 5],
  ] as const satisfies readonly (readonly [string, Steps, number])[])('%s', (_name, steps, atS) => {
    expect(watch(...steps).status.reasons[0]?.untilMs).toBe(UNIX + atS * 1000);
  });

  test.each([
    ['why idleness is unknown', { idleS: null }, 'no idle time'],
    ['that a source is silent', { ageMs: 4000 }, 'the test stopped answering'],
    ['why the lock is unknown', { ...LOCKED, isLocked: null }, 'no lock'],
    ['why power is unknown', { power: null }, 'no power report'],
    ['what says so', { power: 'battery' }, 'the test'],
  ] as const satisfies readonly (readonly [string, Partial<Scene>, string])[])(
    '%s',
    (_name, changes, detail) => {
      expect(play([0, changes])[0]?.status.reasons[0]).toMatchObject({ detail, untilMs: null });
    },
  );

  test('the policy in force and who chose it', () => {
    const trial = { trialRelaysLeft: 4, policy: 'locked', chosenBy: 'command-line' } as const;
    expect(play([0, trial])[0]?.status).toMatchObject({
      policy: 'always',
      chosenBy: 'trial',
      trialRelaysLeft: 4,
      duty: 0.5,
    });
    expect(play([0, { ...trial, trialRelaysLeft: null }])[0]?.status).toMatchObject({
      policy: 'locked',
      chosenBy: 'command-line',
      duty: 0,
    });
    expect(play([0, {}])[0]?.status).toMatchObject({ policy: 'away', chosenBy: 'owner', duty: 1 });
  });

  test('since when it is so', () => {
    const [one, two, three] = play([0, {}], [2, {}], [4, { idleS: 0 }]);
    expect([one, two, three].map((each) => each?.status.sinceMs)).toEqual([
      UNIX,
      UNIX,
      UNIX + 4000,
    ]);
  });
});
