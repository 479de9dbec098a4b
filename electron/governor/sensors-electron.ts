/** Chooses the sensors that this system has: the one place of the governor that knows Electron. */
import { app, powerMonitor } from 'electron';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { idleSourceOf } from './idle-source.ts';
import { createPowerEvents } from './power-events.ts';
import { createLinuxPower } from './power-linux.ts';
import { createPresence } from './presence-source.ts';
import { combineSensors, type Sensors } from './sensors.ts';
import type { MonitorEvent, SystemMonitor } from './system-monitor.ts';

export interface SensorsOfSystem extends Sensors {
  /** Lull's own window has just got input. */
  noteOwnInput(): void;
}

/** Any number of seconds does: only whether the session is locked is taken from the answer. */
const ANY_IDLE_SECONDS = 60;

/** Only once the app is ready. */
export function createSensors(ports: {
  readonly clock: Clock;
  readonly log: Log;
}): SensorsOfSystem {
  const monitor = electronMonitor();
  const presence = createPresence(
    monitor,
    ports.clock,
    idleSourceOf({
      platform: process.platform,
      env: process.env,
      // Chromium writes down there which display system it chose.
      ozonePlatform: app.commandLine.getSwitchValue('ozone-platform'),
    }),
  );
  const isLinux = process.platform === 'linux';
  const power = isLinux ? createLinuxPower(ports) : createPowerEvents(monitor, ports.clock);
  return {
    ...combineSensors(presence, power),
    noteOwnInput: presence.noteOwnInput,
  };
}

function electronMonitor(): SystemMonitor {
  return {
    idleSeconds: () => powerMonitor.getSystemIdleTime(),
    lockState() {
      const state = powerMonitor.getSystemIdleState(ANY_IDLE_SECONDS);
      if (state === 'unknown') return 'unknown';
      return state === 'locked' ? 'locked' : 'unlocked';
    },
    isOnBattery: () => powerMonitor.isOnBatteryPower(),
    listen(listener) {
      const on = (event: MonitorEvent) => () => {
        listener(event);
      };
      const [lock, unlock, suspend] = [on('lock'), on('unlock'), on('suspend')];
      const [resume, mains, battery] = [on('resume'), on('mains'), on('battery')];
      powerMonitor.on('lock-screen', lock);
      powerMonitor.on('unlock-screen', unlock);
      powerMonitor.on('suspend', suspend);
      powerMonitor.on('resume', resume);
      powerMonitor.on('on-ac', mains);
      powerMonitor.on('on-battery', battery);
      return () => {
        powerMonitor.off('lock-screen', lock);
        powerMonitor.off('unlock-screen', unlock);
        powerMonitor.off('suspend', suspend);
        powerMonitor.off('resume', resume);
        powerMonitor.off('on-ac', mains);
        powerMonitor.off('on-battery', battery);
      };
    },
  };
}
