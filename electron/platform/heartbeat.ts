/** How a parent and its child process notice that the other one is dead or stuck. */
import type { Clock } from './clock.ts';

/** How often the parent sends a pulse. Each one wakes two processes, so an idle computer notices a faster one. */
export const PULSE_MS = 4_000;
/** The same for a child that holds a device: a dead parent's model is to be off it soon. */
export const DEVICE_PULSE_MS = 500;
/** Without a pulse for this long a child that holds a device takes its parent for dead. */
export const PULSE_LOST_MS = 2_000;
const TICKS_UNTIL_LOST = 4;

export interface PulseWatch {
  /** A pulse came. */
  beat(): void;
  dispose(): void;
}

/**
 * The child's half: `onLost` is called once when no pulse came for `lostMs`. Counts its own ticks and not the time
 * between them: after the computer slept, or while this process was held up, time has passed in which no pulse could
 * arrive, and that says nothing about the parent.
 */
export function watchPulse(clock: Clock, lostMs: number, onLost: () => void): PulseWatch {
  let missed = 0;
  const stop = clock.every(lostMs / TICKS_UNTIL_LOST, () => {
    // The first tick may follow the last pulse at once, so it proves nothing.
    if (missed < TICKS_UNTIL_LOST) {
      missed += 1;
      return;
    }
    stop();
    onLost();
  });
  return {
    beat() {
      missed = 0;
    },
    dispose: stop,
  };
}

export interface PulseSender {
  /** The child said something, whatever it was. */
  heard(): void;
  stop(): void;
}

export interface PulseSenderOptions {
  /** A child that says nothing for this long is stuck. */
  readonly silenceMs: number;
  /** `PULSE_MS` when nothing else is said. */
  readonly everyMs?: number;
  send(): void;
  /** Called once; nothing is sent after it. */
  onSilence(): void;
}

/** The parent's half. Counts pulses and not time: while the computer sleeps neither side can be heard. */
export function sendPulses(clock: Clock, options: PulseSenderOptions): PulseSender {
  const everyMs = options.everyMs ?? PULSE_MS;
  let unanswered = 0;
  const stop = clock.every(everyMs, () => {
    unanswered += 1;
    if (unanswered * everyMs <= options.silenceMs) {
      options.send();
      return;
    }
    stop();
    options.onSilence();
  });
  return {
    heard() {
      unanswered = 0;
    },
    stop,
  };
}
