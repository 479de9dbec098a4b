/** Judges how warm the computer may become: how much of the time relays compute, or why none may now. */
import { REASON_CODES, type DutyCause, type ReasonCode } from '../ipc/status.ts';
import { judgeCard, NO_CARD, type CardMemory } from './heat-judge-card.ts';
import { NO_DUTY, stepDuty, type DutyLimit, type DutyState } from './heat-duty.ts';
import { keepLatches, type Latch } from './heat-latches.ts';
import { findMachineHeat, NO_TIMERS, type MachineTimers } from './heat-machine.ts';
import { CONTROL, QUIET_DUTY, REST_MS } from './heat-policy.ts';
import { NO_PROOF } from './heat-proof.ts';
import { isHeldDown } from './heat-throttle.ts';
import type { GpuReading, MachineValues, Reading } from './sensors.ts';

export interface HeatConfig {
  /** The owner's own wish; null for the usual target. It only ever lowers it. */
  readonly targetCelsius: number | null;
  readonly isLaptop: boolean;
  /** The fans shall not be heard now. */
  readonly isQuiet: boolean;
  /** The owner lets a card compute whose temperature nobody can read; never on a laptop. */
  readonly servesWithoutHeat: boolean;
}

export interface HeatInput {
  /** The card that computes; null when unknown or when the processor computes. */
  readonly gpu: Reading<GpuReading> | null;
  readonly device: 'cpu' | 'gpu';
  /** Why the card cannot be read, for a person. */
  readonly whyUnknown: string | null;
  readonly cpuCelsius: Reading<number> | null;
  readonly cpuLimitCelsius: Reading<number> | null;
  readonly batteryCelsius: Reading<number> | null;
  readonly thermalState: Reading<MachineValues['thermalState']> | null;
  readonly cpuSpeedPercent: Reading<number> | null;
  /** Relays compute now. */
  readonly isServing: boolean;
  /** The card's load is no sign of our work now: relays stand still for a moment, or did when it was read. */
  readonly isMuffled?: boolean;
  /** The highest duty that policy allows, 0 to 1. */
  readonly ceiling: number;
  readonly ceilingCause: DutyCause;
  /** On the monotonic clock. */
  readonly nowMs: number;
}

export interface HeatReason {
  readonly code: ReasonCode;
  readonly untilMonotonicMs: number | null;
  readonly detail: string | null;
}

export interface HeatVerdict {
  readonly next: HeatState;
  readonly duty: number;
  readonly cause: DutyCause;
  readonly reasons: readonly HeatReason[];
  /** Hardware is at its limit now: end everything on it, the owner's work too. */
  readonly isCritical: boolean;
  readonly limits: {
    readonly targetCelsius: number | null;
    readonly pauseCelsius: number | null;
  };
}

/** Plain data, so that a judgement can be replayed; times are on the monotonic clock. */
export interface HeatState {
  readonly atMs: number;
  readonly device: 'cpu' | 'gpu';
  readonly card: CardMemory;
  readonly machine: MachineTimers;
  readonly latches: readonly Latch[];
  readonly dutyState: DutyState;
}

/** Reasons that are remembered, but do not stand in the way of the processor. */
const OF_CARDS: ReadonlySet<ReasonCode> = new Set([
  'arming',
  'gpu-critical',
  'gpu-hot',
  'gpu-throttled',
  'sensor-missing',
  'sensor-stale',
  'sensor-frozen',
  'sensor-lying',
]);

/**
 * Total and without a clock. To be called while the card is asked: arming, serving, draining, and while a reason of
 * heat stands; a longer time without a call counts as a rest, after which the card is looked at anew.
 * @param previous null at first
 */
export function judgeHeat(
  previous: HeatState | null,
  input: HeatInput,
  config: HeatConfig,
): HeatVerdict {
  const nowMs = Number.isFinite(input.nowMs) ? input.nowMs : (previous?.atMs ?? 0);
  const now = { ...input, nowMs };
  const before = stateBefore(previous, now);
  const passedMs = Math.min(nowMs - before.atMs, CONTROL.longestStepMs);
  const isComputing = input.isServing && before.dutyState.duty > 0;
  const isCpuComputing = isComputing && input.device === 'cpu';
  const machine = findMachineHeat(before.machine, now, isCpuComputing, passedMs);
  const card =
    input.device === 'gpu'
      ? judgeCard(
          before.card,
          { ...now, isComputing, passedMs, duty: before.dutyState.duty },
          config,
        )
      : NO_CARD;
  const latches = keepLatches(before.latches, [...card.findings, ...machine.findings], nowMs);
  const standing = latches.filter(({ code }) => input.device === 'gpu' || !OF_CARDS.has(code));
  const { next: dutyState, cause } = stepDuty(before.dutyState, {
    device: input.device,
    view: card.view,
    cpuSpareDegrees: machine.cpuSpareDegrees,
    isServing: input.isServing,
    isPaused: standing.length > 0,
    isCut: card.isCut,
    isHeldDown: isHeldDown(card.memory.throttle, nowMs),
    limits: dutyLimits(input, config, [...card.dutyLimits, machine.dutyLimit]),
    passedMs,
    nowMs,
  });
  return {
    next: {
      atMs: nowMs,
      device: input.device,
      card: card.memory,
      machine: machine.timers,
      latches,
      dutyState,
    },
    duty: dutyState.duty,
    cause,
    reasons: reasonsOf(standing, nowMs),
    isCritical: card.isCritical || machine.isCritical,
    limits: card.limits,
  };
}

function reasonsOf(latches: readonly Latch[], nowMs: number): readonly HeatReason[] {
  const inOrder = latches.toSorted(
    (a, b) => REASON_CODES.indexOf(a.code) - REASON_CODES.indexOf(b.code),
  );
  return inOrder.map(({ code, untilMs, detail }) => ({
    code,
    untilMonotonicMs: untilMs > nowMs ? untilMs : null,
    detail,
  }));
}

/** A rest, another device or a clock that was put back: what was measured counts no more, what was decided does. */
function stateBefore(previous: HeatState | null, { nowMs, device }: HeatInput): HeatState {
  const passedMs = previous === null ? 0 : nowMs - previous.atMs;
  const goesOn = passedMs >= 0 && passedMs <= REST_MS && previous?.device === device;
  if (previous !== null && goesOn) return previous;
  const { duty, decreasedAtMs } = previous?.dutyState ?? NO_DUTY;
  return {
    atMs: nowMs,
    device,
    card: { ...NO_CARD.memory, proof: previous?.card.proof ?? NO_PROOF },
    machine: NO_TIMERS,
    latches: previous?.latches ?? [],
    dutyState: { control: null, duty, decreasedAtMs: passedMs < 0 ? nowMs : decreasedAtMs },
  };
}

function dutyLimits(
  { ceiling, ceilingCause }: HeatInput,
  { isQuiet }: HeatConfig,
  others: readonly DutyLimit[],
): readonly DutyLimit[] {
  const policy = { duty: ceiling > 0 ? Math.min(ceiling, 1) : 0, cause: ceilingCause };
  const quiet: DutyLimit = { duty: isQuiet ? QUIET_DUTY : 1, cause: 'quiet-night' };
  return [policy, quiet, ...others];
}
