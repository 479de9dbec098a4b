/** Makes of what was decided from moment to moment a strip of time: each part of it has one code, none is left out. */
import type { StretchCode } from '../ipc/governor.ts';
import { REASON_CODES, type ReasonCode, type Status } from '../ipc/status.ts';

/** A part of the time that lasts until the next one begins, so that there can be no gap and no overlap. */
export interface Piece {
  readonly id: number;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly code: StretchCode;
  readonly detail: string | null;
  /** Every other reason that held at any time of it. */
  readonly also: readonly ReasonCode[];
  /** When it was expected to end, as it was first told. */
  readonly expectedMs: number | null;
}

/** What holds from a moment on. */
export type Cause = Omit<Piece, 'id' | 'fromMs'>;

/** A piece that is shorter becomes part of its neighbour. */
export const SHORTEST_MS = 2_000;
/** Nobody decided or gave a sign of life for so long: the computer was asleep. */
export const ASLEEP_AFTER_MS = 90_000;

export const ASLEEP: Cause = { code: 'asleep', detail: null, also: [], expectedMs: null };

/** Where another program is another story; elsewhere the detail is a figure that changes all the time. */
const APP_CODES: readonly StretchCode[] = ['game', 'exclusive-app', 'fullscreen', 'other-gpu-app'];

/** Whether its detail names a program that its owner can let run beside relays. */
export function isOfApp(code: StretchCode): boolean {
  return APP_CODES.includes(code);
}

/** @param hasWork whether relays compute just now */
export function causeOf(status: Status, hasWork: boolean): Cause {
  if (status.mode === 'serving') {
    return { code: hasWork ? 'serving' : 'ready', detail: null, also: [], expectedMs: null };
  }
  const [worst, ...rest] = status.reasons;
  // Reasons are never missing; if they were, this is what nobody could call earning.
  const code = worst?.code ?? (status.mode === 'off' ? 'earning-off' : 'restarting');
  const isAsleep = code === 'suspended';
  return {
    code: isAsleep ? 'asleep' : code,
    detail: worst?.detail ?? null,
    also: reasonsOf(rest.map((reason) => reason.code)).filter((other) => other !== code),
    expectedMs: wholeOrNull(worst?.untilMs ?? null),
  };
}

/** What may still change: the last piece that stands, and those after it that are too short to stand. */
export interface Strip {
  readonly pieces: readonly Piece[];
  /** Up to when it is known. */
  readonly untilMs: number;
}

export interface Grown {
  readonly strip: Strip;
  /** To be kept: new ones, and such as became richer under their old number. */
  readonly kept: readonly Piece[];
}

/**
 * Goes on to a moment, which must not lie before what is known; see `cutBack`.
 * @param cause what holds from then on
 * @param nextId gives a number that was never used
 */
export function grow(strip: Strip | null, atMs: number, cause: Cause, nextId: () => number): Grown {
  const before = strip?.pieces ?? [];
  const pieces = [...before];
  const lived = strip === null ? 0 : atMs - strip.untilMs;
  if (strip !== null && lived > ASLEEP_AFTER_MS) {
    add(pieces, ASLEEP, strip.untilMs, nextId);
  }
  add(pieces, cause, atMs, nextId);
  const { settled, open } = settle(pieces, atMs);
  // The first one stood before, and is the same object unless it became richer.
  const kept = settled.filter((piece) => piece !== before[0]);
  return { strip: { pieces: [...settled.slice(-1), ...open], untilMs: atMs }, kept };
}

/**
 * Makes pieces legible: none is shorter than `shortestMs`, and each of those that fall away leaves its reason behind.
 * Short ones one after another count together; the code that held longest stands for them.
 */
export function smooth(
  pieces: readonly Piece[],
  untilMs: number,
  shortestMs: number,
): readonly Piece[] {
  const stands: Piece[] = [];
  let young: Piece[] = [];
  let youngMs = 0;
  const flush = (endMs: number): void => {
    if (young.length > 0) join(stands, longest(young, endMs));
    [young, youngMs] = [[], 0];
  };
  for (const [index, piece] of pieces.entries()) {
    const endMs = pieces[index + 1]?.fromMs ?? untilMs;
    const lengthMs = endMs - piece.fromMs;
    if (lengthMs >= shortestMs) {
      joinAll(stands, young, piece);
      [young, youngMs] = [[], 0];
      continue;
    }
    young.push(piece);
    youngMs += lengthMs;
    if (youngMs >= shortestMs) flush(endMs);
  }
  const last = stands.pop();
  if (last === undefined) {
    flush(untilMs);
    return stands;
  }
  stands.push(young.reduce(withReasonsOf, last));
  return stands;
}

