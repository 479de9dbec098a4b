/** What follows from the reasons: who has to end, at what pace the others compute, and what happens to the machine. */
import type { PresencePolicy, ReasonCode, Status } from '../ipc/status.ts';
import { isAsked, isMemoryShort, type CardState } from './decide-card.ts';
import { ceilingOf, holdDuty, type DutyState } from './decide-duty.ts';
import { endingNow, graceSince, inFlight, POLICIES } from './decide-ending.ts';
import { startAfterMs, type Around } from './decide-look.ts';
import { releaseOf, stepGiveBack, type GiveBackState } from './decide-release.ts';
import type { HeatVerdict } from './heat.ts';
import { AWAKE_AFTER_MS, DUTY, LOOK_MS, STALE_MS, UNHURRIED_MS } from './policy.ts';
import type { GovernorConfig } from './ports.ts';
import { idleNeededMs, known } from './senses.ts';
import type { Wish } from './sensors.ts';
import { nodeVetoes, type Facts, type Veto } from './vetoes.ts';

/** Times are monotonic. */
export interface ActedBefore {
  /** Since when relays under way have a reason to end soon; null while they do not. */
  readonly graceSinceMs: number | null;
  /** Null while no relay may compute. */
  readonly duty: DutyState | null;
  readonly giveBack: GiveBackState;
  /** When a relay was last under way; null for long ago. */
  readonly ranMs: number | null;
}

export interface Acts {
  /** Relays that were taken under these policies have to end now. */
  readonly endsRelays: readonly PresencePolicy[];
  /** Part of the time in which relays may compute now; 0 as soon as they have to stand still, for a moment or for good. */
  readonly pace: number;
  /** The engine's process has to go now, and why. */
  readonly release: ReasonCode | null;
  /** What to watch until the next decision; null for nothing. */
  readonly wish: Pick<Wish, 'everyMs' | 'withGpu'> | null;
  readonly keepsAwake: boolean;
  /** Of the card, while relays may use it; null for what it was before. */
  readonly powerLimitWatts: number | null;
  readonly limits: HeatVerdict['limits'];
}

export interface Judged {
  readonly mode: Status['mode'];
  readonly policy: PresencePolicy;
  readonly vetoes: readonly Veto[];
  readonly card: CardState | null;
  readonly nowMs: number;
}

export interface Acted {
  readonly acts: Acts;
  readonly next: ActedBefore;
}

export const NO_ACTS: Acts = {
  endsRelays: [],
  pace: 0,
  release: null,
  wish: null,
  keepsAwake: false,
  powerLimitWatts: null,
  limits: { targetCelsius: null, pauseCelsius: null },
};

/** While the owner wants nothing and nothing runs: nobody looks, and nothing is touched. */
export function restWithout({ giveBack, ranMs }: ActedBefore, node: Facts['node']): Acted {
  const isOurs = giveBack.isOurs && node.holdsMemory && !node.isOwners;
  return {
    acts: NO_ACTS,
    next: { graceSinceMs: null, duty: null, giveBack: { isOurs, sinceMs: null }, ranMs },
  };
}

export function act(
  before: ActedBefore,
  judged: Judged,
  around: Around,
  facts: Facts,
  config: GovernorConfig,
): Acted {
  const { settings } = config;
  const { node, relays } = facts;
  const { nowMs, mode } = judged;
  const isRunning = inFlight(relays) > 0;
  const isComputing = isRunning || node.selfTest === 'running';
  const { graceSinceMs, endsRelays } = end(before, around, facts, nowMs);
  const goesOn = POLICIES.filter((each) => relays[each] > 0 && !endsRelays.includes(each));
  const duty = paceOf(before, judged, around, goesOn);
  const ranMs = isRunning ? nowMs : around.senses.isAwakeAgain ? null : before.ranMs;
  const released = giveBack(before.giveBack, judged, around, node);
  // What is held for relays may have to go while the owner is still at it.
  const isHolding = released.next.sinceMs !== null;
  const usesCard = node.device.kind === 'gpu' && (mode === 'serving' || isRunning);
  return {
    acts: {
      endsRelays,
      pace: isProbing(around) ? 0 : (duty?.value ?? 0),
      release: released.release,
      wish: {
        everyMs: lookMs(judged, { isComputing, isHolding }, around, startAfterMs(config)),
        withGpu: usesCard || isAsked(judged.card),
      },
      keepsAwake: settings.keepsAwake && mayStayAwake(around) && isRecent(ranMs, nowMs),
      powerLimitWatts: usesCard ? settings.powerLimitWatts : null,
      limits: around.verdict?.limits ?? NO_ACTS.limits,
    },
    next: { graceSinceMs, duty, ranMs, giveBack: released.next },
  };
}

