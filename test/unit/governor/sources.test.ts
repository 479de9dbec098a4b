/** What the system says of its owner and its power, and when its word does not count. */
import { describe, expect, test } from 'vitest';
import { idleSourceOf, type DisplayFacts } from '../../../electron/governor/idle-source.ts';
import { createPowerEvents, withHeard } from '../../../electron/governor/power-events.ts';
import { powerOf, type Supply } from '../../../electron/governor/sensors/power-supply.ts';
import { createPresence } from '../../../electron/governor/presence-source.ts';
import {
  NO_MACHINE,
  type MachineReadings,
  type Source,
  type Wish,
} from '../../../electron/governor/sensors.ts';
import { createSystemSensors } from '../../../electron/governor/session-idle.ts';
import type { MonitorEvent, SystemMonitor } from '../../../electron/governor/system-monitor.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function createMonitor() {
  const listeners = new Set<(event: MonitorEvent) => void>();
  const state = {
    idle: 400,
    lock: 'unlocked' as ReturnType<SystemMonitor['lockState']>,
    battery: false,
    thermal: null as ReturnType<SystemMonitor['thermalState']>,
    speed: null as number | null,
  };
  const monitor: SystemMonitor = {
    idleSeconds: () => state.idle,
    lockState: () => state.lock,
    isOnBattery: () => state.battery,
    thermalState: () => state.thermal,
    cpuSpeedPercent: () => state.speed,
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  const emit = (event: MonitorEvent) => {
    for (const listener of listeners) listener(event);
  };
  return { monitor, state, emit, listeners };
}

