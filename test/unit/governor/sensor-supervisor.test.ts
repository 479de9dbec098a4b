/** The sensors' process as main keeps it: started for who looks, ended for silence, and never two side by side. */
import { describe, expect, test } from 'vitest';
import type { FromSensors, SensorsConfig } from '../../../electron/governor/sensors/messages.ts';
import { createSensorSupervisor } from '../../../electron/governor/sensors/sensor-supervisor.ts';
import type { Wish } from '../../../electron/governor/sensors.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren, type ScriptedChild } from '../../fakes/scripted-child.ts';

const CONFIG: SensorsConfig = {
  sysRoot: '/sys',
  procRoot: '/proc',
  devRoot: '/dev',
  home: '/home/owner',
  systemBus: null,
  sessionBus: null,
  waylandSocket: null,
  display: null,
  isWayland: false,
  windowPid: 1,
  asksSessionIdle: false,
};
const WISH: Wish = { everyMs: 1_000, withGpu: false, games: [], ownPids: [] };

function setUp(onKill?: (child: ScriptedChild) => void, hearsStop = true) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const children = createScriptedChildren((child, message) => {
    if (hearsStop && JSON.stringify(message).includes('"stop"')) child.exit(0);
  }, onKill);
  const sensors = createSensorSupervisor({ clock, log, spawn: children.spawn }, CONFIG);
  let events = 0;
  sensors.onEvent(() => (events += 1));
  /** Time passes while the process answers each pulse. */
  const live = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000);
      children.last.say({ type: 'pulse' });
    }
  };
  return { clock, log, children, sensors, live, events: () => events };
}

function readings(more: Partial<Extract<FromSensors, { type: 'readings' }>> = {}): FromSensors {
  return {
    type: 'readings',
    values: { power: 'mains' },
    origins: { power: { source: 'the adapter ADP1', ageMs: 300 } },
    unknown: {},
    absent: [],
    wishNumber: 1,
    isComplete: true,
    ...more,
  };
}

const turn = () => new Promise(setImmediate);

