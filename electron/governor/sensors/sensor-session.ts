/** One life of the sensors' process, from its start until the system says that it is gone. */
import type { SpawnChild } from '../../platform/child.ts';
import type { Clock } from '../../platform/clock.ts';
import { sendPulses, type PulseSender } from '../../platform/heartbeat.ts';
import type { Log } from '../../platform/log.ts';
import type { Wish } from '../sensors.ts';
import {
  fromSensorsSchema,
  type FromSensors,
  type ReadingsMessage,
  type SensorsConfig,
  type ToSensors,
} from './messages.ts';

/** Four pulses without a word, the first of them right after the last word: 4.5 to 6 s of silence. */
const BRISK = { everyMs: 1_500, silenceMs: 4_500 } as const;
/** While nothing is about to compute nobody is in danger, and each pulse wakes two processes: 12 to 16 s. */
const CALM = { everyMs: 4_000, silenceMs: 12_000 } as const;
const CALM_FROM_MS = 2_000;
type Pace = typeof BRISK | typeof CALM;
/** An orderly end is a matter of milliseconds. */
const GRACE_MS = 1_000;
/** One that was killed and is not gone by then is stuck in the kernel. */
const DEATH_MS = 5_000;
/** Each hanging read keeps one thread for good; the others must not run out of them. */
const THREADS = '32';

const SILENT = 'the sensors do not answer';
const NONSENSE = 'the sensors speak nonsense';
const ENDED = 'the sensors’ process ended unexpectedly';
const STUCK = 'the sensors hang in the system and cannot be ended; restart the computer';

export interface SessionListener {
  onReadings(message: ReadingsMessage): void;
  /** All that the newest wish asks for has been read, or is late. */
  onComplete(): void;
  /** It can be used no more, and is being ended. */
  onFailure(why: string): void;
  /** @param why null when it was asked to end */
  onGone(why: string | null): void;
}

export interface SensorSession {
  readonly pid: number | undefined;
  /** Ignored once it is ending. */
  watch(wish: Wish): void;
  /** Asks it to end, and ends it when it does not. */
  stop(): void;
}

export interface SessionPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export function startSensorSession(
  { spawn, clock, log }: SessionPorts,
  config: SensorsConfig,
  listener: SessionListener,
): SensorSession {
  const child = spawn('sensors-process', {
    name: 'Lull sensors',
    args: [JSON.stringify(config)],
    env: { UV_THREADPOOL_SIZE: THREADS },
  });
  let state: 'running' | 'stopping' | 'killed' | 'gone' = 'running';
  let failure: string | null = null;
  let wished: Wish | null = null;
  let wishNumber = 0;
  let stopTimer: (() => void) | null = null;

  const post = (message: ToSensors): void => {
    child.post(message);
  };
  const kill = (): void => {
    state = 'killed';
    stopTimer?.();
    stopTimer = clock.after(DEATH_MS, () => {
      listener.onFailure(STUCK);
    });
    child.kill();
  };
  const fail = (why: string): void => {
    if (state === 'killed' || state === 'gone') return;
    pulses.stop();
    // Whoever hangs on the way out is not worth a word, only a blow.
    if (state === 'running') {
      failure = why;
      listener.onFailure(why);
    }
    kill();
  };
  const pulse = (pace: Pace): PulseSender =>
    sendPulses(clock, {
      ...pace,
      send: () => {
        post({ type: 'pulse' });
      },
      onSilence: () => {
        fail(SILENT);
      },
    });
  let pace: Pace = BRISK;
  let pulses = pulse(pace);
  const setPace = (wanted: Pace): void => {
    if (pace === wanted) return;
    pace = wanted;
    pulses.stop();
    pulses = pulse(pace);
  };

  const take = (message: FromSensors): void => {
    switch (message.type) {
      case 'pulse':
        return;
      case 'note':
        log[message.level](message.message, { details: message.details });
        return;
      case 'readings':
        listener.onReadings(message);
        if (message.isComplete && message.wishNumber === wishNumber) listener.onComplete();
    }
  };

  child.onMessage((raw) => {
    if (state !== 'running') return;
    pulses.heard();
    const message = fromSensorsSchema.safeParse(raw);
    if (message.success) take(message.data);
    else fail(NONSENSE);
  });
  child.onExit(() => {
    if (state === 'gone') return;
    const isExpected = state === 'stopping' || (state === 'killed' && failure === null);
    state = 'gone';
    pulses.stop();
    stopTimer?.();
    listener.onGone(isExpected ? null : (failure ?? ENDED));
  });

  return {
    get pid() {
      return child.pid;
    },
    watch(wish) {
      if (state !== 'running' || isSame(wished, wish)) return;
      wished = wish;
      wishNumber += 1;
      setPace(wish.everyMs < CALM_FROM_MS ? BRISK : CALM);
      const { everyMs, withGpu, games, ownPids } = wish;
      post({
        type: 'watch',
        number: wishNumber,
        wish: { everyMs, withGpu, games: [...games], ownPids: [...ownPids] },
      });
    },
    stop() {
      if (state !== 'running') return;
      state = 'stopping';
      pulses.stop();
      stopTimer = clock.after(GRACE_MS, kill);
      post({ type: 'stop' });
    },
  };
}

function isSame(before: Wish | null, now: Wish): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}
