/** How a parent and its child process notice that the other one is dead or stuck. */
import type { Clock } from './clock.ts';

/** How often the parent sends a pulse. */
export const PULSE_MS = 500;
/** Without a pulse for this long a child that holds a device takes its parent for dead. */
export const PULSE_LOST_MS = 2000;
const TICK_MS = 250;

export interface PulseWatch {
  /** A pulse came. */
  beat(): void;
  dispose(): void;
}

/**
 * The child's half: `onLost` is called once when no pulse came for `lostMs`. Counts its own ticks and not the time between them: after the computer slept, or while this
 * process was held up, time has passed in which no pulse could arrive, and that says nothing about the parent.
 */
export function watchPulse(clock: Clock, lostMs: number, onLost: () => void): PulseWatch {
  let missed = 0;
  const stop = clock.every(TICK_MS, () => {
    // The first tick may follow the last pulse at once, so it proves nothing.
    if (missed * TICK_MS < lostMs) {
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
  send(): void;
  /** Called once; nothing is sent after it. */
  onSilence(): void;
}

/** The parent's half. Counts pulses and not time: while the computer sleeps neither side can be heard. */
export function sendPulses(clock: Clock, options: PulseSenderOptions): PulseSender {
  let unanswered = 0;
  const stop = clock.every(PULSE_MS, () => {
    unanswered += 1;
    if (unanswered * PULSE_MS <= options.silenceMs) {
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
