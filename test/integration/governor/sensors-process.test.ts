/** The sensors' process itself: what it reads, and what main makes of it when it hangs, dies or goes mad. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemFiles } from '../../../electron/governor/sensors/files.ts';
import type {
  ReadingsMessage,
  SensorsConfig,
} from '../../../electron/governor/sensors/messages.ts';
import { createLinuxPower } from '../../../electron/governor/sensors/power-linux.ts';
import { createRunner } from '../../../electron/governor/sensors/reader-runner.ts';
import type { Reader } from '../../../electron/governor/sensors/reader.ts';
import { createSensorSupervisor } from '../../../electron/governor/sensors/sensor-supervisor.ts';
import type { MachineReadings, Source, Wish } from '../../../electron/governor/sensors.ts';
import type { SpawnChild } from '../../../electron/platform/child.ts';
import { systemClock, type Clock } from '../../../electron/platform/clock.ts';
import { startCompositor } from '../../fakes/compositor.ts';
import { createFakeSmi, isRunning } from '../../fakes/fake-nvidia-smi.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { startPrivateBus } from '../../fakes/private-bus.ts';

const SMI_ROW = '00000000:01:00.0, 0, Card, 61, 90, 97, 1, 2, 40, 30, 0x0';
const WISH: Wish = { everyMs: 250, withGpu: false, games: [], ownPids: [] };

let root: string;
let children: ForkedChildren;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-sensors-'));
  children = createForkedChildren('governor/sensors');
  write('class/power_supply/ADP1/type', 'Mains');
  write('class/power_supply/ADP1/online', '1');
  write('class/power_supply/BAT0/type', 'Battery');
  write('class/power_supply/BAT0/status', 'Charging');
  write('class/power_supply/BAT0/capacity', '41');
  write('class/hwmon/hwmon3/name', 'coretemp');
  write('class/hwmon/hwmon3/temp1_input', '52000');
  write('class/hwmon/hwmon3/temp1_crit', '100000');
});
afterEach(async () => {
  await children.dispose();
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), `${text}\n`);
}

function supervise(
  clock: Clock = systemClock,
  more: Partial<SensorsConfig> = {},
  spawn: SpawnChild = children.spawn,
) {
  const config: SensorsConfig = {
    sysRoot: root,
    procRoot: path.join(root, 'proc'),
    devRoot: path.join(root, 'dev'),
    home: path.join(root, 'home'),
    systemBus: null,
    sessionBus: null,
    waylandSocket: null,
    display: null,
    isWayland: false,
    windowPid: 1,
    asksSessionIdle: false,
    ...more,
  };
  const log = createMemoryLog();
  const sensors = createSensorSupervisor({ clock, log, spawn }, config);
  return { sensors, log };
}

/** @returns once the readings are so; told of each event, it does not look in between */
function becomes(
  sensors: Source<MachineReadings>,
  holds: (readings: MachineReadings) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!holds(sensors.read())) return;
      stop();
      resolve();
    };
    const stop = sensors.onEvent(check);
    check();
  });
}

