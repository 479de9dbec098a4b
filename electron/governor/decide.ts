/** The governor's decision: pure, total, without a clock; what is not known counts as no. */
import type { Status } from '../ipc/status.ts';
import { giveUp } from './decide-give-up.ts';
import { act, restWithout, type Acted, type ActedBefore, type Acts } from './decide-act.ts';
import { stepCard, type CardState, type CardStep } from './decide-card.ts';
import { inFlight } from './decide-ending.ts';
import { lookAround, startAfterMs, type Around, type LookedBefore } from './decide-look.ts';
import { NOTHING_GIVEN } from './decide-release.ts';
import type { GovernorConfig } from './ports.ts';
import {
  ageRestarts,
  countRestarts,
  NO_RESTARTS,
  restartVetoes,
  usualDelayMs,
  type Restarts,
} from './restarts.ts';
import type { Moment } from './senses.ts';
import { nodeVetoes, reasonsOf, veto, type Facts, type Veto } from './vetoes.ts';

export interface DecideConfig extends GovernorConfig {
  /** Unix time; null without a pause. */
  readonly snoozedUntilMs: number | null;
  /** Relays that *Try earning* may still begin; null without one. */
  readonly trialRelaysLeft: number | null;
}

/** What one decision leaves to the next; plain data, so that decisions can be replayed. */
export interface GovernorState extends LookedBefore, ActedBefore {
  readonly mode: Status['mode'];
  /** Unix time since which the mode holds. */
  readonly sinceMs: number;
  readonly restarts: Restarts;
}

export interface Decision extends Acts {
  readonly next: GovernorState;
  readonly status: Status;
}

export const AT_START: GovernorState = {
  mode: 'off',
  sinceMs: 0,
  // Null after a time in which nobody looked.
  senses: null,
  machine: null,
  card: null,
  heat: null,
  probe: null,
  graceSinceMs: null,
  duty: null,
  giveBack: NOTHING_GIVEN,
  ranMs: null,
  restarts: NO_RESTARTS,
};

/** Whether readings matter at all; without it nothing is read. */
export function isLooking(config: DecideConfig, relays: Facts['relays']): boolean {
  return isWanted(config) || inFlight(relays) > 0;
}

/** Never throws: what it cannot understand gives the machine back. */
export function decide(
  previous: GovernorState,
  facts: Facts,
  config: DecideConfig,
  now: Moment,
): Decision {
  try {
    return decideFrom(previous, facts, config, now);
  } catch {
    return { ...giveUp(facts, config, now), next: AT_START };
  }
}

function decideFrom(
  previous: GovernorState,
  facts: Facts,
  config: DecideConfig,
  now: Moment,
): Decision {
  const { node, relays } = facts;
  const { policy } = inForce(config);
  const nowMs = now.monotonicMs;
  const around = isLooking(config, relays)
    ? lookAround(previous, facts, config, policy, now)
    : null;
  const restarts = ageRestarts(previous.restarts, nowMs, around?.senses.isAwakeAgain === true);
  const usualMs = usualDelayMs(policy, startAfterMs(config), node.device.kind);
  const others = [
    ...ownersVetoes(config, now),
    ...(isWanted(config) ? nodeVetoes(node) : []),
    ...(around === null ? [] : around.under[policy]),
    ...(isWanted(config) ? restartVetoes(restarts, usualMs, nowMs) : []),
  ];
  const card = cardStep(previous.card, facts, around, others, nowMs);
  const vetoes = [...others, ...card.vetoes];
  const mode = modeOf(vetoes, inFlight(relays) > 0, isWanted(config));
  const judged = { mode, policy, vetoes, card: card.next, nowMs };
  const { acts, next } = around
    ? act(previous, judged, around, facts, config)
    : restWithout(previous, node);
  const status = statusOf(previous, judged, next, facts, config, now);
  return {
    ...acts,
    status,
    next: {
      ...next,
      mode,
      sinceMs: status.sinceMs,
      senses: around?.senses ?? null,
      machine: around?.machine ?? null,
      card: card.next,
      heat: around?.verdict?.next ?? previous.heat,
      probe: around?.probe ?? null,
      restarts: countRestarts(restarts, previous.mode, mode, vetoes, nowMs),
    },
  };
}

function statusOf(
  previous: GovernorState,
  { mode, vetoes }: { readonly mode: Status['mode']; readonly vetoes: readonly Veto[] },
  { duty }: Acted['next'],
  { relays }: Facts,
  config: DecideConfig,
  now: Moment,
): Status {
  const isServing = mode === 'serving' && duty !== null;
  return {
    mode,
    ...inForce(config),
    trialRelaysLeft: config.trialRelaysLeft,
    duty: isServing ? duty.value : 0,
    dutyCause: isServing ? duty.cause : null,
    reasons: reasonsOf(vetoes, now),
    sinceMs: mode === previous.mode ? previous.sinceMs : now.unixMs,
    relaysInFlight: inFlight(relays),
  };
}

/** On the processor there is nothing to watch first. */
function cardStep(
  before: CardState | null,
  { node, relays }: Facts,
  around: Around | null,
  others: readonly Veto[],
  nowMs: number,
): CardStep {
  // Who turns earning off and on again wants a lost card to be looked for, but not a hot one to be hurried.
  if (around === null) return { next: before?.phase === 'resting' ? before : null, vetoes: [] };
  const { own } = around;
  if (node.device.kind !== 'gpu') return { next: null, vetoes: own };
  return stepCard(before, { nowMs, others, own, isRunning: inFlight(relays) > 0 });
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

function ownersVetoes(config: DecideConfig, now: Moment): Veto[] {
  const { snoozedUntilMs } = config;
  if (!isWanted(config)) return [veto('earning-off')];
  if (snoozedUntilMs === null || now.unixMs >= snoozedUntilMs) return [];
  return [veto('snoozed', now.monotonicMs + snoozedUntilMs - now.unixMs)];
}

function modeOf(vetoes: readonly Veto[], isRunning: boolean, isWanted: boolean): Status['mode'] {
  if (vetoes.length === 0) return 'serving';
  if (isRunning) return 'draining';
  return isWanted ? 'waiting' : 'off';
}
