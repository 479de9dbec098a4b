/** What the desktop's services say over D-Bus: a real daemon, services of the test's own. */
import net from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bus } from '../../../electron/governor/sensors/bus.ts';
import { createBus } from '../../../electron/governor/sensors/dbus-adapter.ts';
import { systemFiles } from '../../../electron/governor/sensors/files.ts';
import { createLinuxLid } from '../../../electron/governor/sensors/lid-linux.ts';
import { createLinuxMetered } from '../../../electron/governor/sensors/metered-linux.ts';
import { createMutterIdle } from '../../../electron/governor/sensors/mutter-idle.ts';
import { createLinuxSaver } from '../../../electron/governor/sensors/saver-linux.ts';
import { createUpowerUps } from '../../../electron/governor/sensors/ups-linux.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { startPrivateBus, type PrivateBus } from '../../fakes/private-bus.ts';

const WISH = { everyMs: 2_000, withGpu: false, games: [], ownPids: [] };
const NOWHERE = { files: systemFiles, sysRoot: '/nowhere', procRoot: '/nowhere' };
const NETWORK = {
  name: 'org.freedesktop.NetworkManager',
  path: '/org/freedesktop/NetworkManager',
  interface: 'org.freedesktop.NetworkManager',
  types: { Metered: 'u' },
};
const UPOWER = 'org.freedesktop.UPower';

let daemon: PrivateBus;
let bus: Bus;
beforeEach(async () => {
  daemon = await startPrivateBus();
  bus = createBus(daemon.address, systemClock);
});
afterEach(async () => {
  bus.close();
  await daemon.dispose();
});

describe('network', () => {
  test.each([
    [1, { isMetered: true }],
    [2, { isMetered: false }],
    [3, { isMetered: true }],
    [4, { isMetered: false }],
    [0, {}],
  ])('NetworkManager says %i', async (metered, values) => {
    await daemon.expose({ ...NETWORK, values: { Metered: metered } });
    const reader = createLinuxMetered(bus);
    expect(await reader.read(WISH)).toEqual({ values, source: 'NetworkManager' });
  });

  test('without NetworkManager there is no such notion; one that refuses is unknown', async () => {
    const reader = createLinuxMetered(bus);
    expect((await reader.read(WISH)).values).toEqual({});
    // It knows nothing of the interface that is asked for.
    await daemon.expose({ ...NETWORK, interface: 'org.example.Other', values: {} });
    await expect(reader.read(WISH)).rejects.toThrow('org.freedesktop.DBus.Error.UnknownMethod');
  });
});

test.each([
  ['org.freedesktop.UPower.PowerProfiles', '/org/freedesktop/UPower/PowerProfiles'],
  ['net.hadess.PowerProfiles', '/net/hadess/PowerProfiles'],
])('the saver is the power profile of %s', async (name, object) => {
  const saver = createLinuxSaver({ ...NOWHERE, systemBus: bus });
  expect((await saver.read(WISH)).values).toEqual({});
  const values = { ActiveProfile: 'balanced' };
  const types = { ActiveProfile: 's' };
  await daemon.expose({ name, path: object, interface: name, types, values });
  expect((await saver.read(WISH)).values).toEqual({ isSavingPower: false });
  values.ActiveProfile = 'power-saver';
  expect(await saver.read(WISH)).toEqual({
    values: { isSavingPower: true },
    source: 'the power profile “power-saver”',
  });
});

test('an emergency supply that only UPower sees', async () => {
  const clock = createManualClock();
  const reader = createUpowerUps(bus, clock);
  expect(await reader.read(WISH)).toEqual({ values: {}, source: 'UPower' });
  const [ups, mouse] = ['ups', 'mouse'].map((name) => `/org/freedesktop/UPower/devices/${name}`);
  if (ups === undefined || mouse === undefined) throw new Error('two were named');
  await daemon.serve({
    name: UPOWER,
    path: '/org/freedesktop/UPower',
    interface: UPOWER,
    member: 'EnumerateDevices',
    result: 'ao',
    answer: () => [mouse, ups],
  });
  const device = {
    name: UPOWER,
    interface: `${UPOWER}.Device`,
    types: { Type: 'u', State: 'u' },
  };
  const values = { Type: 3, State: 4 };
  await daemon.expose({ ...device, path: mouse, values: { Type: 5, State: 2 } });
  await daemon.expose({ ...device, path: ups, values });
  expect((await reader.read(WISH)).values).toEqual({ isOnUps: false });
  values.State = 2;
  expect((await reader.read(WISH)).values).toEqual({ isOnUps: true });
});

test('a lid that only the session manager sees', async () => {
  const lid = createLinuxLid({ ...NOWHERE, systemBus: bus });
  expect((await lid.read(WISH)).values).toEqual({});
  await daemon.expose({
    name: 'org.freedesktop.login1',
    path: '/org/freedesktop/login1',
    interface: 'org.freedesktop.login1.Manager',
    types: { LidClosed: 'b' },
    values: { LidClosed: true },
  });
  expect((await lid.read(WISH)).values).toEqual({ isLidShut: true });
});

