/** The strip of time as it grows: what is in hand of the last day, and what has still to be written. */
import type { StretchStore } from './stretch-store.ts';
import {
  cutBack,
  grow,
  SHORTEST_MS,
  smooth,
  tidied,
  type Cause,
  type Piece,
  type Strip,
} from './stretches.ts';

export interface StretchBook {
  /**
   * @param cause what holds from now on; null for what held before
   * @returns whether there is something new to write
   */
  note(atMs: number, cause: Cause | null): boolean;
  /** Of the last 24 hours, the oldest first; each lasts until the next one begins, the last one until now. */
  day(nowMs: number): readonly Piece[];
  find(id: number): Piece | null;
  unsaved(): readonly Piece[];
  /** All of them are on disk. */
  saved(): void;
  /** Puts together on disk what has become old, and forgets what is too old. Throws what the store throws. */
  tidy(nowMs: number): void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long stretches are kept. */
export const KEPT_DAYS = 90;

/** Relays that come and go each second would fill the disk: the older, the coarser. */
const COARSER: readonly {
  readonly fromMs: number;
  readonly toMs: number;
  readonly shortestMs: number;
}[] = [
  { fromMs: 3 * HOUR_MS, toMs: HOUR_MS, shortestMs: 10_000 },
  { fromMs: 2 * DAY_MS, toMs: DAY_MS + HOUR_MS, shortestMs: MINUTE_MS },
];
/** More than a person can tell apart on a strip. */
const MOST_SHOWN = 300;
const SHOWN_SHORTEST_MS: readonly number[] = [10_000, 30_000, 60_000, 180_000, 300_000];
/** The newest part of the strip stays as it is. */
const FINE_MS = 10 * MINUTE_MS;

const CLOSED: Cause = { code: 'app-closed', detail: null, also: [], expectedMs: null };
/** Said of the time after a kill or a power cut. */
export const KILLED_DETAIL =
  'Lull was ended without a goodbye; up to a minute of this may be wrong';

export function createStretchBook(store: StretchStore, nowMs: number): StretchBook {
  let nextPieceId = store.nextIds().piece;
  const nextId = (): number => nextPieceId++;
  let { strip, cause } = continued(store, nowMs, nextId);
  let recent: readonly Piece[] = store.pieces(nowMs - DAY_MS, Number.MAX_SAFE_INTEGER);
  const waiting = new Map<number, Piece>();

  const keep = (pieces: readonly Piece[]): void => {
    const [first] = pieces;
    if (first === undefined) return;
    recent = [...recent.filter(({ fromMs }) => fromMs < first.fromMs), ...pieces];
    for (const piece of pieces) waiting.set(piece.id, piece);
  };

  const goBack = (past: Strip, atMs: number): void => {
    strip = cutBack(past, atMs);
    recent = recent.filter(({ fromMs }) => fromMs < atMs);
    for (const piece of waiting.values()) {
      if (piece.fromMs >= atMs) waiting.delete(piece.id);
    }
    store.cut(atMs);
  };

  const all = (): readonly Piece[] => {
    const lastMs = recent.at(-1)?.fromMs ?? -Infinity;
    return [...recent, ...(strip?.pieces ?? []).filter(({ fromMs }) => fromMs > lastMs)];
  };

  return {
    note(atMs, next) {
      cause = next ?? cause;
      if (cause === null) return false;
      if (strip !== null && atMs < strip.untilMs) goBack(strip, atMs);
      const grown = grow(strip, atMs, cause, nextId);
      strip = grown.strip;
      keep(grown.kept);
      return grown.kept.length > 0;
    },
    day: (now) => shown(lastDay(all(), now), now),
    find: (id) => all().find((piece) => piece.id === id) ?? store.piece(id),
    unsaved: () => [...waiting.values()],
    saved: () => waiting.clear(),
    tidy(now) {
      const life = store.life();
      for (const { fromMs, toMs, shortestMs } of life === null ? [] : COARSER) {
        const pieces = store.pieces(now - fromMs, now - toMs);
        const end = pieces.at(-1);
        if (life === null || end === undefined) continue;
        const changed = tidied(pieces.slice(0, -1), end.fromMs, shortestMs);
        if (changed.goneIds.length > 0) store.write({ ...NOTHING, ...changed, life });
      }
      const oldestMs = now - KEPT_DAYS * DAY_MS;
      store.forget(oldestMs, Math.floor(oldestMs / HOUR_MS));
      if (waiting.size === 0) recent = store.pieces(now - DAY_MS, Number.MAX_SAFE_INTEGER);
    },
  };
}

const NOTHING = { giveBacks: [], served: [], energy: [] } as const;

/** Where the last run ended: the time since then, without Lull, is a piece of its own. */
function continued(
  store: StretchStore,
  nowMs: number,
  nextId: () => number,
): { readonly strip: Strip | null; readonly cause: Cause | null } {
  const life = store.life();
  if (life === null) return { strip: null, cause: null };
  const untilMs = Math.min(life.lastMs, nowMs);
  // What was written lies before the last sign of life, unless the clock was set back since.
  store.cut(untilMs + 1);
  const last = store.pieces(untilMs, untilMs + 1).at(-1);
  if (last === undefined) return { strip: null, cause: null };
  const strip: Strip = { pieces: [last], untilMs };
  if (nowMs - untilMs < SHORTEST_MS) return { strip, cause: last };
  const cause = { ...CLOSED, detail: life.isOver ? null : KILLED_DETAIL };
  const { pieces } = grow(strip, untilMs, cause, nextId).strip;
  return { strip: { pieces, untilMs: nowMs }, cause };
}

function lastDay(pieces: readonly Piece[], nowMs: number): readonly Piece[] {
  const fromMs = nowMs - DAY_MS;
  return pieces
    .filter((_piece, index) => (pieces[index + 1]?.fromMs ?? Infinity) > fromMs)
    .map((piece) => (piece.fromMs < fromMs ? { ...piece, fromMs } : piece));
}

/** As much of it as a person can see. */
function shown(pieces: readonly Piece[], nowMs: number): readonly Piece[] {
  const whole = smooth(pieces, nowMs, SHORTEST_MS);
  const fineFromMs = nowMs - FINE_MS;
  const old = whole.filter(({ fromMs }) => fromMs < fineFromMs);
  const fine = whole.slice(old.length);
  const endMs = fine[0]?.fromMs ?? nowMs;
  let coarse: readonly Piece[] = old;
  for (const shortestMs of SHOWN_SHORTEST_MS) {
    if (coarse.length <= MOST_SHOWN) break;
    coarse = smooth(old, endMs, shortestMs);
  }
  return [...coarse, ...fine];
}
