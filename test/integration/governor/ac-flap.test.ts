/** A plug that is being moved: the sensors' process reads a real file that changes ten times a second. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGovernor } from '../../../electron/governor/governor.ts';
import { createSensorSupervisor } from '../../../electron/governor/sensors/sensor-supervisor.ts';
import { combineSensors } from '../../../electron/governor/sensors.ts';
import { createFakeActuators, READY_NODE } from '../../fakes/fake-actuators.ts';
import { createFakeSensors } from '../../fakes/fake-sensors.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { CONFIG } from '../../fakes/governor-world.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const FLAP_MS = 100;
const FLAPS = 60;
const ANSWER_MS = 100;

let root: string;
let children: ForkedChildren;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-flap-'));
  children = createForkedChildren('governor/sensors');
  write('ADP1/type', 'Mains');
  write('ADP1/online', '1');
  write('BAT0/type', 'Battery');
  write('BAT0/status', 'Charging');
  write('BAT0/capacity', '80');
});
afterEach(async () => {
  await children.dispose();
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  const whole = path.join(root, 'class/power_supply', file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, `${text}\n`);
}

test('nothing is served from the first time it was seen out until it has been in for half a minute', async () => {
  const clock = createManualClock();
  const log = createMemoryLog();
  const machine = createSensorSupervisor(
    { clock, log, spawn: children.spawn },
    {
      ...{ sysRoot: root, procRoot: root, devRoot: root, home: root },
      ...{ systemBus: null, sessionBus: null, waylandSocket: null, display: null },
      ...{ isWayland: false, windowPid: 1, asksSessionIdle: false },
    },
  );
  const modes: string[] = [];
  const governor = createGovernor(
    {
      ...{ sensors: combineSensors(createFakeSensors(clock), machine), clock, log },
      actuators: createFakeActuators(),
      nodeFacts: () => READY_NODE,
      minuteOfWeek: () => 0,
      onStatus: ({ mode }) => modes.push(mode),
      onDecision: () => undefined,
      onGiveBack: () => undefined,
    },
    CONFIG,
  );
  const mode = () => governor.status().mode;
  const power = () => machine.read().power;
  /** The next reading that the process sends by itself. */
  const readAnew = async () => {
    const before = power()?.atMs;
    clock.advance(1);
    await vi.waitFor(() => expect(power()?.atMs).not.toBe(before), { timeout: 10_000 });
    governor.look();
  };
  /** Slowly enough for the process to answer each pulse. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      await sleep(ANSWER_MS);
    }
  };
  await vi.waitFor(() => expect(mode()).toBe('serving'), { timeout: 10_000 });

  write('ADP1/online', '0');
  await vi.waitFor(() => expect(power()?.value).toBe('battery'), { timeout: 10_000 });
  governor.look();
  expect(mode()).toBe('waiting');
  modes.length = 0;
  for (let flap = 1; flap <= FLAPS; flap += 1) {
    write('ADP1/online', String(flap % 2));
    await sleep(FLAP_MS);
    clock.advance(FLAP_MS);
  }
  write('ADP1/online', '1');
  await vi.waitFor(() => expect(power()?.value).toBe('mains'), { timeout: 10_000 });
  await readAnew();
  for (const seconds of [14, 14]) {
    await pass(seconds);
    await readAnew();
  }
  expect(modes).not.toContain('serving');
  await pass(3);
  await readAnew();
  expect(mode()).toBe('serving');
  governor.dispose();
});