describe('GNOME’s idle time', () => {
  const mutter = (answer: () => unknown) => ({
    name: 'org.gnome.Mutter.IdleMonitor',
    path: '/org/gnome/Mutter/IdleMonitor/Core',
    interface: 'org.gnome.Mutter.IdleMonitor',
    member: 'GetIdletime',
    result: 't',
    answer,
  });

  test('is a number of milliseconds', async () => {
    const idle = createMutterIdle(bus);
    expect((await idle.read(WISH)).values).toEqual({});
    await daemon.serve(mutter(() => 61_234));
    expect((await idle.read(WISH)).values).toEqual({ sessionIdleMs: 61_234 });
  });

  test('a bus that dies fails the question, and a new one is found in time', async () => {
    const clock = createManualClock();
    const own = createBus(daemon.address, clock);
    const idle = createMutterIdle(own);
    await daemon.serve(mutter(() => new Promise(() => undefined)));
    const hanging = idle.read(WISH);
    hanging.catch(() => undefined);
    await bus.call({ ...BUS_ITSELF, member: 'GetId' });
    await daemon.kill();
    await expect(hanging).rejects.toThrow('the bus has gone');
    await expect(idle.read(WISH)).rejects.toThrow('a moment ago');
    clock.advance(10_000);
    await expect(idle.read(WISH)).rejects.toThrow('the bus has gone');
  });

  test('a service that never answers fails in time, and takes no later question with it', async () => {
    const clock = createManualClock();
    const own = createBus(daemon.address, clock);
    await daemon.serve(mutter(() => new Promise(() => undefined)));
    await own.call({ ...BUS_ITSELF, member: 'GetId' });
    const hanging = createMutterIdle(own).read(WISH);
    clock.advance(2_000);
    await expect(hanging).rejects.toThrow('does not answer');
    await own.call({ ...BUS_ITSELF, member: 'GetId' });
    own.close();
  });
});

test('a program that calls us with what nobody expects ends the connection, and nothing else', async () => {
  const clock = createManualClock();
  const own = createBus(daemon.address, clock);
  const greet = { path: '/greet', interface: 'org.example.Greet', member: 'Greet' };
  const senders: unknown[] = [];
  await daemon.serve({
    ...{ ...greet, name: 'org.example.Greet', result: 's' },
    answer: (message) => {
      senders.push(message);
      return 'hello';
    },
  });
  const greeting = { ...greet, service: 'org.example.Greet' };
  expect(await own.call(greeting)).toEqual(['hello']);
  await daemon.serve({
    ...{ ...greet, name: 'org.example.Greet', member: 'Wait', result: 's' },
    answer: () => new Promise(() => undefined),
  });
  const waiting = own.call({ ...greeting, member: 'Wait' });
  waiting.catch(() => undefined);
  const read = { path: '/', interface: 'org.freedesktop.DBus.Properties', member: 'Get' };
  await daemon.shout('org.example.Evil', { ...read, to: senderOf(senders[0]) });
  await expect(waiting).rejects.toThrow('nonsense');
  clock.advance(10_000);
  expect(await own.call(greeting)).toEqual(['hello']);
  own.close();
});

function senderOf(message: unknown): string {
  if (typeof message !== 'object' || message === null || !('sender' in message)) return '';
  return String(message.sender);
}

const BUS_ITSELF = {
  service: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

describe('what is no bus', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lull-nobus-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['tcp:host=example.org,port=1', 'unix:tmpdir=/tmp', '', 'unix:path=/nowhere/bus'])(
    'at %j',
    async (address) => {
      const nobody = createBus(address, systemClock);
      await expect(nobody.call({ ...BUS_ITSELF, member: 'GetId' })).rejects.toThrow(/bus/);
    },
  );

  test('a socket that never says a word', async () => {
    const socket = path.join(folder, 'bus');
    const streams: net.Socket[] = [];
    const server = net.createServer((stream) => streams.push(stream));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const clock = createManualClock();
    const nobody = createBus(`unix:path=${socket}`, clock);
    const call = nobody.call({ ...BUS_ITSELF, member: 'GetId' });
    clock.advance(2_000);
    await expect(call).rejects.toThrow('does not answer');
    await expect(nobody.call({ ...BUS_ITSELF, member: 'GetId' })).rejects.toThrow('a moment ago');
    for (const stream of streams) stream.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a socket that speaks nonsense', async () => {
    const socket = path.join(folder, 'bus');
    const server = net.createServer((stream) => {
      stream.on('error', () => undefined);
      stream.resume();
      stream.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const nobody = createBus(`unix:path=${socket}`, systemClock);
    await expect(nobody.call({ ...BUS_ITSELF, member: 'GetId' })).rejects.toThrow(/bus/);
    await new Promise((resolve) => server.close(resolve));
  });
});
