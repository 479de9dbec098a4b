/** Keeps the decision up to date while it matters, tells it, and makes it true at the gate. */
import type { PresencePolicy, Status } from '../ipc/status.ts';
import { AppError } from '../platform/app-error.ts';
import { AT_START, decide, isLooking, type DecideConfig } from './decide.ts';
import { LOOK_MS } from './policy.ts';
import type { Governor, GovernorConfig, GovernorPorts } from './ports.ts';
import { gateEngine, type Ticket } from './relay-gate.ts';
import { NOTHING_READ } from './sensors.ts';
import type { Facts } from './vetoes.ts';

interface Taken {
  readonly policy: PresencePolicy;
  readonly ending: AbortController;
}

export function createGovernor(ports: GovernorPorts, config: GovernorConfig): Governor {
  const { sensors, clock, log } = ports;
  const taken = new Set<Taken>();
  let asked: DecideConfig = { ...config, snoozedUntilMs: null, trialRelaysLeft: null };
  let state = { ...AT_START, sinceMs: clock.nowMs() };
  let status: Status | null = null;
  let looking: { readonly everyMs: number; readonly stop: () => void } | null = null;
  let isDeciding = false;
  let isAskedAgain = false;
  let isDisposed = false;

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
    if (needsReadings && looking === null) lookEvery(LOOK_MS.waiting);
    const facts: Facts = {
      readings: needsReadings ? sensors.read() : NOTHING_READ,
      node: ports.nodeFacts(),
      relays,
    };
    const now = { monotonicMs: clock.monotonicMs(), unixMs: clock.nowMs() };
    const decision = decide(state, facts, asked, now);
    state = decision.next;
    const before = status;
    status = decision.status;
    // First of all, whatever those who are told do about it.
    for (const { policy, ending } of taken) {
      if (decision.endsRelays.includes(policy)) ending.abort();
    }
    const isBusy = status.mode === 'serving' || status.relaysInFlight > 0;
    lookEvery(needsReadings ? LOOK_MS[isBusy ? 'serving' : 'waiting'] : null);
    tell(before, status);
  };

  const tell = (before: Status | null, now: Status): void => {
    if (before !== null && JSON.stringify(before) === JSON.stringify(now)) return;
    if (before?.mode !== now.mode) {
      const reasons = now.reasons.map(({ code }) => code).join(', ');
      log.info('the governor decided', { mode: now.mode, policy: now.policy, reasons });
    }
    ports.onStatus(now);
  };

  const lookEvery = (everyMs: number | null): void => {
    if (everyMs === (looking?.everyMs ?? null)) return;
    looking?.stop();
    looking = everyMs === null ? null : { everyMs, stop: clock.every(everyMs, look) };
    sensors.watch(everyMs);
  };

  const take = (): Ticket => {
    // The owner may have come back since the last look.
    look();
    if (isDisposed || status?.mode !== 'serving') throw new AppError('owner-returned');
    const { policy, duty } = status;
    const one: Taken = { policy, ending: new AbortController() };
    taken.add(one);
    const left = asked.trialRelaysLeft;
    if (left !== null) asked = { ...asked, trialRelaysLeft: left > 1 ? left - 1 : null };
    look();
    return {
      duty,
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
      lookEvery(null);
      for (const { ending } of taken) ending.abort();
    },
  };
}

function countByPolicy(taken: ReadonlySet<Taken>): Facts['relays'] {
  const counts = { away: 0, locked: 0, always: 0 };
  for (const { policy } of taken) counts[policy] += 1;
  return counts;
}
