/** How often the governor looks, and what it makes of an engine that is only being tested. */
import { expect, test } from 'vitest';
import { ALWAYS, LOCKED, NO_RELAYS, ON_CARD, watch, type Steps } from './scene.ts';

const RUNNING = { relays: { ...NO_RELAYS, away: 1 } };

test('how often to look', () => {
  const every = (...steps: Steps) => watch(...steps).wish?.everyMs;
  expect(every([0, { idleS: 0 }])).toBe(6_000);
  expect(every([0, { idleS: 279 }])).toBe(6_000);
  expect(every([0, { idleS: 280 }])).toBe(2_000);
  expect(every([0, { idleS: null }])).toBe(2_000);
  // Half a minute after a lock relays may begin.
  expect(every([0, { idleS: 0, isLocked: true }])).toBe(2_000);
  // What is held for relays may have to go.
  expect(every([0, {}], [4, { idleS: 0 }])).toBe(2_000);
  expect(every([0, {}], [4, { idleS: 0, holdsMemory: false }])).toBe(6_000);
  expect(every([0, { idleS: 0, selfTest: 'running' }])).toBe(150);
  expect(every([0, { ...ALWAYS, power: 'battery' }])).toBe(2_000);
  expect(every([0, { ...LOCKED, isLocked: false, idleS: 0 }])).toBe(6_000);
  expect(every([0, ON_CARD])).toBe(1_000);
  expect(every([0, {}])).toBe(250);
  expect(every([0, RUNNING])).toBe(150);
  expect(every([0, { ...RUNNING, idleS: 0 }])).toBe(150);
  expect(watch([0, { isOn: false }]).wish).toBeNull();
});

const TYPING: Steps = [
  [4, { idleS: 0 }],
  [16, { idleS: 0 }],
];

test('an engine that was tested for relays goes when its owner stays', () => {
  expect(watch([0, { selfTest: 'running' }], ...TYPING).release).toBe('owner-active');
});

test('one that its owner tested does not', () => {
  const owners = { isOwners: true, isAnswering: false };
  const theirs: Steps = TYPING.map(([atS, scene]) => [atS, { ...scene, ...owners }]);
  const tested = { selfTest: 'running', isOwners: true, isAnswering: true } as const;
  expect(watch([0, tested], ...theirs).release).toBeNull();
});
