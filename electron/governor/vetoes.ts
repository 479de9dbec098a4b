/** Every reason against serving, under one policy. */
import { REASON_CODES, type PresencePolicy, type Reason, type ReasonCode } from '../ipc/status.ts';
import { HOLD_MS } from './policy.ts';
import type { NodeFacts } from './ports.ts';
import type { Readings } from './sensors.ts';
import { idleNeededMs, type Moment, type Senses } from './senses.ts';

const SILENT = 'stopped answering';

/** What the governor decides from, all of it plain data. */
export interface Facts {
  readonly readings: Readings;
  readonly node: NodeFacts;
  /** Under way, by the policy under which each was taken. */
  readonly relays: Readonly<Record<PresencePolicy, number>>;
}

/** @returns the worst first */
export function worstFirst(reasons: readonly Reason[]): Reason[] {
  return [...reasons].sort((a, b) => REASON_CODES.indexOf(a.code) - REASON_CODES.indexOf(b.code));
}

export function because(
  code: ReasonCode,
  untilMs: number | null = null,
  detail: string | null = null,
): Reason {
  return { code, untilMs, detail };
}

export function nodeVetoes({ model, engine, network }: NodeFacts): Reason[] {
  const reasons: Reason[] = [];
  if (model !== 'ready') reasons.push(because('no-model'));
  if (engine === 'failed') reasons.push(because('engine-failed'));
  else if (engine !== 'ready') reasons.push(because('preparing'));
  if (network === 'failed') reasons.push(because('network-failed'));
  else if (network !== 'ready') reasons.push(because('network-starting'));
  return reasons;
}

/** What the computer and its owner have against it. */
export function senseVetoes(policy: PresencePolicy, senses: Senses, readings: Readings): Reason[] {
  return [
    ...awakeVetoes(senses),
    ...(policy === 'away' ? idleVetoes(senses, readings) : []),
    ...(policy === 'locked' ? lockVetoes(senses, readings) : []),
    ...powerVetoes(senses, readings),
  ];
}

function awakeVetoes({ isSuspended, awakeAtMs, at }: Senses): Reason[] {
  if (isSuspended) return [because('suspended')];
  if (awakeAtMs === null || at.monotonicMs >= awakeAtMs) return [];
  return [because('suspended', unixMs(awakeAtMs, at), 'the computer has just woken up')];
}

function idleVetoes(senses: Senses, readings: Readings): Reason[] {
  const { input, at } = senses;
  if (input === null) {
    return [because('presence-unknown', null, whyUnknown(readings.idleMs, readings.unknownIdle))];
  }
  const neededMs = idleNeededMs(senses);
  if (at.monotonicMs - input.lastMs >= neededMs) return [];
  return [because('owner-active', unixMs(input.lastMs + neededMs, at))];
}

function lockVetoes({ locked, at }: Senses, readings: Readings): Reason[] {
  if (locked.value === null) {
    return [because('presence-unknown', null, whyUnknown(readings.isLocked, readings.unknownLock))];
  }
  const untilMs = locked.sinceMs + HOLD_MS.locked;
  if (locked.value && at.monotonicMs >= untilMs) return [];
  return [because('not-locked', locked.value ? unixMs(untilMs, at) : null)];
}

function powerVetoes({ power, at }: Senses, readings: Readings): Reason[] {
  if (power.value === 'battery') {
    return [because('on-battery', null, readings.power?.source ?? null)];
  }
  if (power.value !== 'mains') {
    return [because('power-unknown', null, whyUnknown(readings.power, readings.unknownPower))];
  }
  const untilMs = power.sinceMs + HOLD_MS.mains;
  if (!power.isAfterBattery || at.monotonicMs >= untilMs) return [];
  return [because('on-battery', unixMs(untilMs, at), 'back on mains power')];
}

/** A reading that is there and does not count is too old. */
function whyUnknown(
  reading: { readonly source: string } | null,
  why: string | null,
): string | null {
  return reading === null ? why : `${reading.source} ${SILENT}`;
}

/** Whole seconds, so that rounding does not make a new status of each look; null when it is no time at all. */
function unixMs(monotonicMs: number, now: Moment): number | null {
  const atMs = Math.round((now.unixMs + monotonicMs - now.monotonicMs) / 1000) * 1000;
  return Number.isFinite(atMs) ? atMs : null;
}