/** What smoothing changes in a list that is kept somewhere: the numbers that go, and the pieces that are others now. */
export function tidied(
  pieces: readonly Piece[],
  untilMs: number,
  shortestMs: number,
): { readonly goneIds: readonly number[]; readonly pieces: readonly Piece[] } {
  const left = smooth(pieces, untilMs, shortestMs);
  const ids = new Set(left.map(({ id }) => id));
  return {
    goneIds: pieces.map(({ id }) => id).filter((id) => !ids.has(id)),
    pieces: left.filter((piece) => !pieces.includes(piece)),
  };
}

/** The clock was set back: what lies in the future now never was. */
export function cutBack(strip: Strip, atMs: number): Strip {
  const past = strip.pieces.filter(({ fromMs }) => fromMs < atMs);
  return { pieces: past, untilMs: Math.min(strip.untilMs, atMs) };
}

/** Splits what can no longer change from what still may. */
function settle(
  pieces: readonly Piece[],
  atMs: number,
): { readonly settled: readonly Piece[]; readonly open: readonly Piece[] } {
  const current = pieces.at(-1);
  if (current === undefined) return { settled: [], open: [] };
  if (pieces.length === 1 || atMs - current.fromMs >= SHORTEST_MS) {
    return { settled: smooth(pieces, atMs, SHORTEST_MS), open: [] };
  }
  const [first, second] = pieces;
  const youngFromMs = second?.fromMs ?? current.fromMs;
  if (current.fromMs - youngFromMs < SHORTEST_MS) {
    return { settled: first === undefined ? [] : [first], open: pieces.slice(1) };
  }
  return { settled: smooth(pieces.slice(0, -1), current.fromMs, SHORTEST_MS), open: [current] };
}

/** Adds a piece, or what is new in it to the last one when that is the same. */
function add(pieces: Piece[], cause: Cause, fromMs: number, nextId: () => number): void {
  // What held for no time at all was nothing.
  if (pieces.at(-1)?.fromMs === fromMs) pieces.pop();
  const last = pieces.at(-1);
  if (last !== undefined && isSame(last, cause)) {
    pieces[pieces.length - 1] = enriched(last, cause.also, cause.expectedMs);
  } else {
    pieces.push({ ...cause, id: nextId(), fromMs });
  }
}

/** The piece goes to the pieces that stand, those too short before it to the one they followed, or else into it. */
function joinAll(stands: Piece[], young: readonly Piece[], piece: Piece): void {
  const last = stands.pop();
  if (last !== undefined) {
    stands.push(young.reduce(withReasonsOf, last));
    join(stands, piece);
    return;
  }
  const fromMs = young[0]?.fromMs ?? piece.fromMs;
  const whole = young.reduce(withReasonsOf, piece);
  stands.push(fromMs === piece.fromMs ? whole : { ...whole, fromMs });
}

function join(stands: Piece[], piece: Piece): void {
  const last = stands.at(-1);
  if (last !== undefined && isSame(last, piece)) {
    stands[stands.length - 1] = enriched(last, piece.also, piece.expectedMs);
  } else {
    stands.push(piece);
  }
}

/** One for several: with the code that held longest; the first of them when two held equally long. */
function longest(young: readonly Piece[], endMs: number): Piece {
  const lengths = new Map<StretchCode, number>();
  for (const [index, { code, fromMs }] of young.entries()) {
    const nextMs = young[index + 1]?.fromMs ?? endMs;
    lengths.set(code, (lengths.get(code) ?? 0) + nextMs - fromMs);
  }
  const most = Math.max(...lengths.values());
  const main = young.find(({ code }) => lengths.get(code) === most);
  const [first] = young;
  if (main === undefined || first === undefined) throw new Error('nothing to choose from');
  return { ...young.reduce(withReasonsOf, main), fromMs: first.fromMs };
}

function withReasonsOf(piece: Piece, other: Piece): Piece {
  const own = other.code === piece.code ? [] : reasonsOf([other.code]);
  return enriched(piece, [...own, ...other.also], null);
}

/** The same object when there is nothing new, so that it is not written again. */
function enriched(piece: Piece, also: readonly ReasonCode[], expectedMs: number | null): Piece {
  const fresh = also.filter((code) => code !== piece.code && !piece.also.includes(code));
  const isFirstTold = piece.expectedMs === null && expectedMs !== null;
  if (fresh.length === 0 && !isFirstTold) return piece;
  return {
    ...piece,
    also: [...piece.also, ...new Set(fresh)],
    expectedMs: piece.expectedMs ?? expectedMs,
  };
}

function isSame(one: Cause, other: Cause): boolean {
  return one.code === other.code && (!isOfApp(one.code) || one.detail === other.detail);
}

/** A pause until the next start has no end on the clock. */
function wholeOrNull(ms: number | null): number | null {
  return ms === null || !Number.isFinite(ms) ? null : Math.round(ms);
}

function reasonsOf(codes: readonly StretchCode[]): readonly ReasonCode[] {
  return REASON_CODES.filter((code) => codes.includes(code));
}
