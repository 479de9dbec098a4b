/** Anything that the governor may be given, and traces of looks as they follow upon each other. */
import fc from 'fast-check';
import type { DecideConfig } from '../../../electron/governor/decide.ts';
import type { NodeFacts } from '../../../electron/governor/ports.ts';
import type { Moment } from '../../../electron/governor/senses.ts';
import type {
  GpuReading,
  MachineKey,
  Readings,
  RunningApp,
} from '../../../electron/governor/sensors.ts';
import type { Facts } from '../../../electron/governor/vetoes.ts';
import {
  DEFAULT_GOVERNOR_SETTINGS,
  type GovernorSettings,
} from '../../../electron/ipc/governor.ts';

export interface Look {
  readonly now: Moment;
  readonly facts: Facts;
  readonly config: DecideConfig;
}

export const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 400_000 }),
  fc.constantFrom(0, 30_000, 120_000, 300_000, Number.NaN, Infinity, -Infinity),
);
export const policy = fc.constantFrom('away' as const, 'locked' as const, 'always' as const);
export const moment = fc.record({ monotonicMs: anyNumber, unixMs: anyNumber });
const away = fc.integer({ min: 250_000, max: 4_000_000 });

/** The first, but for now and then. */
function mostly<Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

const card: fc.Arbitrary<GpuReading> = fc.record({
  id: fc.constantFrom('0000:01:00.0', '0000:02:00.0'),
  name: mostly('Test Card', 'Other'),
  vendor: fc.constantFrom('nvidia' as const, 'amd' as const),
  celsius: mostly<number | null>(50, null, 0, 70, 84, 96, Number.NaN),
  junctionCelsius: mostly<number | null>(null, 60, 99),
  memoryCelsius: mostly<number | null>(null, 60, 96),
  slowdownCelsius: mostly<number | null>(95, null),
  shutdownCelsius: mostly<number | null>(98, null),
  throttle: mostly<GpuReading['throttle']>([], ['thermal'], ['power-brake']),
  watts: mostly<number | null>(200, null),
  loadPercent: mostly<number | null>(3, null, 90),
  memoryUsedBytes: mostly<number | null>(2e9, null, 23.9e9),
  memoryTotalBytes: mostly<number | null>(24e9, null, 0),
  foreignLoadPercent: mostly<number | null>(1, null, 12, 40, Number.NaN),
  foreignMemoryBytes: mostly<number | null>(1e9, null, 3e9),
  foreignApp: mostly<string | null>(null, 'Portal', 'allowed'),
});

/** @param atMs of each reading */
export function readings(atMs: fc.Arbitrary<number>): fc.Arbitrary<Readings> {
  const reading = <Value>(value: fc.Arbitrary<Value>) =>
    fc.option(fc.record({ value, atMs, source: fc.string({ maxLength: 4 }) }), { freq: 30 });
  const none = <Value>(value: fc.Arbitrary<Value>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: reading(value) });
  const why = fc.option(fc.string({ maxLength: 4 }));
  return fc.record({
    idleMs: reading(fc.oneof({ weight: 1, arbitrary: anyNumber }, { weight: 4, arbitrary: away })),
    isLocked: reading(mostly(true, false)),
    isSuspended: mostly(false, true),
    unknownIdle: why,
    unknownLock: why,
    power: reading(mostly<'mains' | 'battery'>('mains', 'battery')),
    batteryPercent: none(mostly(90, 35, 20, 88, Number.NaN)),
    batteryCelsius: none(mostly(30, 39, 41, Number.NaN)),
    isOnUps: none(mostly(false, true)),
    isSavingPower: none(mostly(false, true)),
    isLidShut: none(mostly(false, true)),
    isMetered: none(mostly(false, true)),
    gpus: reading(
      fc.oneof(
        { weight: 9, arbitrary: fc.array(card, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(card, { maxLength: 3 }) },
      ),
    ),
    cpuCelsius: none(mostly(60, 99, Number.NaN)),
    cpuLimitCelsius: none(mostly(100, 95)),
    thermalState: none(
      mostly<'nominal' | 'fair' | 'serious' | 'critical'>('nominal', 'fair', 'serious', 'critical'),
    ),
    cpuSpeedPercent: none(mostly(100, 60)),
    apps: none(
      mostly<readonly RunningApp[]>(
        [],
        [{ name: 'x', by: 'mark' }],
        [{ name: 'allowed', by: 'list' }],
      ),
    ),
    fullscreen: none(mostly('', 'mpv', 'allowed')),
    sessionIdleMs: fc.constant(null),
    unknown: fc.constantFrom({}, { gpus: 'no driver', power: 'no bus' }),
  });
}

const count = mostly(0, 1, 2);
export const node: fc.Arbitrary<NodeFacts> = fc.record({
  model: mostly<NodeFacts['model']>('ready', 'none'),
  engine: mostly<NodeFacts['engine']>('ready', 'preparing', 'failed'),
  network: mostly<NodeFacts['network']>('ready', 'off', 'starting', 'failed'),
  isPausable: mostly(true, false),
  selfTest: mostly<NodeFacts['selfTest']>('passed', 'none', 'running', 'failed'),
  device: fc.constant({ kind: 'cpu' as const, name: null }),
  holdsMemory: mostly(true, false),
  isOwners: mostly(false, true),
  isAnswering: mostly(false, true),
  rate: mostly<NodeFacts['rate']>(
    null,
    { earnsMicros: 1, costsMicros: 9 },
    { earnsMicros: 9, costsMicros: 1 },
  ),
});

