/** What the governor shows, as main might send it, and the commands by which its owner sets it. */
import type { Balance, GovernorView, SensorLine, Stretch } from '../../electron/ipc/governor.ts';
import type { Snapshot } from '../../electron/ipc/snapshot.ts';
import type { Bridge, CommandName } from '../../electron/ipc/table.ts';
import { failureFor } from './fake-snapshot.ts';
import type { FakeMain } from './fake-owner.ts';

type GovernorCommand = Extract<CommandName, `governor.${string}`>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const GIB = 1024 ** 3;

export const FAKE_SENSORS: SensorLine[] = [
  {
    id: 'gpu-celsius',
    title: 'Graphics card, temperature',
    value: '71 °C',
    source: 'nvidia-smi',
    ageMs: 400,
  },
  { id: 'idle', title: 'Last input', value: '12 s ago', source: 'X11', ageMs: 90 },
  {
    id: 'lid',
    title: 'Lid',
    value: null,
    source: 'This computer has none.',
    ageMs: null,
  },
];

export function fakeBalance(changes: Partial<Balance> = {}): Balance {
  return {
    earned: 0n,
    electricityMicros: null,
    netMicros: null,
    uncertaintyMicros: null,
    ...changes,
  };
}

/** Serving for three hours now, after a day of all sorts. */
export function fakeGovernor(nowMs: number, changes: Partial<GovernorView> = {}): GovernorView {
  return {
    live: {
      atMs: nowMs,
      device: 'GeForce RTX 3090',
      celsius: 71,
      targetCelsius: 75,
      pauseCelsius: 83,
      watts: 246,
      wattsFrom: 'measured',
      loadPercent: 64,
      memoryUsedBytes: 9 * GIB,
      memoryTotalBytes: 24 * GIB,
      batteryPercent: null,
    },
    day: fakeDay(nowMs),
    giveBacks: [
      {
        id: 3,
        atMs: nowMs - 3 * HOUR_MS,
        cause: 'owner-active',
        decidedAfterMs: 41,
        stoppedAfterMs: 163,
        releasedAfterMs: null,
      },
      {
        id: 2,
        atMs: nowMs - 6 * HOUR_MS,
        cause: 'game',
        decidedAfterMs: 120,
        stoppedAfterMs: 310,
        releasedAfterMs: 742,
      },
      {
        id: 1,
        atMs: nowMs - 9 * HOUR_MS,
        cause: 'on-battery',
        decidedAfterMs: 30,
        stoppedAfterMs: null,
        releasedAfterMs: null,
      },
    ],
    money: {
      currency: null,
      hour: fakeBalance({ earned: 1_200n }),
      day: fakeBalance({ earned: 18_400n }),
      month: fakeBalance({ earned: 201_000n }),
      costMicrosPerMillionTokens: null,
      awakeMicrosPerMonth: null,
      floorPerMillionCu: null,
    },
    selfTest: {
      state: 'passed',
      atMs: nowMs - 2 * DAY_MS,
      detail: 'The fixed question got the expected answer, and the card warmed by 9 °C.',
    },
    powerRefusal: null,
    ...changes,
  };
}

function stretch(
  id: number,
  nowMs: number,
  span: readonly [fromHour: number, toHour: number | null],
  change: Partial<Stretch> & Pick<Stretch, 'code'>,
): Stretch {
  const [from, to] = span;
  return {
    id,
    fromMs: nowMs - DAY_MS + from * HOUR_MS,
    toMs: to === null ? null : nowMs - DAY_MS + to * HOUR_MS,
    detail: null,
    also: [],
    expectedMs: null,
    missedTokens: null,
    missedAmount: null,
    ...change,
  };
}

/** Without a gap, as the contract promises. */
export function fakeDay(nowMs: number): Stretch[] {
  const at = (id: number, span: readonly [number, number | null], code: Stretch['code']) =>
    stretch(id, nowMs, span, { code });
  return [
    at(1, [0, 7], 'asleep'),
    at(2, [7, 7.5], 'app-closed'),
    stretch(3, nowMs, [7.5, 12], {
      code: 'owner-active',
      also: ['on-battery'],
      expectedMs: nowMs - DAY_MS + 7.6 * HOUR_MS,
      missedTokens: 84_000,
      missedAmount: 5_400n,
    }),
    stretch(4, nowMs, [12, 14.25], {
      code: 'game',
      detail: 'Elden Ring',
      missedTokens: 41_000,
      missedAmount: 2_600n,
    }),
    at(5, [14.25, 16], 'ready'),
    stretch(6, nowMs, [16, 16.4], { code: 'gpu-hot', detail: '84 °C, limit 83 °C' }),
    at(7, [16.4, 19], 'serving'),
    stretch(8, nowMs, [19, 21], {
      code: 'unprofitable',
      missedTokens: 30_000,
      missedAmount: 1_900n,
    }),
    at(9, [21, null], 'serving'),
  ];
}

export function fakeGovernorCommands({
  command,
  patch,
  snapshot,
}: FakeMain): Pick<Bridge['command'], GovernorCommand> {
  const view = (change: Partial<Snapshot['governor']>) =>
    patch({ governor: { ...snapshot().governor, ...change } });
  return {
    'governor.set': (input) =>
      command('governor.set', input, () => {
        const { settings } = snapshot();
        const { change } = input;
        const set = Object.fromEntries(
          Object.entries(change).filter(([, value]) => value !== undefined),
        );
        const governor = { ...settings.governor, ...set };
        patch({ settings: { ...settings, governor } });
        return undefined;
      }),
    'governor.allow': (input) =>
      command('governor.allow', input, () => {
        const { settings, governor } = snapshot();
        const found = governor.day.find(({ id }) => id === input.stretchId);
        if (!found || found.detail === null) return failureFor('not-found');
        const allowedApps = [...settings.governor.allowedApps, found.detail];
        const changed = { ...settings.governor, allowedApps };
        patch({ settings: { ...settings, governor: changed } });
        return undefined;
      }),
    'governor.sensors': () => command('governor.sensors', undefined, () => FAKE_SENSORS),
    'governor.selfTest': () =>
      command('governor.selfTest', undefined, () =>
        view({ selfTest: { state: 'running', atMs: null, detail: null } }),
      ),
  };
}
