/** Every reason against serving that the owner, the node and the presence policy have. */
import { REASON_CODES, type PresencePolicy, type Reason, type ReasonCode } from '../ipc/status.ts';
import { HOLD_MS } from './policy.ts';
import type { NodeFacts } from './ports.ts';
import type { Readings } from './sensors.ts';
import { idleNeededMs, type Moment, type Senses } from './senses.ts';

const SILENT = 'stopped answering';
const SECOND_MS = 1_000;

/** What the governor decides from, all of it plain data. */
export interface Facts {
  readonly readings: Readings;
  readonly node: NodeFacts;
  /** Under way, by the policy under which each was taken. */
  readonly relays: Readonly<Record<PresencePolicy, number>>;
  /** Minutes after Monday 0:00, local time. */
  readonly minuteOfWeek: number;
}

/** A reason on the governor's own clock. */
export interface Veto {
  readonly code: ReasonCode;
  /** Monotonic time when it may be over; null when that depends on what somebody does. */
  readonly untilMs: number | null;
  readonly detail: string | null;
  /** Its cause is gone, and what remains is waited out: nothing has to end for it. */
  readonly isOver: boolean;
}

export function veto(
  code: ReasonCode,
  untilMs: number | null = null,
  detail: string | null = null,
  isOver = false,
): Veto {
  return { code, untilMs, detail, isOver };
}

/** @returns one for each code, the worst first, in times that a person reads */
export function reasonsOf(vetoes: readonly Veto[], now: Moment): Reason[] {
  if (vetoes.length === 0) return [];
  const byCode = new Map<ReasonCode, Veto>();
  for (const each of vetoes) {
    const other = byCode.get(each.code);
    byCode.set(each.code, other ? later(other, each) : each);
  }
  return REASON_CODES.flatMap((code) => {
    const found = byCode.get(code);
    return found ? [{ code, untilMs: unixMs(found.untilMs, now), detail: found.detail }] : [];
  });
}

function later(one: Veto, other: Veto): Veto {
  const isOther = other.untilMs === null || (one.untilMs !== null && other.untilMs > one.untilMs);
  const [first, second] = isOther ? [other, one] : [one, other];
  return { ...first, detail: first.detail ?? second.detail };
}

export function nodeVetoes({ model, engine, network, selfTest }: NodeFacts): Veto[] {
  const vetoes: Veto[] = [];
  if (model !== 'ready') vetoes.push(veto('no-model'));
  if (engine === 'failed') vetoes.push(veto('engine-failed'));
  else if (engine !== 'ready') vetoes.push(veto('preparing'));
  if (selfTest === 'failed') vetoes.push(veto('self-test-failed'));
  // An engine that nobody has tested yet answers no strangers.
  else if (selfTest !== 'passed') vetoes.push(veto('preparing', null, 'testing'));
  if (network === 'failed') vetoes.push(veto('network-failed'));
  else if (network !== 'ready') vetoes.push(veto('network-starting'));
  return vetoes;
}

/** What the computer's sleep and its owner's presence have against it. */
export function presenceVetoes(
  policy: PresencePolicy,
  senses: Senses,
  readings: Readings,
  startAfterMs: number,
): Veto[] {
  return [
    ...awakeVetoes(senses),
    ...(policy === 'away' ? idleVetoes(senses, readings, startAfterMs) : []),
    ...(policy === 'locked' ? lockVetoes(senses, readings) : []),
  ];
}

/** A reading that is there and does not count is too old. */
export function whyUnknown(
  reading: { readonly source: string } | null,
  why: string | null | undefined,
): string | null {
  return reading === null ? (why ?? null) : `${reading.source} ${SILENT}`;
}

function awakeVetoes({ isSuspended, awakeAtMs, at }: Senses): Veto[] {
  if (isSuspended) return [veto('suspended')];
  if (awakeAtMs === null || at.monotonicMs >= awakeAtMs) return [];
  return [veto('suspended', awakeAtMs, 'the computer has just woken up')];
}

function idleVetoes(senses: Senses, readings: Readings, startAfterMs: number): Veto[] {
  const { input, at } = senses;
  if (input === null) {
    return [veto('presence-unknown', null, whyUnknown(readings.idleMs, readings.unknownIdle))];
  }
  const neededMs = idleNeededMs(senses, startAfterMs);
  if (at.monotonicMs - input.lastMs >= neededMs) return [];
  return [veto('owner-active', input.lastMs + neededMs)];
}

function lockVetoes({ locked, at }: Senses, readings: Readings): Veto[] {
  if (locked.value === null) {
    return [veto('presence-unknown', null, whyUnknown(readings.isLocked, readings.unknownLock))];
  }
  const untilMs = locked.sinceMs + HOLD_MS.locked;
  if (locked.value && at.monotonicMs >= untilMs) return [];
  return [veto('not-locked', locked.value ? untilMs : null)];
}

/** Whole seconds, so that rounding does not make a new status of each look; null when it is no time at all. */
function unixMs(monotonicMs: number | null, now: Moment): number | null {
  if (monotonicMs === null) return null;
  const atMs = Math.round((now.unixMs + monotonicMs - now.monotonicMs) / SECOND_MS) * SECOND_MS;
  return Number.isFinite(atMs) ? atMs : null;
}