/** A sensors' process that says what the test wants. */
function createMachine() {
  const listeners = new Set<() => void>();
  const machine = {
    readings: NO_MACHINE,
    wishes: [] as (Wish | null)[],
    tell() {
      for (const listener of listeners) listener();
    },
  };
  const source: Source<MachineReadings> = {
    read: () => machine.readings,
    look: () => Promise.resolve(machine.readings),
    watch: (wish) => machine.wishes.push(wish),
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  return { machine, source };
}

const wishEvery = (everyMs: number): Wish => ({ everyMs, withGpu: false, games: [], ownPids: [] });

const X11 = { name: 'X11’s idle time', unusable: null };

function setUp(idleSource: ReturnType<typeof idleSourceOf> = X11) {
  const { monitor, state, emit, listeners } = createMonitor();
  const clock = createManualClock();
  const presence = createPresence(monitor, clock, idleSource);
  const { machine, source } = createMachine();
  const heard = withHeard(createPowerEvents(monitor, clock), source);
  const sensors = createSystemSensors(presence, heard, {
    clock,
    usesSession: idleSource.name === null,
  });
  let events = 0;
  const stop = sensors.onEvent(() => (events += 1));
  sensors.watch(wishEvery(2000));
  return { state, emit, listeners, clock, machine, sensors, stop, events: () => events };
}

describe('presence', () => {
  test('is read anew each time, with its age and origin', () => {
    const { sensors, clock, state } = setUp();
    clock.advance(500);
    expect(sensors.read()).toMatchObject({
      idleMs: { value: 400_000, atMs: 500, source: X11.name },
      isLocked: { value: false, atMs: 500 },
      power: { value: 'mains', atMs: 500 },
      isSuspended: false,
    });
    state.idle = 0;
    expect(sensors.read().idleMs?.value).toBe(0);
  });

  test.each([Number.NaN, -1, Infinity, 2 ** 31 - 1, 2 ** 32])(
    'idle for %s seconds is no time at all',
    (idle) => {
      const { sensors, state } = setUp();
      state.idle = idle;
      expect(sensors.read()).toMatchObject({
        idleMs: null,
        unknownIdle: 'X11’s idle time is no number',
      });
    },
  );

  test('tells lock, unlock and sleep at once, and believes the more cautious of two words', () => {
    const { sensors, state, emit, events } = setUp();
    state.lock = 'locked';
    emit('lock');
    expect(sensors.read().isLocked?.value).toBe(true);
    // The event comes before the state has changed.
    emit('unlock');
    expect(sensors.read().isLocked?.value).toBe(false);
    emit('lock');
    state.lock = 'unlocked';
    expect(sensors.read().isLocked?.value).toBe(false);
    state.lock = 'unknown';
    expect(sensors.read().isLocked).toBeNull();
    emit('suspend');
    expect(sensors.read().isSuspended).toBe(true);
    emit('resume');
    expect(sensors.read().isSuspended).toBe(false);
    expect(events()).toBe(5);
  });

  test('is not believed any more once our own window got input that it did not see', () => {
    const { sensors, state, events } = setUp();
    state.idle = 5;
    sensors.noteOwnInput();
    expect(sensors.read().idleMs?.value).toBe(5000);
    state.idle = 6;
    sensors.noteOwnInput();
    state.idle = 0;
    expect(sensors.read().idleMs).toBeNull();
    expect(sensors.read().unknownIdle).toMatch(/cannot be believed/);
    expect(events()).toBe(2);
  });

  test('without a usable source is unknown, with the reason', async () => {
    const { sensors } = setUp({ name: null, unusable: 'nobody could be seen' });
    sensors.noteOwnInput();
    expect(sensors.read()).toMatchObject({ idleMs: null, unknownIdle: 'nobody could be seen' });
    expect(await sensors.look()).toEqual(sensors.read());
  });

  test('nobody looks, nobody listens', () => {
    const { sensors, listeners, emit, events, stop } = setUp();
    sensors.watch(wishEvery(250));
    expect(listeners.size).toBe(2);
    emit('suspend');
    sensors.watch(null);
    expect(listeners.size).toBe(0);
    expect(sensors.read().isSuspended).toBe(false);
    sensors.watch(wishEvery(2000));
    stop();
    emit('suspend');
    expect(events()).toBe(1);
  });
});

test('power on Windows and macOS is what the system says, told when it changes', () => {
  const { sensors, state, emit, events } = setUp();
  state.battery = true;
  emit('battery');
  expect(sensors.read().power?.value).toBe('battery');
  emit('mains');
  expect(events()).toBe(2);
});

test('heat as main hears it goes before what the process says, and what main does not hear is left to it', () => {
  const { sensors, state, emit, events, machine } = setUp();
  const speed = { value: 90, atMs: 0, source: 'pmset' };
  machine.readings = {
    ...NO_MACHINE,
    cpuSpeedPercent: speed,
    unknown: { power: 'it does not answer', isMetered: 'nobody says' },
  };
  expect(sensors.read()).toMatchObject({ thermalState: null, cpuSpeedPercent: speed });
  expect(sensors.read().unknown).toEqual({ isMetered: 'nobody says' });
  state.thermal = 'serious';
  state.speed = 40;
  emit('heat');
  machine.tell();
  expect(events()).toBe(2);
  expect(sensors.read()).toMatchObject({
    thermalState: { value: 'serious' },
    cpuSpeedPercent: { value: 40, source: 'the system’s power report' },
  });
});

describe('idle time by the session', () => {
  const idle = (value: number, atMs = 0): MachineReadings => ({
    ...NO_MACHINE,
    sessionIdleMs: { value, atMs, source: 'Wayland’s input notification' },
  });
  const wayland = { name: null, unusable: 'nobody could be seen' };

  test('stands in where Electron’s cannot be believed, and only there', async () => {
    const believed = setUp();
    believed.machine.readings = idle(1);
    expect(believed.sensors.read().idleMs?.value).toBe(400_000);
    const { sensors, machine } = setUp(wayland);
    machine.readings = idle(61_000);
    expect(sensors.read()).toMatchObject({
      idleMs: { value: 61_000, source: 'Wayland’s input notification' },
      unknownIdle: null,
    });
    expect((await sensors.look()).idleMs?.value).toBe(61_000);
  });

  test('is not asked for once Electron’s own was caught lying', () => {
    const { sensors, machine } = setUp();
    machine.readings = idle(61_000);
    sensors.noteOwnInput();
    expect(sensors.read().idleMs).toBeNull();
    expect(sensors.read().unknownIdle).toMatch(/cannot be believed/);
  });

  test('is caught lying itself, and believed again when it has seen the input', () => {
    const { sensors, machine, clock } = setUp(wayland);
    const counts = (value: number): number | undefined => {
      machine.readings = idle(value, clock.monotonicMs());
      return sensors.read().idleMs?.value;
    };
    sensors.noteOwnInput();
    clock.advance(100);
    expect(counts(5_101)).toBeUndefined();
    expect(sensors.read().unknownIdle).toMatch(/cannot be believed/);
    // It sees the owner in another window, but not in ours.
    expect(counts(0)).toBeUndefined();
    sensors.noteOwnInput();
    clock.advance(100);
    expect(counts(5_100)).toBe(5_100);
  });

  test('that was counted before the input is no lie', () => {
    const { sensors, machine, clock } = setUp(wayland);
    machine.readings = idle(61_000, clock.monotonicMs());
    clock.advance(1_900);
    sensors.noteOwnInput();
    expect(sensors.read().idleMs?.value).toBe(61_000);
    clock.advance(100);
    machine.readings = idle(100, clock.monotonicMs());
    expect(sensors.read().idleMs?.value).toBe(100);
  });

  test('unknown, it gives both reasons', () => {
    const { sensors, machine } = setUp(wayland);
    machine.readings = { ...NO_MACHINE, unknown: { sessionIdleMs: 'it does not answer' } };
    expect(sensors.read().unknownIdle).toBe(
      'nobody could be seen; the session’s idle time: it does not answer',
    );
  });
});

describe('idle time is usable', () => {
  const linux = { platform: 'linux', env: {}, ozonePlatform: '' } as const;
  test.each([
    [true, { ...linux, platform: 'win32' }],
    [true, { ...linux, platform: 'darwin' }],
    [true, { ...linux, env: { DISPLAY: ':0' }, ozonePlatform: 'x11' }],
    [true, { ...linux, env: { DISPLAY: ':0', WAYLAND_DISPLAY: '' } }],
    [
      true,
      { ...linux, env: { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, ozonePlatform: 'wayland' },
    ],
    [
      false,
      { ...linux, env: { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, ozonePlatform: 'x11' },
    ],
    [false, { ...linux, env: { XDG_SESSION_TYPE: 'wayland', DISPLAY: ':0' } }],
    [false, { ...linux, env: { DISPLAY: ':0' }, ozonePlatform: 'headless' }],
    [false, linux],
  ] as const satisfies readonly (readonly [boolean, DisplayFacts])[])(
    '%s: %o',
    (isUsable, facts) => {
      expect(idleSourceOf(facts).unusable === null).toBe(isUsable);
    },
  );
});

describe('power on Linux', () => {
  const supply = (name: string, type: string | null, more: Partial<Supply> = {}): Supply => ({
    name,
    type,
    scope: 'System',
    online: null,
    status: null,
    ...more,
  });
  const adapter = (online: boolean | null) => supply('ADP1', 'Mains', { online });
  const usb = (online: boolean | null) => supply('ucsi', 'USB_PD', { online });
  const battery = (status: string | null) => supply('BAT0', 'Battery', { status });
  const ups = (status: string | null) => supply('ups', 'UPS', { status });
  const mouse = supply('hidpp', 'Battery', {
    scope: 'Device',
    status: 'Discharging',
    online: true,
  });

  test.each([
    ['mains', 'no supply at all', []],
    ['mains', 'a mouse and nothing else', [mouse]],
    ['mains', 'a laptop that is plugged in', [adapter(true), battery('Charging')]],
    ['mains', 'plugged in and discharging all the same', [adapter(true), battery('Discharging')]],
    ['mains', 'plugged in by USB only', [adapter(false), usb(true), battery('Full')]],
    [
      'mains',
      'an adapter that does not answer beside one that does',
      [adapter(null), usb(true), battery('Full')],
    ],
    ['battery', 'a laptop that is not', [adapter(false), usb(false), battery('Discharging')]],
    ['battery', 'and whose battery says nothing', [adapter(false), battery(null)]],
    [
      'battery',
      'a mouse that is online does not help',
      [mouse, adapter(false), battery('Discharging')],
    ],
    ['mains', 'a desktop with an empty USB socket', [usb(false)]],
    ['mains', 'one whose USB socket does not answer', [usb(null)]],
    ['battery', 'no adapter listed, discharging', [battery('Discharging')]],
    ['mains', 'no adapter listed, charging', [battery('Charging')]],
    ['mains', 'no adapter listed, full', [battery('Full')]],
    [null, 'no adapter listed, unknown', [battery('Unknown')]],
    ['battery', 'one of two discharging', [battery('Full'), battery('Discharging')]],
    [null, 'an adapter that does not answer', [adapter(null), battery('Full')]],
    [null, 'a supply of unknown kind', [supply('what', null), adapter(true)]],
    [
      null,
      'a supply of unknown scope',
      [supply('what', 'Battery', { scope: null }), adapter(true)],
    ],
    ['battery', 'on an emergency supply, plugged in or not', [adapter(true), ups('Discharging')]],
    ['mains', 'an emergency supply that is full', [ups('Full')]],
    [null, 'an emergency supply that says nothing', [ups(null), adapter(true)]],
    [
      'mains',
      'a wireless charger',
      [supply('pad', 'Wireless', { online: true }), battery('Charging')],
    ],
  ] as const)('%s: %s', (value, _name, supplies) => {
    const verdict = powerOf(supplies);
    expect(verdict.value).toBe(value);
    expect(verdict.source).not.toBe('');
  });
});