describe('a process', () => {
  test('runs from the first wish to the last, and is told what is wished', async () => {
    const { children, sensors } = setUp();
    expect(children.all).toHaveLength(0);
    expect(sensors.read()).toMatchObject({
      power: null,
      unknown: { power: 'the sensors have not been read yet' },
    });
    sensors.watch(WISH);
    sensors.watch(WISH);
    sensors.watch({ ...WISH, everyMs: 250, games: ['chess'] });
    expect(children.all).toHaveLength(1);
    expect(children.last).toMatchObject({ entry: 'sensors-process' });
    expect(JSON.parse(children.last.options.args?.[0] ?? '')).toEqual(CONFIG);
    expect(children.last.received).toEqual([
      { type: 'watch', number: 1, wish: WISH },
      { type: 'watch', number: 2, wish: { ...WISH, everyMs: 250, games: ['chess'] } },
    ]);
    sensors.watch(null);
    await turn();
    expect(children.last.isAlive).toBe(false);
    expect(children.all).toHaveLength(1);
    sensors.watch(WISH);
    expect(children.all).toHaveLength(2);
  });

  test('that does not end when it is asked to is killed, and the next one waits for that', async () => {
    const { clock, children, sensors } = setUp(undefined, false);
    sensors.watch(WISH);
    const [first] = children.all;
    first?.say(readings());
    sensors.watch(null);
    sensors.watch(WISH);
    // Words from the past are not heard.
    first?.say(readings());
    clock.advance(999);
    await turn();
    expect([first?.isAlive, children.all.length]).toEqual([true, 1]);
    clock.advance(1);
    await turn();
    expect(first?.isAlive).toBe(false);
    expect(children.all).toHaveLength(2);
    expect(sensors.read().power).toBeNull();
  });

  test('its words are stamped by main’s clock, less the age that they state', () => {
    const { clock, children, sensors } = setUp();
    sensors.watch(WISH);
    clock.advance(1_000);
    children.last.say(readings({ absent: ['isOnUps'], unknown: { cpuCelsius: 'it has gone' } }));
    const { power, isOnUps, cpuCelsius, unknown } = sensors.read();
    expect(power).toEqual({ value: 'mains', source: 'the adapter ADP1', atMs: 700 });
    expect([isOnUps, cpuCelsius]).toEqual([null, null]);
    expect(unknown).not.toHaveProperty('power');
    expect(unknown).not.toHaveProperty('isOnUps');
    expect(unknown).toMatchObject({ cpuCelsius: 'it has gone', gpus: /not been read/ });
  });

  test('tells at once what cannot wait, and nothing else', () => {
    const { children, sensors, events } = setUp();
    sensors.watch(WISH);
    const say = (values: Extract<FromSensors, { type: 'readings' }>['values']) => {
      const keys = Object.keys(values);
      const origins = Object.fromEntries(keys.map((key) => [key, { source: 'x', ageMs: 0 }]));
      const before = events();
      children.last.say(readings({ values, origins }));
      return events() - before;
    };
    expect(say({ power: 'mains', cpuCelsius: 50, sessionIdleMs: 9_000, apps: [] })).toBe(1);
    expect(say({ power: 'mains', cpuCelsius: 60, sessionIdleMs: 9_250, apps: [] })).toBe(0);
    expect(say({ power: 'battery' })).toBe(1);
    expect(say({ apps: [{ name: 'chess', by: 'list' }] })).toBe(1);
    expect(say({ sessionIdleMs: 0 })).toBe(1);
    expect(say({ sessionIdleMs: 250 })).toBe(0);
  });

  test('its notes are logged, as its own', () => {
    const { children, sensors, log } = setUp();
    sensors.watch(WISH);
    const note = { type: 'note', level: 'warn', message: 'nvidia-smi hangs', details: 'pid=1' };
    children.last.say(note);
    expect(log.lines.join()).toContain('nvidia-smi hangs');
  });
});

