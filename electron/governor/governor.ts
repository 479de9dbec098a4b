/** Keeps the decision up to date while it matters, tells it, and makes it true. */
import type { PresencePolicy, ReasonCode, Status } from '../ipc/status.ts';
import { AppError } from '../platform/app-error.ts';
import { createActing } from './acting.ts';
import { AT_START, decide, isLooking, type DecideConfig, type Decision } from './decide.ts';
import { createGiveBacks } from './give-backs.ts';
import { LOOK_MS } from './policy.ts';
import { ENDING } from './policy-codes.ts';
import type { Governor, GovernorConfig, GovernorPorts } from './ports.ts';
import { gateEngine, type Ticket } from './relay-gate.ts';
import { NOTHING_READ, type Readings, type Wish } from './sensors.ts';
import { createThrottle } from './throttle.ts';
import type { Facts } from './vetoes.ts';

interface Taken {
  readonly policy: PresencePolicy;
  readonly ending: AbortController;
}

/** Nobody is told of decisions more often. */
const TELL_MS = 1_000;
/** What is read before the first decision has said what to watch. */
const FIRST_WISH = { everyMs: LOOK_MS.waiting, withGpu: false } as const;

export function createGovernor(ports: GovernorPorts, config: GovernorConfig): Governor {
  const { sensors, actuators, clock, log } = ports;
  const taken = new Set<Taken>();
  let asked: DecideConfig = { ...config, snoozedUntilMs: null, trialRelaysLeft: null };
  let state = { ...AT_START, sinceMs: clock.nowMs() };
  let status: Status | null = null;
  let looking: { readonly everyMs: number; readonly stop: () => void } | null = null;
  let watched = 'null';
  let isDeciding = false;
  let isAskedAgain = false;
  let isDisposed = false;
  const giveBacks = createGiveBacks(clock, ports.onGiveBack);
  const acting = createActing(actuators, ports, {
    onStopped: giveBacks.stopped,
    onReleased: giveBacks.released,
  });
  const decisions = createThrottle<[Status, Readings, Decision['limits']]>(
    clock,
    TELL_MS,
    ports.onDecision,
  );

  const look = (): void => {
    isAskedAgain = true;
    // Whoever is told of a decision may cause the next one: that one waits until everybody has heard of this.
    if (isDeciding) return;
    isDeciding = true;
    try {
      while (isAskedAgain && !isDisposed) {
        isAskedAgain = false;
        decideNow();
      }
    } finally {
      isDeciding = false;
    }
  };

  const decideNow = (): void => {
    const relays = countByPolicy(taken);
    const needsReadings = isLooking(asked, relays);
    if (needsReadings && looking === null) watch(FIRST_WISH);
    const readings = needsReadings ? sensors.read() : NOTHING_READ;
    const node = ports.nodeFacts();
    const facts: Facts = { readings, node, relays, minuteOfWeek: ports.minuteOfWeek() };
    const now = { monotonicMs: clock.monotonicMs(), unixMs: clock.nowMs() };
    const decision = decide(state, facts, asked, now);
    state = decision.next;
    const before = status;
    status = decision.status;
    // First of all, whatever those who are told do about it.
    carryOut(decision, facts);
    watch(decision.wish);
    tell(before, status);
    decisions.tell(status, readings, decision.limits);
  };

  const carryOut = (decision: Decision, { readings, node }: Facts): void => {
    const ending = [...taken].filter(({ policy }) => decision.endsRelays.includes(policy));
    const isGivingBack = ending.length > 0;
    const cause = decision.release ?? causeOf(decision.status);
    const isRelease = decision.release !== null && node.holdsMemory;
    if ((isGivingBack || isRelease) && cause !== undefined) giveBacks.begin(cause, readings);
    else if (decision.pace > 0) giveBacks.end();
    for (const one of ending) one.ending.abort();
    const { holdsMemory, isOwners } = node;
    acting.apply({ ...decision, isGivingBack, holdsMemory, isOwners });
  };

  const tell = (before: Status | null, now: Status): void => {
    if (before !== null && JSON.stringify(before) === JSON.stringify(now)) return;
    if (before?.mode !== now.mode) {
      const reasons = now.reasons.map(({ code }) => code).join(', ');
      log.info('the governor decided', { mode: now.mode, policy: now.policy, reasons });
    }
    ports.onStatus(now);
  };

  const watch = (wanted: Decision['wish']): void => {
    const everyMs = wanted?.everyMs ?? null;
    if (everyMs !== (looking?.everyMs ?? null)) {
      looking?.stop();
      looking = everyMs === null ? null : { everyMs, stop: clock.every(everyMs, look) };
    }
    const { games } = asked.settings;
    const wish: Wish | null = wanted && { ...wanted, games, ownPids: actuators.ownPids() };
    const text = JSON.stringify(wish);
    if (text === watched) return;
    watched = text;
    sensors.watch(wish);
  };

  const take = (): Ticket => {
    // The owner may have come back since the last look.
    look();
    if (isDisposed || status?.mode !== 'serving') throw new AppError('owner-returned');
    const one: Taken = { policy: status.policy, ending: new AbortController() };
    taken.add(one);
    const left = asked.trialRelaysLeft;
    if (left !== null) asked = { ...asked, trialRelaysLeft: left > 1 ? left - 1 : null };
    look();
    return {
      signal: one.ending.signal,
      release() {
        if (taken.delete(one)) look();
      },
    };
  };

  const stopEvents = sensors.onEvent(look);
  look();
  const current = (): Status => {
    if (status === null) throw new Error('the governor has not decided yet');
    return status;
  };
  let trial = 0;

  return {
    status: current,
    configure(change) {
      asked = { ...asked, ...change };
      look();
    },
    pause(ms) {
      asked = { ...asked, snoozedUntilMs: ms > 0 ? clock.nowMs() + ms : null };
      look();
    },
    allowTrial(relays) {
      trial += 1;
      const mine = trial;
      asked = { ...asked, trialRelaysLeft: relays };
      look();
      return () => {
        if (mine !== trial) return;
        asked = { ...asked, trialRelaysLeft: null };
        look();
      };
    },
    admits() {
      look();
      return !isDisposed && current().mode === 'serving' ? null : 'not-serving';
    },
    gate: (engine) => gateEngine(engine, take, log),
    look,
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      stopEvents();
      watch(null);
      for (const { ending } of taken) ending.abort();
      giveBacks.end();
      acting.dispose();
      decisions.dispose();
    },
  };
}

/** What takes the computer from relays at once, rather than what would only keep new ones out. */
function causeOf({ reasons }: Status): ReasonCode | undefined {
  const ends = (how: 'at-once' | 'grace') => reasons.find(({ code }) => ENDING[code] === how);
  return (ends('at-once') ?? ends('grace') ?? reasons[0])?.code;
}

function countByPolicy(taken: ReadonlySet<Taken>): Facts['relays'] {
  const counts = { away: 0, locked: 0, always: 0 };
  for (const { policy } of taken) counts[policy] += 1;
  return counts;
}
