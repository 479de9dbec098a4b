/** A computer and its owner, as the governor's decision sees them, from one look to the next. */
import {
  AT_START,
  decide,
  type DecideConfig,
  type Decision,
} from '../../../electron/governor/decide.ts';
import type { NodeFacts } from '../../../electron/governor/ports.ts';
import type { Power, Readings } from '../../../electron/governor/sensors.ts';
import type { Moment } from '../../../electron/governor/senses.ts';
import type { Facts } from '../../../electron/governor/vetoes.ts';

export const UNIX = 1_700_000_000_000;

export interface Scene extends NodeFacts, DecideConfig {
  readonly idleS: number | null;
  readonly isLocked: boolean | null;
  readonly power: Power | null;
  readonly isSuspended: boolean;
  /** Age of every reading. */
  readonly ageMs: number;
  readonly relays: Facts['relays'];
}

export const NO_RELAYS = { away: 0, locked: 0, always: 0 };
/** An owner who went home an hour ago and left everything ready. */
export const AWAY: Scene = {
  isOn: true,
  policy: 'away',
  chosenBy: 'owner',
  snoozedUntilMs: null,
  trialRelaysLeft: null,
  model: 'ready',
  engine: 'ready',
  network: 'ready',
  idleS: 3600,
  isLocked: false,
  power: 'mains',
  isSuspended: false,
  ageMs: 0,
  relays: NO_RELAYS,
};
export const LOCKED: Partial<Scene> = { policy: 'locked', isLocked: true };
export const ALWAYS: Partial<Scene> = { policy: 'always', idleS: 0 };

export function factsOf(scene: Scene, atMs: number): Facts {
  const { model, engine, network, relays, ageMs } = scene;
  const reading = <Value>(value: Value | null) =>
    value === null ? null : { value, atMs: atMs - ageMs, source: 'the test' };
  const readings: Readings = {
    idleMs: reading(scene.idleS === null ? null : scene.idleS * 1000),
    isLocked: reading(scene.isLocked),
    power: reading(scene.power),
    isSuspended: scene.isSuspended,
    unknownIdle: 'no idle time',
    unknownLock: 'no lock',
    unknownPower: 'no power report',
  };
  return { readings, node: { model, engine, network }, relays };
}

/** One look at each scene in turn. @returns every decision */
export function play(
  ...steps: readonly (readonly [atS: number, changes: Partial<Scene>])[]
): Decision[] {
  let state = AT_START;
  return steps.map(([atS, changes]) => {
    const scene = { ...AWAY, ...changes };
    const now: Moment = { monotonicMs: atS * 1000, unixMs: UNIX + atS * 1000 };
    const decision = decide(state, factsOf(scene, now.monotonicMs), scene, now);
    state = decision.next;
    return decision;
  });
}

/** Looks every two seconds, as the shell does, until each step begins. */
export function watch(
  ...steps: readonly (readonly [atS: number, changes: Partial<Scene>])[]
): Decision {
  const all: (readonly [number, Partial<Scene>])[] = [];
  for (const [index, [atS, changes]] of steps.entries()) {
    const endS = steps[index + 1]?.[0] ?? atS + 1;
    for (let second = atS; second < endS; second += 2) {
      const idleS = changes.idleS;
      const grows = typeof idleS === 'number' && idleS > 0;
      all.push([second, grows ? { ...changes, idleS: idleS + second - atS } : changes]);
    }
  }
  const last = play(...all).at(-1);
  if (last === undefined) throw new Error('nothing was played');
  return last;
}

export type Steps = readonly (readonly [atS: number, changes: Partial<Scene>])[];

/** Somebody who has been away moves the mouse once. */
export const PASSING_BY: Steps = [
  [0, {}],
  [60, { idleS: 0 }],
  [62, { idleS: 2 }],
];
