/** A computer and its owner, as the governor's decision sees them, from one look to the next. */
import {
  AT_START,
  decide,
  type DecideConfig,
  type Decision,
} from '../../../electron/governor/decide.ts';
import type { NodeFacts } from '../../../electron/governor/ports.ts';
import {
  NO_MACHINE,
  type GpuReading,
  type MachineReadings,
  type MachineValues,
  type Power,
  type Readings,
} from '../../../electron/governor/sensors.ts';
import {
  DEFAULT_GOVERNOR_SETTINGS,
  type GovernorSettings,
} from '../../../electron/ipc/governor.ts';
import type { Moment } from '../../../electron/governor/senses.ts';
import type { Facts } from '../../../electron/governor/vetoes.ts';

export const UNIX = 1_700_000_000_000;

export interface Scene extends NodeFacts, Omit<DecideConfig, 'settings'> {
  readonly idleS: number | null;
  readonly isLocked: boolean | null;
  readonly power: Power | null;
  readonly isSuspended: boolean;
  /** Age of every reading. */
  readonly ageMs: number;
  readonly relays: Facts['relays'];
  /** Other readings of the machine, as old as all. */
  readonly machine: Partial<Omit<MachineValues, 'power'>>;
  readonly unknown: MachineReadings['unknown'];
  readonly settings: Partial<GovernorSettings>;
  readonly minuteOfWeek: number;
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
  selfTest: 'passed',
  device: { kind: 'cpu', name: null },
  holdsMemory: true,
  isPausable: true,
  isOwners: false,
  isAnswering: false,
  rate: null,
  idleS: 3600,
  isLocked: false,
  power: 'mains',
  isSuspended: false,
  ageMs: 0,
  relays: NO_RELAYS,
  machine: {},
  unknown: { power: 'no power report' },
  settings: {},
  minuteOfWeek: 720,
};
export const LOCKED: Partial<Scene> = { policy: 'locked', isLocked: true };
export const ALWAYS: Partial<Scene> = { policy: 'always', idleS: 0 };

export const CARD: GpuReading = {
  id: '0000:01:00.0',
  name: 'Test Card',
  vendor: 'nvidia',
  celsius: 45,
  junctionCelsius: null,
  memoryCelsius: null,
  slowdownCelsius: 95,
  shutdownCelsius: 98,
  throttle: [],
  watts: 60,
  loadPercent: 3,
  memoryUsedBytes: 1_000_000_000,
  memoryTotalBytes: 24_000_000_000,
  foreignLoadPercent: 2,
  foreignMemoryBytes: 1_000_000_000,
  foreignApp: null,
};

/** The same owner with a card that computes. */
export const ON_CARD: Partial<Scene> = {
  device: { kind: 'gpu', name: 'Test Card' },
  machine: { gpus: [CARD] },
};

/** The card as it is after some changes, beside other readings. */
export function withCard(
  changes: Partial<GpuReading>,
  machine: Scene['machine'] = {},
): Partial<Scene> {
  return { ...ON_CARD, machine: { ...machine, gpus: [{ ...CARD, ...changes }] } };
}

export function configOf({ settings, ...scene }: Scene): DecideConfig {
  return { ...scene, settings: { ...DEFAULT_GOVERNOR_SETTINGS, ...settings } };
}

export function factsOf(scene: Scene, atMs: number): Facts {
  const { model, engine, network, selfTest, device, rate } = scene;
  const { holdsMemory, isPausable, isOwners, isAnswering } = scene;
  const reading = <Value>(value: Value | null | undefined) =>
    value === null || value === undefined
      ? null
      : { value, atMs: atMs - scene.ageMs, source: 'the test' };
  const { machine } = scene;
  const readings: Readings = {
    ...NO_MACHINE,
    idleMs: reading(scene.idleS === null ? null : scene.idleS * 1000),
    isLocked: reading(scene.isLocked),
    power: reading(scene.power),
    isSuspended: scene.isSuspended,
    unknownIdle: 'no idle time',
    unknownLock: 'no lock',
    batteryPercent: reading(machine.batteryPercent),
    batteryCelsius: reading(machine.batteryCelsius),
    isOnUps: reading(machine.isOnUps),
    isSavingPower: reading(machine.isSavingPower),
    isLidShut: reading(machine.isLidShut),
    isMetered: reading(machine.isMetered),
    gpus: reading(machine.gpus),
    cpuCelsius: reading(machine.cpuCelsius),
    cpuLimitCelsius: reading(machine.cpuLimitCelsius),
    thermalState: reading(machine.thermalState),
    cpuSpeedPercent: reading(machine.cpuSpeedPercent),
    apps: reading(machine.apps),
    fullscreen: reading(machine.fullscreen),
    unknown: scene.unknown,
  };
  const node = {
    model,
    engine,
    network,
    selfTest,
    device,
    holdsMemory,
    isPausable,
    isOwners,
    isAnswering,
    rate,
  };
  return { readings, node, relays: scene.relays, minuteOfWeek: scene.minuteOfWeek };
}

/** One look at each scene in turn. @returns every decision */
export function play(
  ...steps: readonly (readonly [atS: number, changes: Partial<Scene>])[]
): Decision[] {
  let state = AT_START;
  return steps.map(([atS, changes]) => {
    const scene = { ...AWAY, ...changes };
    const now: Moment = { monotonicMs: atS * 1000, unixMs: UNIX + atS * 1000 };
    const decision = decide(state, factsOf(scene, now.monotonicMs), configOf(scene), now);
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
