/** Looks around: what the readings say against serving, of the owner, of the machine and of its heat. */
import type { PresencePolicy, ReasonCode } from '../ipc/status.ts';
import { cardVetoes, isAsked, type CardState } from './decide-card.ts';
import { ceilingOf } from './decide-duty.ts';
import { inFlight, type VetoesUnder } from './decide-ending.ts';
import { judgeHeat, type HeatInput, type HeatState, type HeatVerdict } from './heat.ts';
import { isMuffled, isSilentAt, stepProbe, type ProbeState } from './decide-probe.ts';
import { isNight } from './hours.ts';
import { ownCard, type OwnCard } from './own-card.ts';
import { ARMING } from './policy.ts';
import type { GovernorConfig } from './ports.ts';
import { observeForeign, type ForeignSeen } from './senses-foreign.ts';
import { observeMachine, type MachineSenses } from './senses-machine.ts';
import { observe, type Moment, type Senses } from './senses.ts';
import type { GpuReading, Reading } from './sensors.ts';
import { presenceVetoes, veto, type Facts, type Veto } from './vetoes.ts';
import { machineVetoes } from './vetoes-machine.ts';

const SECOND_MS = 1_000;

/** What the last look left. */
export interface LookedBefore {
  readonly senses: Senses | null;
  readonly machine: MachineSenses | null;
  readonly card: CardState | null;
  readonly heat: HeatState | null;
  readonly probe: ProbeState | null;
}

export interface Around {
  readonly senses: Senses;
  readonly machine: MachineSenses;
  /** The card that computes; it may be old. */
  readonly card: Reading<GpuReading> | null;
  /** Null while the card sleeps. */
  readonly verdict: HeatVerdict | null;
  readonly probe: ProbeState | null;
  /** Of the owner and the machine, as they stand under each policy. */
  readonly under: VetoesUnder;
  /** Of heat and of the card. */
  readonly own: readonly Veto[];
}

const STARTING_UP: readonly ReasonCode[] = ['sensor-missing', 'sensor-stale'];

export function startAfterMs({ settings }: GovernorConfig): number {
  return settings.startAfterSeconds * SECOND_MS;
}

export function lookAround(
  before: LookedBefore,
  facts: Facts,
  config: GovernorConfig,
  policy: PresencePolicy,
  now: Moment,
): Around {
  const { readings, node, relays } = facts;
  const { settings } = config;
  const afterMs = startAfterMs(config);
  const senses = observe(before.senses, readings, now, afterMs);
  const asks = node.device.kind === 'gpu' && (isAsked(before.card) || inFlight(relays) > 0);
  const found = ownCard(readings, node.device);
  // Silence before a sleep says nothing about the time after it.
  const probe = senses.isAwakeAgain ? null : before.probe;
  const foreign = asks ? seeForeign({ ...before, probe }, facts, found.card, config, now) : null;
  const { rate } = node;
  const machine = observeMachine(before.machine, { readings, senses, settings, rate, foreign });
  const judges = asks || node.device.kind === 'cpu';
  const verdict = judges
    ? judge({ ...before, probe }, facts, config, policy, found, machine, now)
    : null;
  const seen = { isRunning: inFlight(relays) > 0, node, card: found.card, nowMs: now.monotonicMs };
  const shared = machineVetoes(senses, machine, facts, settings);
  const under = (each: PresencePolicy) => [
    ...presenceVetoes(each, senses, readings, afterMs),
    ...shared,
  ];
  return {
    senses,
    machine,
    card: found.card,
    verdict,
    probe: foreign && stepProbe(probe, { ...seen, foreign: foreign.next }),
    under: { away: under('away'), locked: under('locked'), always: under('always') },
    own: verdict === null ? [] : ownVetoes(before.card, found.card, verdict, facts, now),
  };
}

function seeForeign(
  { machine, probe }: LookedBefore,
  { node, relays }: Facts,
  card: Reading<GpuReading> | null,
  { settings }: GovernorConfig,
  now: Moment,
): ForeignSeen {
  const isComputing =
    inFlight(relays) > 0 || node.isOwners || node.isAnswering || node.selfTest === 'running';
  const isSilent = isSilentAt(probe, card?.atMs ?? null);
  const isOursIdle = isSilent || (!isComputing && node.engine === 'ready');
  return observeForeign(machine?.foreign ?? null, card, isOursIdle, now.monotonicMs, settings);
}

function judge(
  before: LookedBefore,
  { readings, node, relays, minuteOfWeek }: Facts,
  { settings }: GovernorConfig,
  policy: PresencePolicy,
  { card, whyUnknown }: OwnCard,
  { isLaptop }: MachineSenses,
  now: Moment,
): HeatVerdict {
  const { targetCelsius, servesWithoutHeat } = settings;
  const isQuiet = settings.isQuietAtNight && isNight(minuteOfWeek);
  const { batteryCelsius, cpuCelsius, cpuLimitCelsius, cpuSpeedPercent, thermalState } = readings;
  const input: HeatInput = {
    gpu: node.device.kind === 'gpu' ? card : null,
    device: node.device.kind,
    whyUnknown,
    cpuCelsius,
    cpuLimitCelsius,
    batteryCelsius,
    thermalState,
    cpuSpeedPercent,
    isServing: inFlight(relays) > 0,
    isMuffled: isMuffled(before.probe, card?.atMs ?? null),
    ...ceilingOf(policy),
    nowMs: now.monotonicMs,
  };
  return judgeHeat(before.heat, input, { targetCelsius, isLaptop, isQuiet, servesWithoutHeat });
}

function ownVetoes(
  state: CardState | null,
  card: Reading<GpuReading> | null,
  verdict: HeatVerdict,
  { node }: Facts,
  { monotonicMs }: Moment,
): Veto[] {
  const isNew = state?.phase === 'arming' && monotonicMs - state.sinceMs < ARMING.forMs;
  const heat = verdict.reasons
    // Its program has only just been started.
    .filter(({ code }) => !(isNew && STARTING_UP.includes(code)))
    .map(({ code, untilMonotonicMs, detail }) => veto(code, untilMonotonicMs, detail));
  const isGpu = node.device.kind === 'gpu';
  return [...heat, ...(isGpu ? cardVetoes(state, card, node, monotonicMs) : [])];
}
