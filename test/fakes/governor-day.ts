/** A day of a computer and its owner, made up look by look: what the governor would be told. */
import {
  AT_START,
  decide,
  type DecideConfig,
  type Decision,
} from '../../electron/governor/decide.ts';
import { NO_MACHINE, type GpuReading, type Readings } from '../../electron/governor/sensors.ts';
import type { Moment } from '../../electron/governor/senses.ts';
import type { Facts } from '../../electron/governor/vetoes.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../electron/ipc/governor.ts';

export interface DayLook {
  readonly now: Moment;
  readonly facts: Facts;
  readonly config: DecideConfig;
  readonly decision: Decision;
}

export const DAY_MS = 86_400_000;
const START_UNIX = 1_700_000_000_000;
const MINUTE_MS = 60_000;

interface Owner {
  inputMs: number;
  workUntilMs: number;
  gameUntilMs: number;
  batteryUntilMs: number;
  celsius: number;
  relays: number;
}

/** Small, fast and the same everywhere; not for secrets. @returns numbers from 0 to 1 */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Plays a day, deciding as often as each decision asks for, every two seconds while nobody looks.
 * @param device where the model computes
 * @param told hears of every look
 * @returns how many decisions were taken
 */
export function playDay(
  seed: number,
  device: 'cpu' | 'gpu',
  told: (look: DayLook) => void,
  lengthMs = DAY_MS,
): number {
  const random = seeded(seed);
  const config: DecideConfig = {
    isOn: true,
    policy: 'away',
    chosenBy: 'owner',
    snoozedUntilMs: null,
    trialRelaysLeft: null,
    settings: DEFAULT_GOVERNOR_SETTINGS,
  };
  const owner: Owner = {
    inputMs: 0,
    workUntilMs: 0,
    gameUntilMs: 0,
    batteryUntilMs: 0,
    celsius: 40,
    relays: 0,
  };
  let [state, count, atMs] = [AT_START, 0, 0];
  while (atMs < lengthMs) {
    const now = { monotonicMs: atMs, unixMs: START_UNIX + atMs };
    const facts = factsOf(owner, device, atMs);
    const decision = decide(state, facts, config, now);
    told({ now, facts, config, decision });
    state = decision.next;
    count += 1;
    const stepMs = decision.wish?.everyMs ?? 2_000;
    live(owner, decision, stepMs, atMs + stepMs, random);
    atMs += stepMs;
  }
  return count;
}

function live(
  owner: Owner,
  { status, pace, endsRelays }: Decision,
  stepMs: number,
  atMs: number,
  random: () => number,
): void {
  const happens = (timesADay: number) => random() < (timesADay * stepMs) / DAY_MS;
  if (happens(12)) owner.workUntilMs = atMs + random() * 40 * MINUTE_MS;
  if (happens(4)) owner.gameUntilMs = atMs + random() * 50 * MINUTE_MS;
  if (happens(3)) owner.batteryUntilMs = atMs + random() * 10 * MINUTE_MS;
  if (happens(20) || (atMs < owner.workUntilMs && random() < 0.2)) owner.inputMs = atMs;
  if (status.mode === 'serving' && owner.relays < 3 && random() < 0.05) owner.relays += 1;
  if (endsRelays.length > 0 || (owner.relays > 0 && random() < 0.02)) owner.relays = 0;
  const computes = owner.relays > 0 ? pace : 0;
  const towards = 38 + 55 * computes + (atMs < owner.gameUntilMs ? 35 : 0);
  owner.celsius += (towards - owner.celsius) * Math.min(1, stepMs / 60_000);
}

function factsOf(owner: Owner, device: 'cpu' | 'gpu', atMs: number): Facts {
  const plays = atMs < owner.gameUntilMs;
  const reading = <Value>(value: Value) => ({ value, atMs, source: 'the day' });
  const readings: Readings = {
    ...NO_MACHINE,
    idleMs: reading(atMs - owner.inputMs),
    isLocked: reading(false),
    isSuspended: false,
    unknownIdle: null,
    unknownLock: null,
    power: reading(atMs < owner.batteryUntilMs ? 'battery' : 'mains'),
    batteryPercent: reading(90),
    isLidShut: reading(false),
    apps: reading(plays ? [{ name: 'Portal', by: 'mark' }] : []),
    fullscreen: reading(plays ? 'Portal' : ''),
    cpuCelsius: reading(50),
    gpus: reading([cardOf(owner, plays)]),
  };
  return {
    readings,
    node: {
      model: 'ready',
      engine: 'ready',
      network: 'ready',
      selfTest: 'passed',
      device: { kind: device, name: device === 'gpu' ? 'Day Card' : null },
      holdsMemory: true,
      isPausable: true,
      isOwners: false,
      isAnswering: false,
      rate: null,
    },
    relays: { away: owner.relays, locked: 0, always: 0 },
    minuteOfWeek: Math.floor(atMs / MINUTE_MS) % 10_080,
  };
}

function cardOf({ celsius, relays }: Owner, plays: boolean): GpuReading {
  return {
    id: '0000:01:00.0',
    name: 'Day Card',
    vendor: 'nvidia',
    celsius: Math.round(celsius),
    junctionCelsius: null,
    memoryCelsius: null,
    slowdownCelsius: 95,
    shutdownCelsius: 98,
    throttle: [],
    watts: relays > 0 ? 250 : 40,
    loadPercent: plays || relays > 0 ? 90 : 2,
    memoryUsedBytes: 6_000_000_000,
    memoryTotalBytes: 24_000_000_000,
    foreignLoadPercent: plays ? 80 : 1,
    foreignMemoryBytes: plays ? 5_000_000_000 : 1_000_000_000,
    foreignApp: plays ? 'Portal' : null,
  };
}
