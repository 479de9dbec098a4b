/** What the operating system says of its user, its power and its heat, as far as the desktop framework passes it on. */
import type { MachineValues } from './sensors.ts';

export type MonitorEvent = 'lock' | 'unlock' | 'suspend' | 'resume' | 'mains' | 'battery' | 'heat';

export interface SystemMonitor {
  /** Whole seconds since the last input. */
  idleSeconds(): number;
  lockState(): 'locked' | 'unlocked' | 'unknown';
  isOnBattery(): boolean;
  /** Null where the system has no such notion. */
  thermalState(): MachineValues['thermalState'] | null;
  /** Part of its speed that the processor may have; null before the system has said anything. */
  cpuSpeedPercent(): number | null;
  /**
   * The listener is called while the event is told: a computer that is about to sleep waits for nobody.
   * @returns what stops listening
   */
  listen(listener: (event: MonitorEvent) => void): () => void;
}
