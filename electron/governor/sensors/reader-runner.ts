/** Asks every reader at its own pace; one that hangs holds up nobody, and is not asked a second time. */
import type { Clock } from '../../platform/clock.ts';
import { failureText } from './reading-failure.ts';
import { mergeKey, type Answer } from './merge-answers.ts';
import { clip, MACHINE_KEYS, sendable, type ReadingsMessage } from './messages.ts';
import type { AnyReader, Outcome } from './reader.ts';
import type { MachineKey, Wish } from '../sensors.ts';

const DEADLINE_MS = 3_000;
/** Whoever wishes for no more often than this is waiting, and in no hurry. */
const RESTING_MS = 2_000;
const HANGS = 'it does not answer';
const SENSELESS = 'it tells what cannot be';
const ASLEEP = 'graphics cards are asked only when they are about to compute';

export interface RunnerPorts {
  readonly clock: Clock;
  /** How long an answer waits for others, so that one message wakes main for all of them; 0 for none at all. */
  readonly gatherMs: number;
  emit(message: ReadingsMessage): void;
}

export interface Runner {
  /** @param number goes into everything that is told from now on */
  watch(wish: Wish, number: number): void;
  /** Ends every timer and lets readers let go. */
  stop(): void;
}

interface Slot {
  readonly reader: AnyReader;
  answer: Answer | null;
  isReading: boolean;
  beganAtMs: number;
  /** Grows whenever an answer under way is not wanted any more. */
  epoch: number;
  stopTimer: (() => void) | null;
}

export function createRunner(readers: readonly AnyReader[], ports: RunnerPorts): Runner {
  const { clock } = ports;
  const slots = readers.map(asSlot);
  let wish: Wish | null = null;
  let wishNumber = 0;

  const emit = (keys: readonly MachineKey[]): void => {
    ports.emit({ ...messageOf(keys, slots, clock.monotonicMs()), wishNumber });
  };

  const fresh = new Set<MachineKey>();
  let stopGathering: (() => void) | null = null;
  const emitFresh = (): void => {
    stopGathering?.();
    stopGathering = null;
    const keys = [...fresh];
    fresh.clear();
    if (wish !== null) emit(keys);
  };

  const settle = (slot: Slot, answer: Answer): void => {
    slot.answer = answer;
    for (const key of slot.reader.keys) fresh.add(key);
    if (ports.gatherMs === 0) emitFresh();
    else stopGathering ??= clock.after(ports.gatherMs, emitFresh);
  };

  const read = (slot: Slot): void => {
    if (wish === null) return;
    const limitMs = slot.reader.deadlineMs ?? DEADLINE_MS;
    const nowMs = clock.monotonicMs();
    if (slot.isReading) {
      // Begun under an earlier wish, perhaps.
      const isLate = nowMs - slot.beganAtMs >= limitMs && slot.answer?.why !== HANGS;
      if (isLate) settle(slot, { outcome: null, why: HANGS, atMs: nowMs });
      return;
    }
    slot.isReading = true;
    slot.beganAtMs = nowMs;
    slot.epoch += 1;
    const { epoch } = slot;
    /** What comes after its deadline, or after nobody wants it any more, is not used. */
    const finish = (answer: Answer): void => {
      if (slot.epoch !== epoch || wish === null) return;
      stopDeadline();
      settle(slot, answer);
    };
    const stopDeadline = clock.after(limitMs, () => {
      finish({ outcome: null, why: HANGS, atMs: clock.monotonicMs() });
      slot.epoch += 1;
    });
    void ask(slot.reader, wish).then((answer) => {
      stopDeadline();
      slot.isReading = false;
      finish({ ...answer, atMs: clock.monotonicMs() });
    });
  };

  const rest = (slot: Slot): void => {
    slot.stopTimer?.();
    slot.stopTimer = null;
    slot.epoch += 1;
    slot.reader.stop?.();
  };

  const restart = (slot: Slot, next: Wish): void => {
    slot.stopTimer?.();
    const { everyMs: ownMs, restEveryMs = ownMs, atLeastEveryMs = Infinity } = slot.reader;
    const paceMs = Math.max(next.everyMs < RESTING_MS ? ownMs : restEveryMs, next.everyMs);
    const everyMs = Math.min(paceMs, atLeastEveryMs);
    slot.stopTimer = clock.every(everyMs, () => {
      read(slot);
    });
    read(slot);
  };

  for (const slot of slots) {
    slot.reader.onChange?.(() => {
      if (slot.stopTimer !== null) read(slot);
    });
  }

  return {
    watch(next, number) {
      const previous = wish;
      wish = next;
      wishNumber = number;
      for (const slot of slots) {
        const isWanted = next.withGpu || slot.reader.needsGpu !== true;
        if (isWanted) {
          const isNew = slot.stopTimer === null;
          if (isNew) slot.answer = null;
          if (isNew || previous?.everyMs !== next.everyMs) restart(slot, next);
        } else if (slot.stopTimer !== null || slot.answer === null) {
          rest(slot);
          settle(slot, { outcome: null, why: ASLEEP, atMs: clock.monotonicMs() });
        }
      }
      // What nobody reads here; and, where nothing new is to be read, that all of it is there already.
      emit(MACHINE_KEYS.filter((key) => !readers.some(({ keys }) => keys.includes(key))));
    },
    stop() {
      wish = null;
      stopGathering?.();
      stopGathering = null;
      for (const slot of slots) {
        rest(slot);
        slot.answer = null;
      }
    },
  };
}

function asSlot(reader: AnyReader): Slot {
  return { reader, answer: null, isReading: false, beganAtMs: 0, epoch: 0, stopTimer: null };
}

/** Never rejects. */
async function ask(reader: AnyReader, wish: Wish): Promise<Omit<Answer, 'atMs'>> {
  try {
    const outcome: Outcome<MachineKey> = await reader.read(wish);
    return { outcome, why: null };
  } catch (error) {
    return { outcome: null, why: failureText(error) };
  }
}

function messageOf(
  keys: readonly MachineKey[],
  slots: readonly Slot[],
  nowMs: number,
): Omit<ReadingsMessage, 'wishNumber'> {
  const values: Record<string, unknown> = {};
  const origins: ReadingsMessage['origins'] = {};
  const unknown: ReadingsMessage['unknown'] = {};
  const absent: MachineKey[] = [];
  for (const key of keys) {
    const answers = slots
      .filter(({ reader, answer }) => answer !== null && reader.keys.includes(key))
      .flatMap(({ answer }) => answer ?? []);
    const merged = mergeKey(key, answers, nowMs);
    const value = merged.value === undefined ? undefined : sendable(key, merged.value);
    const why = merged.value !== undefined && value === undefined ? SENSELESS : merged.why;
    if (value !== undefined) {
      values[key] = value;
      origins[key] = { source: clip(merged.source), ageMs: merged.ageMs };
    }
    if (why !== null) unknown[key] = clip(why);
    if (value === undefined && why === null) absent.push(key);
  }
  const isComplete = slots.every(({ answer }) => answer !== null);
  return { type: 'readings', values, origins, unknown, absent, isComplete };
}
