/** Reads whether somebody is at the computer: idle time, lock, sleep. */
import type { Clock } from '../platform/clock.ts';
import type { IdleSource } from './idle-source.ts';
import type { PresenceReadings, Reading, Source } from './sensors.ts';
import type { MonitorEvent, SystemMonitor } from './system-monitor.ts';

/** A source that still counts for longer than this while our own window gets input has not seen that input. */
export const CONTRADICTION_MS = 5_000;
export const LYING =
  'the idle time goes on while you use Lull’s own window, so it cannot be believed';

export interface PresenceSource extends Source<PresenceReadings> {
  /** Our own window has just got input: the source's word can be tested against it. */
  noteOwnInput(): void;
}

export function createPresence(
  monitor: SystemMonitor,
  clock: Clock,
  idleSource: IdleSource,
): PresenceSource {
  const listeners = new Set<() => void>();
  let stopListening: (() => void) | null = null;
  let lastLockEvent: 'lock' | 'unlock' | null = null;
  let isSuspended = false;
  let isLying = false;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const onEvent = (event: MonitorEvent): void => {
    if (event === 'lock' || event === 'unlock') lastLockEvent = event;
    else if (event === 'suspend' || event === 'resume') isSuspended = event === 'suspend';
    else return;
    tell();
  };

  /** Null when it is no time at all: some sources answer with the largest number there is. */
  const idleMs = (): number | null => {
    const seconds = monitor.idleSeconds();
    return Number.isFinite(seconds) && seconds >= 0 && seconds < 2 ** 31 - 1
      ? seconds * 1000
      : null;
  };

  const reading = <Value>(value: Value | null, source: string): Reading<Value> | null =>
    value === null ? null : { value, atMs: clock.monotonicMs(), source };

  /** An unlock counts before the system's own state has changed; a lock only once it has. */
  const isLocked = (): boolean | null => {
    const state = monitor.lockState();
    if (state === 'unknown') return lastLockEvent === 'unlock' ? false : null;
    return state === 'locked' && lastLockEvent !== 'unlock';
  };

  const whyNoIdle = (): string => {
    if (isLying) return LYING;
    return idleSource.unusable ?? `${idleSource.name} is no number`;
  };

  const read = (): PresenceReadings => {
    const idle = isLying || idleSource.name === null ? null : idleMs();
    return {
      idleMs: reading(idle, idleSource.name ?? ''),
      isLocked: reading(isLocked(), 'the session’s lock'),
      isSuspended,
      unknownIdle: idle === null ? whyNoIdle() : null,
      unknownLock: 'the system does not say whether the session is locked',
    };
  };

  return {
    read,
    look: () => Promise.resolve(read()),
    watch(wish) {
      if (wish === null) {
        stopListening?.();
        stopListening = null;
        // What happens from now on is not heard.
        lastLockEvent = null;
        isSuspended = false;
      } else {
        stopListening ??= monitor.listen(onEvent);
      }
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    noteOwnInput() {
      if (isLying || stopListening === null || idleSource.name === null) return;
      isLying = (idleMs() ?? 0) > CONTRADICTION_MS;
      tell();
    },
  };
}
