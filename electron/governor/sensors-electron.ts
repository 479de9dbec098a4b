/** Chooses the sensors that this system has: the one place of the governor that knows Electron. */
import { app, powerMonitor } from 'electron';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { idleSourceOf } from './idle-source.ts';
import { createPowerEvents, withHeard } from './power-events.ts';
import { createPresence } from './presence-source.ts';
import { createSystemSensors, type SensorsOfSystem } from './session-idle.ts';
import { createSensorSupervisor } from './sensors/sensor-supervisor.ts';
import { sensorsConfigOf } from './sensors/sensors-config.ts';
import type { MachineValues } from './sensors.ts';
import type { MonitorEvent, SystemMonitor } from './system-monitor.ts';

/** Any number of seconds does: only whether the session is locked is taken from the answer. */
const ANY_IDLE_SECONDS = 60;
const THERMAL_STATES: readonly string[] = [
  'nominal',
  'fair',
  'serious',
  'critical',
] satisfies readonly MachineValues['thermalState'][];

export interface SystemPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Starts the sensors' process when somebody watches or looks. */
  readonly spawn: SpawnChild;
  readonly isPackaged: boolean;
}

/** Only once the app is ready. */
export function createSensors(ports: SystemPorts): SensorsOfSystem {
  const { clock, isPackaged } = ports;
  const { platform, env } = process;
  const monitor = electronMonitor();
  const idleSource = idleSourceOf({
    platform,
    env,
    // Chromium writes down there which display system it chose.
    ozonePlatform: app.commandLine.getSwitchValue('ozone-platform'),
  });
  const presence = createPresence(monitor, clock, idleSource);
  const config = sensorsConfigOf({
    platform,
    env,
    home: app.getPath('home'),
    isPackaged,
    windowPid: process.pid,
    hasIdleTime: idleSource.name !== null,
  });
  const supervisor = createSensorSupervisor(ports, config);
  // On Linux the framework knows neither power nor heat, and says the opposite of the truth.
  const machine =
    platform === 'linux' ? supervisor : withHeard(createPowerEvents(monitor, clock), supervisor);
  return createSystemSensors(presence, machine, { clock, usesSession: config.asksSessionIdle });
}

function electronMonitor(): SystemMonitor {
  let speedPercent: number | null = null;
  return {
    idleSeconds: () => powerMonitor.getSystemIdleTime(),
    lockState() {
      const state = powerMonitor.getSystemIdleState(ANY_IDLE_SECONDS);
      if (state === 'unknown') return 'unknown';
      return state === 'locked' ? 'locked' : 'unlocked';
    },
    isOnBattery: () => powerMonitor.isOnBatteryPower(),
    thermalState() {
      if (process.platform !== 'darwin') return null;
      const state: string = powerMonitor.getCurrentThermalState();
      return isThermalState(state) ? state : null;
    },
    cpuSpeedPercent: () => speedPercent,
    listen(listener) {
      const on = (event: MonitorEvent) => () => {
        listener(event);
      };
      const [lock, unlock, suspend] = [on('lock'), on('unlock'), on('suspend')];
      const [resume, mains, battery] = [on('resume'), on('mains'), on('battery')];
      const heat = on('heat');
      const speed = ({ limit }: { readonly limit: number }): void => {
        speedPercent = Math.min(100, Math.max(0, limit));
        heat();
      };
      powerMonitor.on('thermal-state-change', heat);
      powerMonitor.on('speed-limit-change', speed);
      powerMonitor.on('lock-screen', lock);
      powerMonitor.on('unlock-screen', unlock);
      powerMonitor.on('suspend', suspend);
      powerMonitor.on('resume', resume);
      powerMonitor.on('on-ac', mains);
      powerMonitor.on('on-battery', battery);
      return () => {
        // What changes from now on is not heard.
        speedPercent = null;
        powerMonitor.off('thermal-state-change', heat);
        powerMonitor.off('speed-limit-change', speed);
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

function isThermalState(state: string): state is MachineValues['thermalState'] {
  return THERMAL_STATES.includes(state);
}