function end(
  before: ActedBefore,
  { under, own }: Around,
  { relays, node }: Facts,
  nowMs: number,
): Pick<ActedBefore, 'graceSinceMs'> & Pick<Acts, 'endsRelays'> {
  const shared = [...nodeVetoes(node), ...own];
  const all = {
    away: [...under.away, ...shared],
    locked: [...under.locked, ...shared],
    always: [...under.always, ...shared],
  };
  const graceSinceMs = graceSince(before.graceSinceMs, relays, all, nowMs);
  return { graceSinceMs, endsRelays: endingNow(relays, all, graceSinceMs, nowMs) };
}

/** @returns null when everything has to stand still */
function paceOf(
  { duty }: ActedBefore,
  { mode, policy, nowMs }: Judged,
  { verdict }: Around,
  goesOn: readonly PresencePolicy[],
): DutyState | null {
  if (mode !== 'serving' && goesOn.length === 0) return null;
  const { ceiling, ceilingCause } = ceilingOf(policy);
  // Those that were taken while somebody worked here go on as gently as they were promised.
  const least = mode === 'serving' ? ceiling : Math.min(...goesOn.map((each) => DUTY[each]));
  const wanted = verdict ?? { duty: least, cause: ceilingCause };
  return holdDuty(duty, wanted, least, nowMs);
}

function giveBack(
  before: GiveBackState,
  { mode, vetoes, nowMs }: Judged,
  { card, senses, verdict }: Around,
  node: Facts['node'],
): { readonly release: ReasonCode | null; readonly next: GiveBackState } {
  const input = {
    node,
    senses,
    vetoes,
    isServing: mode === 'serving',
    isMemoryShort: isMemoryShort(known(card, STALE_MS.gpus, nowMs)),
    isCritical: verdict?.isCritical === true,
    nowMs,
  };
  const next = stepGiveBack(before, input);
  return { release: releaseOf(next, input), next };
}

function lookMs(
  { mode, policy, card, nowMs }: Judged,
  { isComputing, isHolding }: { readonly isComputing: boolean; readonly isHolding: boolean },
  { senses }: Around,
  afterMs: number,
): number {
  if (isComputing) return LOOK_MS.computing;
  if (mode === 'serving') return LOOK_MS.serving;
  if (isAsked(card)) return LOOK_MS.arming;
  if (isHolding || policy === 'always' || senses.input === null) return LOOK_MS.waiting;
  // Half a minute later it counts as away.
  if (senses.locked.value === true) return LOOK_MS.waiting;
  const startsInMs = senses.input.lastMs + idleNeededMs(senses, afterMs) - nowMs;
  return startsInMs > UNHURRIED_MS ? LOOK_MS.unhurried : LOOK_MS.waiting;
}

/** Relays stand still for a moment, so that others can be seen. */
function isProbing({ probe }: Around): boolean {
  return probe !== null && probe.silentMs !== null;
}

/** A laptop sleeps when its owner lets it, and so does a computer that lives on what is left in a battery. */
function mayStayAwake({ senses, machine }: Around): boolean {
  const isOnUps = machine.latches['on-ups'] !== undefined;
  return !machine.isLaptop && senses.power.value === 'mains' && !isOnUps && !senses.isSuspended;
}

function isRecent(ranMs: number | null, nowMs: number): boolean {
  return ranMs !== null && nowMs - ranMs < AWAKE_AFTER_MS;
}
