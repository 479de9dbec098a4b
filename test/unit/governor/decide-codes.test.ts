/** What each reason does to a relay under way and to the engine's memory, reason by reason. */
import { expect, test } from 'vitest';
import type { Decision } from '../../../electron/governor/decide.ts';
import type { GpuReading } from '../../../electron/governor/sensors.ts';
import type { ReasonCode } from '../../../electron/ipc/status.ts';
import { NO_RELAYS, ON_CARD, play, withCard, type Scene } from './scene.ts';

type Change = Partial<Scene> | ((second: number) => Partial<Scene>);
type Row = readonly [
  code: ReasonCode,
  ends: Ending,
  releases: boolean,
  change: Change,
  more?: More,
];
type Ending = 'at-once' | 'grace' | 'finish';
interface More {
  readonly policy?: 'away' | 'locked';
  /** How long the change takes to become a reason. */
  readonly seconds?: number;
}

const GRACE_S = 10;
/** Looks before the change. */
const BEFORE = 24;
const card = (changes: Partial<GpuReading>, loadPercent = 90) =>
  withCard({ loadPercent, ...changes });
const power = (value: 'mains' | 'battery' | null): Partial<Scene> => ({ power: value });
/** Of a computer without a card. */
const cpu = (machine: Scene['machine']): Partial<Scene> => ({
  machine,
  device: { kind: 'cpu', name: null },
});
const still = { celsius: 45, foreignLoadPercent: 0 };

const ROWS: readonly Row[] = [
  ['earning-off', 'finish', false, { isOn: false }],
  ['snoozed', 'finish', false, { snoozedUntilMs: Infinity }],
  ['suspended', 'at-once', true, { isSuspended: true }],
  ['lid-shut', 'at-once', true, cpu({ isLidShut: true })],
  ['gpu-lost', 'at-once', true, card({ state: 'lost', celsius: null })],
  ['gpu-critical', 'at-once', true, card({ celsius: 93 })],
  ['no-model', 'finish', false, { model: 'none' }],
  ['engine-failed', 'finish', false, { engine: 'failed' }],
  ['self-test-failed', 'at-once', false, { selfTest: 'failed' }],
  ['preparing', 'finish', false, { engine: 'preparing' }],
  ['network-failed', 'finish', false, { network: 'failed' }],
  ['network-starting', 'finish', false, { network: 'starting' }],
  ['sensor-missing', 'at-once', false, { ...ON_CARD, machine: {}, unknown: { gpus: 'gone' } }],
  ['sensor-stale', 'at-once', false, { ...ON_CARD, machine: {} }],
  ['sensor-frozen', 'at-once', false, card(still), { seconds: 120 }],
  ['sensor-lying', 'at-once', false, (second) => card({ celsius: second % 4 === 0 ? 20 : 60 })],
  ['presence-unknown', 'at-once', false, { idleS: null }],
  ['power-unknown', 'grace', false, power(null)],
  ['game', 'at-once', true, cpu({ apps: [{ name: 'Portal', by: 'mark' }] })],
  ['exclusive-app', 'at-once', true, cpu({ apps: [{ name: 'blender', by: 'list' }] })],
  ['fullscreen', 'at-once', true, cpu({ fullscreen: 'mpv' })],
  ['other-gpu-app', 'at-once', true, card({ foreignLoadPercent: 50 })],
  ['owner-active', 'at-once', false, { idleS: 0 }],
  ['not-locked', 'at-once', false, { isLocked: false }, { policy: 'locked' }],
  ['on-battery', 'grace', false, power('battery')],
  ['on-ups', 'grace', false, cpu({ isOnUps: true })],
  ['charge-low', 'grace', false, cpu({ batteryPercent: 20 })],
  [
    'charger-too-weak',
    'grace',
    false,
    (second) => cpu({ batteryPercent: 90 - second / 100 }),
    { seconds: 220 },
  ],
  ['power-saver', 'grace', false, cpu({ isSavingPower: true })],
  ['gpu-hot', 'at-once', false, card({ celsius: 84 })],
  [
    'gpu-throttled',
    'at-once',
    false,
    (second) => card({ celsius: 50 + (second % 6), throttle: ['thermal'] }),
  ],
  ['cpu-hot', 'grace', false, cpu({ cpuCelsius: 99, cpuLimitCelsius: 100 })],
  ['battery-hot', 'grace', false, cpu({ batteryPercent: 90, batteryCelsius: 41 })],
  ['system-hot', 'grace', false, cpu({ thermalState: 'serious' })],
  ['schedule', 'grace', false, { settings: { hours: { fromMinute: 0, toMinute: 60 } } }],
  ['unprofitable', 'grace', false, { rate: { earnsMicros: 1, costsMicros: 9 } }, { seconds: 920 }],
  ['metered', 'grace', false, cpu({ isMetered: true })],
];

for (const [code, ends, releases, change, more = {}] of ROWS) {
  test(`${code}: ${ends}, and the memory ${releases ? 'goes' : 'stays'}`, () => {
    const decisions = run(change, more).slice(BEFORE);
    const at = decisions.findIndex(({ status }) =>
      status.reasons.some((each) => each.code === code),
    );
    expect(at).toBeGreaterThanOrEqual(0);
    expect(endingFrom(decisions.slice(at))).toBe(ends);
    // What an owner's return does to memory is judged elsewhere: it takes a while.
    expect(decisions[at]?.release ?? null).toBe(releases ? code : null);
  });
}

function run(change: Change, { policy = 'away', seconds = 40 }: More): Decision[] {
  const changed = typeof change === 'function' ? change : () => change;
  const isOnCard = changed(0).device?.kind === 'gpu';
  const base: Partial<Scene> = {
    ...{ policy, isLocked: policy === 'locked' },
    ...(isOnCard ? ON_CARD : {}),
  };
  const running = { ...base, relays: { ...NO_RELAYS, [policy]: 1 } };
  const steps: (readonly [number, Partial<Scene>])[] = [];
  for (let second = 0; second <= 40; second += 2) steps.push([second, base]);
  for (let second = 42; second < 48; second += 2) steps.push([second, running]);
  for (let second = 0; second <= seconds + GRACE_S + 2; second += 2) {
    steps.push([48 + second, { ...running, ...changed(second) }]);
  }
  const decisions = play(...steps);
  expect(decisions[BEFORE - 1]?.status.mode).toBe('serving');
  return decisions;
}

function endingFrom(decisions: readonly Decision[]): Ending {
  const [first] = decisions;
  if ((first?.endsRelays.length ?? 0) > 0) return 'at-once';
  const before = decisions.slice(1, GRACE_S / 2);
  expect(before.every(({ endsRelays }) => endsRelays.length === 0)).toBe(true);
  return (decisions[GRACE_S / 2]?.endsRelays.length ?? 0) > 0 ? 'grace' : 'finish';
}
