/** Reads power and heat on Windows and macOS, which tell them to main and tell when they change. */
import type { Clock } from '../platform/clock.ts';
import type { MachineReadings, Reading, Source } from './sensors.ts';
import type { MonitorEvent, SystemMonitor } from './system-monitor.ts';

/** What main hears of the machine; everything else is for the sensors' process. */
export type HeardReadings = Pick<MachineReadings, 'power' | 'thermalState' | 'cpuSpeedPercent'>;

const HEARD: ReadonlySet<MonitorEvent> = new Set<MonitorEvent>(['mains', 'battery', 'heat']);
const SOURCE = 'the system’s power report';

/** An uninterruptible supply counts as a battery there, which is right: nobody should earn on one. */
export function createPowerEvents(monitor: SystemMonitor, clock: Clock): Source<HeardReadings> {
  const listeners = new Set<() => void>();
  let stopListening: (() => void) | null = null;
  const reading = <Value>(value: Value | null): Reading<Value> | null =>
    value === null ? null : { value, atMs: clock.monotonicMs(), source: SOURCE };
  const read = (): HeardReadings => ({
    power: reading(monitor.isOnBattery() ? 'battery' : 'mains'),
    thermalState: reading(monitor.thermalState()),
    cpuSpeedPercent: reading(monitor.cpuSpeedPercent()),
  });
  return {
    read,
    look: () => Promise.resolve(read()),
    watch(wish) {
      if (wish === null) {
        stopListening?.();
        stopListening = null;
        return;
      }
      stopListening ??= monitor.listen((event) => {
        if (!HEARD.has(event)) return;
        for (const listener of listeners) listener();
      });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** What main hears comes first; what it does not hear is left to the process. */
export function withHeard(
  heard: Source<HeardReadings>,
  machine: Source<MachineReadings>,
): Source<MachineReadings> {
  const joined = (own: HeardReadings, read: MachineReadings): MachineReadings => {
    const known = Object.entries(own).filter(([, value]) => value !== null);
    const unknown = Object.entries(read.unknown).filter(
      ([key]) => !known.some(([each]) => each === key),
    );
    return { ...read, ...Object.fromEntries(known), unknown: Object.fromEntries(unknown) };
  };
  return {
    read: () => joined(heard.read(), machine.read()),
    look: async () => joined(heard.read(), await machine.look()),
    watch(wish) {
      heard.watch(wish);
      machine.watch(wish);
    },
    onEvent(listener) {
      const stops = [heard.onEvent(listener), machine.onEvent(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