const settings: fc.Arbitrary<GovernorSettings> = fc.record({
  ...constants(),
  startAfterSeconds: mostly<GovernorSettings['startAfterSeconds']>(300, 60, 600),
  isQuietAtNight: fc.boolean(),
  servesWithoutHeat: mostly(false, true),
  allowedApps: mostly<readonly string[]>(['allowed'], []).map((apps) => [...apps]),
  hours: mostly<GovernorSettings['hours']>(null, { fromMinute: 60, toMinute: 1_380 }),
  keepsAwake: fc.boolean(),
  powerLimitWatts: mostly<number | null>(null, 200),
});

function constants(): { [Key in keyof GovernorSettings]: fc.Arbitrary<GovernorSettings[Key]> } {
  const { targetCelsius, ...rest } = DEFAULT_GOVERNOR_SETTINGS;
  const constant = <Value>(value: Value) => fc.constant(value);
  return {
    targetCelsius: constant(targetCelsius),
    startAfterSeconds: constant(rest.startAfterSeconds),
    isQuietAtNight: constant(rest.isQuietAtNight),
    servesWithoutHeat: constant(rest.servesWithoutHeat),
    games: constant(rest.games),
    allowedApps: constant(rest.allowedApps),
    hours: constant(rest.hours),
    servesOnMetered: mostly(false, true),
    keepsAwake: constant(rest.keepsAwake),
    powerLimitWatts: constant(rest.powerLimitWatts),
    tariff: constant(rest.tariff),
    microsPerCoin: constant(rest.microsPerCoin),
    measuredWatts: constant(rest.measuredWatts),
    stopsBelowBreakEven: mostly(true, false),
  };
}

export const config: fc.Arbitrary<DecideConfig> = fc.record({
  isOn: mostly(true, false),
  policy,
  chosenBy: fc.constantFrom('owner' as const, 'command-line' as const),
  snoozedUntilMs: mostly<number | null>(null, Infinity, 5, Number.NaN),
  trialRelaysLeft: mostly<number | null>(null, 0, 2),
  settings,
});

export function facts(atMs: fc.Arbitrary<number>): fc.Arbitrary<Facts> {
  return fc
    .record({
      readings: readings(atMs),
      node,
      kind: fc.constantFrom('cpu' as const, 'gpu' as const),
      relays: fc.record({ away: count, locked: count, always: count }),
      minuteOfWeek: fc.integer({ min: 0, max: 10_079 }),
    })
    .map(({ kind, ...rest }) => withDevice(rest, kind));
}

export function withDevice(given: Facts, kind: 'cpu' | 'gpu'): Facts {
  const device = { kind, name: kind === 'gpu' ? 'Test Card' : null };
  return { ...given, node: { ...given.node, device } };
}

const STEP_MS = 2_000;

/** Looks at growing times on one device, with readings of about that time. */
export const trace: fc.Arbitrary<readonly Look[]> = fc
  .record({
    kind: fc.constantFrom('cpu' as const, 'gpu' as const),
    asked: fc.array(config, { minLength: 1, maxLength: 3 }),
    looks: fc.array(
      fc.record({
        passedMs: fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(250, 1_000, 2_000, 5_000) },
          { weight: 1, arbitrary: fc.integer({ min: -100, max: 400_000 }) },
        ),
        slipMs: fc.oneof(
          { weight: 19, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: -9000, max: 9000 }) },
        ),
        config: fc.nat(),
        times: fc.integer({ min: 1, max: 12 }),
        facts: facts(mostly(0, 100, 2_000, 3_000, 3_001, 40_000, -5)),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ kind, asked, looks }) => {
    let [monotonicMs, unixMs] = [0, 1_700_000_000_000];
    return looks.flatMap((look) => {
      const chosen = asked[look.config % 7] ?? asked[0];
      if (chosen === undefined) return [];
      return Array.from({ length: look.times }, (_, time) => {
        monotonicMs += time === 0 ? look.passedMs : STEP_MS;
        unixMs += time === 0 ? look.passedMs + look.slipMs : STEP_MS;
        const aged = { ...look.facts, readings: age(look.facts.readings, monotonicMs) };
        return { now: { monotonicMs, unixMs }, facts: withDevice(aged, kind), config: chosen };
      });
    });
  });

const KEYS = [
  'idleMs',
  'isLocked',
  'power',
  'batteryPercent',
  'batteryCelsius',
  'isOnUps',
  'isSavingPower',
  'isLidShut',
  'isMetered',
  'gpus',
  'cpuCelsius',
  'cpuLimitCelsius',
  'thermalState',
  'cpuSpeedPercent',
  'apps',
  'fullscreen',
] as const satisfies readonly (MachineKey | 'idleMs' | 'isLocked')[];

/** The generated time is an age. */
export function age(read: Readings, monotonicMs: number): Readings {
  const aged = KEYS.map((key) => {
    const reading = read[key];
    return [key, reading === null ? null : { ...reading, atMs: monotonicMs - reading.atMs }];
  });
  // Only times change, and the keys are those of the readings themselves.
  return { ...read, ...(Object.fromEntries(aged) as Partial<Readings>) };
}
