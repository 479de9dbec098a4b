/** Process entry: reads everything about the computer that could block whoever reads it. */
import process from 'node:process';
import { systemClock } from '../../platform/clock.ts';
import { watchPulse } from '../../platform/heartbeat.ts';
import { parentChannel } from '../../platform/parent-channel.ts';
import { createBus } from './dbus-adapter.ts';
import { systemFiles } from './files.ts';
import { createX11Windows } from './fullscreen-x11-adapter.ts';
import { systemPrograms } from './gpu-program.ts';
import { createMachineReaders, type MachinePorts } from './machine-readers.ts';
import { sensorsConfigSchema, toSensorsSchema, type FromSensors } from './messages.ts';
import { createPostedLog } from './posted-log.ts';
import { createRunner } from './reader-runner.ts';
import { runTool } from './run-tool.ts';

/** Longer than main's own patience, which ends a process that does not answer; each tick of it wakes this one. */
const PULSE_LOST_MS = 24_000;
/** Readers that are asked in the same turn answer within a few milliseconds of each other. */
const GATHER_MS = 10;

const [, , argument = ''] = process.argv;
const config = sensorsConfigSchema.parse(JSON.parse(argument));
const channel = parentChannel();
const post = (message: FromSensors): void => {
  channel.post(message);
};
const busAt = (address: string | null) =>
  address === null ? null : createBus(address, systemClock);
const ports: MachinePorts = {
  platform: process.platform,
  clock: systemClock,
  log: createPostedLog(post),
  sysRoot: config.sysRoot,
  procRoot: config.procRoot,
  devRoot: config.devRoot,
  home: config.home,
  start: systemPrograms(process.env),
  runTool,
  windows: config.display === null ? null : createX11Windows(config.display, systemClock),
  isWayland: config.isWayland,
  windowPid: config.windowPid,
  files: systemFiles,
  systemBus: busAt(config.systemBus),
  sessionBus: busAt(config.sessionBus),
};
const runner = createRunner(createMachineReaders(ports, config), {
  clock: systemClock,
  gatherMs: GATHER_MS,
  emit: post,
});
const pulse = watchPulse(systemClock, PULSE_LOST_MS, end);

channel.onDisconnect(end);
channel.onMessage((raw) => {
  const message = toSensorsSchema.parse(raw);
  pulse.beat();
  switch (message.type) {
    case 'watch':
      runner.watch(message.wish, message.number);
      return;
    case 'pulse':
      post({ type: 'pulse' });
      return;
    case 'stop':
      end();
  }
});

function end(): void {
  runner.stop();
  // An orderly exit waits for threads, and one that reads from a device that hangs never comes back.
  process.kill(process.pid, 'SIGKILL');
}