describe('silence', () => {
  test('of six seconds makes everything unknown, ends the process and starts it anew', async () => {
    const { clock, children, sensors, live, events } = setUp();
    sensors.watch(WISH);
    children.last.say(readings());
    live(10_000);
    expect(sensors.read().power?.value).toBe('mains');
    const before = events();
    clock.advance(6_000);
    expect(sensors.read()).toMatchObject({
      power: null,
      unknown: { power: 'the sensors do not answer', gpus: 'the sensors do not answer' },
    });
    expect(events()).toBeGreaterThan(before);
    await turn();
    expect(children.last.isAlive).toBe(false);
    clock.advance(1_999);
    expect(children.all).toHaveLength(1);
    clock.advance(1);
    expect(children.all).toHaveLength(2);
    expect(children.last.received).toEqual([{ type: 'watch', number: 1, wish: WISH }]);
    children.last.say(readings());
    expect(sensors.read().power?.value).toBe('mains');
  });

  test('while nothing is about to compute: of sixteen seconds, and of six again when something is', () => {
    const { clock, children, sensors, live } = setUp();
    const isKnown = () => sensors.read().power !== null;
    sensors.watch({ ...WISH, everyMs: 2_000 });
    children.last.say(readings());
    live(10_000);
    const pulses = () =>
      children.last.received.filter((each) => JSON.stringify(each).includes('"pulse"')).length;
    const before = pulses();
    live(60_000);
    expect(pulses() - before).toBe(15);
    clock.advance(11_999);
    expect(isKnown()).toBe(true);
    children.last.say({ type: 'pulse' });
    sensors.watch(WISH);
    clock.advance(4_000);
    expect(isKnown()).toBe(true);
    clock.advance(2_000);
    expect(isKnown()).toBe(false);
  });

  test.each([
    ['nonsense', { type: 'readings', values: { power: 'wind' } }, 'the sensors speak nonsense'],
    ['an unknown word', 'hello', 'the sensors speak nonsense'],
  ])('%s counts as failing', async (_name, message, why) => {
    const { children, sensors } = setUp();
    sensors.watch(WISH);
    children.last.say(readings());
    children.last.say(message);
    expect(sensors.read()).toMatchObject({ power: null, unknown: { power: why } });
    await turn();
    expect(children.last.isAlive).toBe(false);
  });

  test('three tries, 2, 8 and 30 s apart; then none until somebody asks again', async () => {
    const { clock, children, sensors } = setUp();
    sensors.watch(WISH);
    for (const [tries, waitMs] of [2_000, 8_000, 30_000].entries()) {
      children.last.exit(1);
      expect(sensors.read().unknown.power).toMatch(/ended unexpectedly/);
      clock.advance(waitMs - 1);
      expect(children.all).toHaveLength(tries + 1);
      clock.advance(1);
      expect(children.all).toHaveLength(tries + 2);
    }
    children.last.exit(1);
    clock.advance(3_600_000);
    sensors.watch({ ...WISH, everyMs: 250 });
    expect(children.all).toHaveLength(4);
    expect(sensors.read().unknown.power).toMatch(/again and again/);
    sensors.watch(null);
    sensors.watch(WISH);
    expect(children.all).toHaveLength(5);
  });

  test('after a steady minute the count begins anew', () => {
    const { clock, children, sensors, live } = setUp();
    sensors.watch(WISH);
    for (let round = 0; round < 6; round += 1) {
      live(60_000);
      children.last.exit(1);
      clock.advance(2_000);
    }
    expect(children.all).toHaveLength(7);
  });

  test('of one that cannot even be killed: it is left alone, and no second is put beside it', async () => {
    const { clock, children, sensors } = setUp(() => undefined);
    sensors.watch(WISH);
    clock.advance(6_000);
    await turn();
    clock.advance(5_000);
    expect(sensors.read().unknown.power).toMatch(/cannot be ended/);
    clock.advance(3_600_000);
    sensors.watch(null);
    sensors.watch(WISH);
    expect(children.all).toHaveLength(1);
    // The kernel lets it go after all.
    children.last.exit(null);
    clock.advance(2_000);
    expect(children.all).toHaveLength(2);
  });
});

describe('a look', () => {
  test('starts the process for one reading, cards included, and ends it', async () => {
    const { children, sensors } = setUp();
    const look = sensors.look();
    expect(children.last.received).toMatchObject([{ type: 'watch', wish: { withGpu: true } }]);
    children.last.say(readings({ isComplete: false }));
    children.last.say(
      readings({
        values: { batteryPercent: 50 },
        origins: { batteryPercent: { source: 'BAT0', ageMs: 0 } },
      }),
    );
    expect((await look).power?.value).toBe('mains');
    await turn();
    expect(children.last.isAlive).toBe(false);
    expect(sensors.read().power).toBeNull();
  });

  test('while somebody watches asks for cards once and goes back to what was wished', async () => {
    const { children, sensors } = setUp();
    sensors.watch(WISH);
    const look = sensors.look();
    // The answer to the wish before does not count.
    children.last.say(readings({ wishNumber: 1 }));
    children.last.say(readings({ wishNumber: 2 }));
    await look;
    expect(children.last.received).toEqual([
      { type: 'watch', number: 1, wish: WISH },
      { type: 'watch', number: 2, wish: { ...WISH, withGpu: true } },
      { type: 'watch', number: 3, wish: WISH },
    ]);
    expect(children.all).toHaveLength(1);
  });

  test('never rejects and never waits for ever', async () => {
    const { clock, children, sensors } = setUp();
    const hanging = sensors.look();
    clock.advance(8_000);
    expect((await hanging).unknown.power).toMatch(/do not answer/);
    await turn();
    const dying = sensors.look();
    children.last.exit(1);
    expect((await dying).unknown.power).toMatch(/ended unexpectedly/);
    clock.advance(60_000);
    expect(children.all).toHaveLength(2);
  });
});
