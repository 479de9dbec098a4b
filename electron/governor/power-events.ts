/** Reads where the power comes from on Windows and macOS, which tell it and tell when it changes. */
import type { Clock } from '../platform/clock.ts';
import type { PowerReadings, Source } from './sensors.ts';
import type { SystemMonitor } from './system-monitor.ts';

/** An uninterruptible supply counts as a battery there, which is right: nobody should earn on one. */
export function createPowerEvents(monitor: SystemMonitor, clock: Clock): Source<PowerReadings> {
  const listeners = new Set<() => void>();
  let stopListening: (() => void) | null = null;
  const read = (): PowerReadings => ({
    power: {
      value: monitor.isOnBattery() ? 'battery' : 'mains',
      atMs: clock.monotonicMs(),
      source: 'the system’s power report',
    },
    unknownPower: null,
  });
  return {
    read,
    look: () => Promise.resolve(read()),
    watch(intervalMs) {
      if (intervalMs === null) {
        stopListening?.();
        stopListening = null;
        return;
      }
      stopListening ??= monitor.listen((event) => {
        if (event !== 'mains' && event !== 'battery') return;
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
