/** What the operating system says of its user and its power, as far as the desktop framework passes it on. */

export type MonitorEvent = 'lock' | 'unlock' | 'suspend' | 'resume' | 'mains' | 'battery';

export interface SystemMonitor {
  /** Whole seconds since the last input. */
  idleSeconds(): number;
  lockState(): 'locked' | 'unlocked' | 'unknown';
  isOnBattery(): boolean;
  /**
   * The listener is called while the event is told: a computer that is about to sleep waits for nobody.
   * @returns what stops listening
   */
  listen(listener: (event: MonitorEvent) => void): () => void;
}
