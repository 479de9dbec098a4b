/** The governor's decision: pure, total, without a clock; what is not known counts as no. */
import type { PresencePolicy, Reason, Status } from '../ipc/status.ts';
import { DUTY, ENDING, POWER_GRACE_MS } from './policy.ts';
import type { GovernorConfig } from './ports.ts';
import { observe, type Moment, type Senses } from './senses.ts';
import { because, nodeVetoes, senseVetoes, worstFirst, type Facts } from './vetoes.ts';

export interface DecideConfig extends GovernorConfig {
  /** Unix time; null without a pause. */
  readonly snoozedUntilMs: number | null;
  /** Relays that *Try earning* may still begin; null without one. */
  readonly trialRelaysLeft: number | null;
}

/** What one decision leaves to the next; plain data. */
export interface GovernorState {
  readonly mode: Status['mode'];
  /** Unix time since which the mode holds. */
  readonly sinceMs: number;
  /** Null after a time in which nobody looked. */
  readonly senses: Senses | null;
  /** Monotonic time since which relays run without mains; null while they do not. */
  readonly graceSinceMs: number | null;
}

export interface Decision {
  readonly next: GovernorState;
  readonly status: Status;
  /** Relays that were taken under these policies have to end now. */
  readonly endsRelays: readonly PresencePolicy[];
}

const POLICIES: readonly PresencePolicy[] = ['away', 'locked', 'always'];

export const AT_START: GovernorState = {
  mode: 'off',
  sinceMs: 0,
  senses: null,
  graceSinceMs: null,
};

/** Whether readings matter at all; without it nothing is read. */
export function isLooking(config: DecideConfig, relays: Facts['relays']): boolean {
  return isWanted(config) || inFlight(relays) > 0;
}

export function decide(
  previous: GovernorState,
  facts: Facts,
  config: DecideConfig,
  now: Moment,
): Decision {
  const { readings, relays } = facts;
  const { policy, chosenBy } = inForce(config);
  const isRunning = inFlight(relays) > 0;
  const senses = isLooking(config, relays) ? observe(previous.senses, readings, now) : null;
  const reasons = worstFirst([
    ...ownersVetoes(config, now),
    ...(isWanted(config) ? nodeVetoes(facts.node) : []),
    ...(senses === null ? [] : senseVetoes(policy, senses, readings)),
  ]);
  const mode = modeOf(reasons, isRunning, isWanted(config));
  const graceSinceMs = isRunning && senses ? graceSince(previous, senses) : null;
  const sinceMs = mode === previous.mode ? previous.sinceMs : now.unixMs;
  return {
    next: { mode, sinceMs, senses, graceSinceMs },
    status: {
      mode,
      policy,
      chosenBy,
      trialRelaysLeft: config.trialRelaysLeft,
      duty: mode === 'serving' ? DUTY[policy] : 0,
      reasons,
      sinceMs,
      relaysInFlight: inFlight(relays),
    },
    endsRelays: POLICIES.filter(
      (taken) =>
        relays[taken] > 0 && senses !== null && mustEnd(taken, senses, facts, graceSinceMs),
    ),
  };
}

function isWanted({ isOn, trialRelaysLeft }: DecideConfig): boolean {
  return isOn || isTrial(trialRelaysLeft);
}

function isTrial(relaysLeft: number | null): boolean {
  return relaysLeft !== null && relaysLeft > 0;
}

function inForce(config: DecideConfig): Pick<Status, 'policy' | 'chosenBy'> {
  if (isTrial(config.trialRelaysLeft)) return { policy: 'always', chosenBy: 'trial' };
  return { policy: config.policy, chosenBy: config.chosenBy };
}

function inFlight(relays: Facts['relays']): number {
  return POLICIES.reduce((sum, policy) => sum + relays[policy], 0);
}

function ownersVetoes(config: DecideConfig, now: Moment): Reason[] {
  const reasons: Reason[] = [];
  const { snoozedUntilMs } = config;
  if (!isWanted(config)) reasons.push(because('earning-off'));
  else if (snoozedUntilMs !== null && !(now.unixMs >= snoozedUntilMs)) {
    reasons.push(because('snoozed', Number.isFinite(snoozedUntilMs) ? snoozedUntilMs : null));
  }
  return reasons;
}

function modeOf(reasons: readonly Reason[], isRunning: boolean, isWanted: boolean): Status['mode'] {
  if (reasons.length === 0) return 'serving';
  if (isRunning) return 'draining';
  return isWanted ? 'waiting' : 'off';
}

/** A relay is judged by the policy under which it was taken: that is what its owner agreed to when it began. */
function mustEnd(
  policy: PresencePolicy,
  senses: Senses,
  { readings }: Facts,
  graceSinceMs: number | null,
): boolean {
  const isGraceOver =
    graceSinceMs !== null && !(senses.at.monotonicMs - graceSinceMs < POWER_GRACE_MS);
  return senseVetoes(policy, senses, readings).some(({ code }) => {
    const ending = ENDING[code];
    return ending === 'at-once' || (ending === 'grace' && isGraceOver);
  });
}

/** Only mains as such ends the grace: whether it is steady matters to the next relay, not to this one. */
function graceSince(previous: GovernorState, { power, at }: Senses): number | null {
  if (power.value === 'mains') return null;
  return previous.graceSinceMs ?? at.monotonicMs;
}