describe('the process', () => {
  test('reads what there is, says what is not, and ends with the last who looks', async () => {
    const { sensors, log } = supervise();
    const readings = await sensors.look();
    expect(readings).toMatchObject({
      power: { value: 'mains', source: 'the adapter ADP1' },
      batteryPercent: { value: 41 },
      cpuCelsius: { value: 52, source: 'the driver coretemp' },
      cpuLimitCelsius: { value: 100 },
      isLidShut: null,
      sessionIdleMs: null,
    });
    expect(Object.keys(readings.unknown)).not.toContain('isLidShut');
    const ageMs = systemClock.monotonicMs() - (readings.power?.atMs ?? 0);
    expect(ageMs).toBeGreaterThanOrEqual(0);
    const [child] = children.processes;
    if (child?.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    expect(children.processes).toHaveLength(1);
    expect(log.lines).toEqual([]);
  });

  test('tells main at once that the plug was pulled', async () => {
    const { sensors } = supervise();
    sensors.watch(WISH);
    await becomes(sensors, ({ power }) => power?.value === 'mains');
    write('class/power_supply/ADP1/online', '0');
    await becomes(sensors, ({ power }) => power?.value === 'battery');
    sensors.watch(null);
    expect(sensors.read().power).toBeNull();
  });

  test('asks buses and the compositor, and survives that both of them die', async () => {
    const [bus, socket] = [await startPrivateBus(), path.join(root, 'wayland-0')];
    const compositor = await startCompositor(socket);
    await bus.expose({
      name: 'org.freedesktop.NetworkManager',
      path: '/org/freedesktop/NetworkManager',
      interface: 'org.freedesktop.NetworkManager',
      types: { Metered: 'u' },
      values: { Metered: 1 },
    });
    const { sensors } = supervise(systemClock, {
      systemBus: bus.address,
      waylandSocket: socket,
      asksSessionIdle: true,
    });
    sensors.watch({ ...WISH, everyMs: 50 });
    await becomes(sensors, ({ isMetered }) => isMetered?.value === true);
    await becomes(sensors, ({ sessionIdleMs }) => sessionIdleMs?.value === 0);
    await bus.dispose();
    await compositor.dispose();
    await becomes(sensors, ({ unknown }) => unknown.sessionIdleMs?.includes('has gone') === true);
    expect(sensors.read().power?.value).toBe('mains');
    sensors.watch(null);
    expect(children.processes).toHaveLength(1);
  });

  test('killed, it is started anew, and nothing is known in between', async () => {
    const clock = createManualClock();
    const { sensors } = supervise(clock);
    sensors.watch(WISH);
    await becomes(sensors, ({ power }) => power !== null);
    children.processes[0]?.kill('SIGKILL');
    await becomes(sensors, ({ power }) => power === null);
    expect(sensors.read().unknown.power).toMatch(/ended unexpectedly/);
    clock.advance(2_000);
    await becomes(sensors, ({ power }) => power?.value === 'mains');
    expect(children.processes).toHaveLength(2);
    sensors.watch(null);
  });

  test('standing still, it is ended and started anew', async () => {
    const clock = createManualClock();
    const { sensors } = supervise(clock);
    sensors.watch(WISH);
    await becomes(sensors, ({ power }) => power !== null);
    const [first] = children.processes;
    first?.kill('SIGSTOP');
    clock.advance(6_000);
    expect(sensors.read().unknown.power).toBe('the sensors do not answer');
    await new Promise((resolve) => first?.once('exit', resolve));
    clock.advance(2_000);
    await becomes(sensors, ({ power }) => power?.value === 'mains');
    sensors.watch(null);
  });
});

describe('a program of the driver ends with', () => {
  const kill = (child: ChildProcess) => void child.kill('SIGKILL');
  // What is left to a process whose parent was killed.
  const orphan = (child: ChildProcess) => child.disconnect();

  test.each([
    ['the sensors’ process, which was killed', kill, { lines: [SMI_ROW], everyMs: 100 }],
    ['the sensors’ process, though it hangs', kill, { hangs: true }],
    ['main, which was killed, though it hangs', orphan, { hangs: true }],
  ])('%s', async (_what, end, query) => {
    const smi = createFakeSmi({ query, pmon: { hangs: true } });
    onTestFinished(() => {
      smi.remove();
    });
    write('dev/nvidiactl', '');
    const spawn: SpawnChild = (entry, options) =>
      children.spawn(entry, { ...options, env: { ...options.env, ...smi.env } });
    const { sensors } = supervise(systemClock, {}, spawn);
    sensors.watch({ ...WISH, withGpu: true });
    await vi.waitFor(() => expect(smi.calls()).toContain('query'), { timeout: 10_000 });
    const [child] = children.processes;
    if (child === undefined) throw new Error('it has been started');
    expect(smi.pids().some(isRunning)).toBe(true);
    end(child);
    await vi.waitFor(() => expect(smi.pids().filter(isRunning)).toEqual([]), { timeout: 10_000 });
    sensors.watch(null);
  });
});

describe('a read that blocks for ever in the kernel', () => {
  test('holds up nobody else, and is not joined by a second', async () => {
    const pipe = path.join(root, 'pipe');
    execFileSync('mkfifo', [pipe]);
    let opened = 0;
    const stuck: Reader<'batteryPercent'> = {
      keys: ['batteryPercent'],
      everyMs: 20,
      deadlineMs: 60,
      async read() {
        opened += 1;
        // Without O_NONBLOCK: this thread waits in the kernel until somebody writes.
        const handle = await open(pipe, 'r');
        await handle.close();
        return { values: { batteryPercent: 50 }, source: 'the pipe' };
      },
    };
    const power = { ...createLinuxPower({ files: systemFiles, sysRoot: root }), everyMs: 20 };
    let tell: (message: ReadingsMessage) => void = () => undefined;
    const runner = createRunner([stuck, power], {
      clock: systemClock,
      gatherMs: 0,
      emit: (message) => {
        tell(message);
      },
    });
    const heard = (holds: (message: ReadingsMessage) => boolean) =>
      new Promise<void>((resolve) => {
        tell = (message) => {
          if (holds(message)) resolve();
        };
      });
    const late = heard(({ unknown }) => unknown.batteryPercent === 'it does not answer');
    runner.watch({ ...WISH, everyMs: 20 }, 1);
    await late;
    for (let round = 0; round < 5; round += 1) {
      await heard(({ values }) => values.power === 'mains');
    }
    expect(opened).toBe(1);
    // A writer comes: what it says is late, and the next read counts again.
    const back = heard(({ values }) => values.batteryPercent === 50);
    const writer = await open(pipe, 'r+');
    await back;
    expect(opened).toBeGreaterThan(1);
    runner.stop();
    await writer.close();
  });
});
