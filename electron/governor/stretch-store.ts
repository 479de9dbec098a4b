/** Keeps what the governor remembers in SQLite: every row read back passes a schema. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { giveBackSchema, STRETCH_CODES, type GiveBack } from '../ipc/governor.ts';
import { REASON_CODES } from '../ipc/status.ts';
import { guarded, together } from '../platform/sqlite-together.ts';
import type { EnergyHour } from './energy.ts';
import type { ServedHour } from './money.ts';
import type { Piece } from './stretches.ts';

/** The last that was heard of this computer. */
export interface Life {
  /** Unix milliseconds. */
  readonly lastMs: number;
  /** Whether it ended in peace; otherwise up to a minute of what came after is unknown. */
  readonly isOver: boolean;
  /** Of the card while nothing computes; null while that was never seen. */
  readonly idleMilliwatts: number | null;
}

/** What is written together. */
export interface Page {
  readonly life: Life;
  readonly pieces: readonly Piece[];
  /** Pieces that no longer exist. */
  readonly goneIds: readonly number[];
  readonly giveBacks: readonly GiveBack[];
  readonly served: readonly ServedHour[];
  readonly energy: readonly EnergyHour[];
}

/** Every method may throw an AppError (`store-corrupt`, `disk-full`, `data-folder-unusable`). */
export interface StretchStore {
  life(): Life | null;
  /** Oldest first; the one that lasts into the span comes first. */
  pieces(fromMs: number, toMs: number): readonly Piece[];
  piece(id: number): Piece | null;
  /** Greater than every number in use. */
  nextIds(): { readonly piece: number; readonly giveBack: number };
  /** The newest first. */
  giveBacks(limit: number): readonly GiveBack[];
  served(sinceHour: number): readonly ServedHour[];
  energy(sinceHour: number): readonly EnergyHour[];
  /** All of it or nothing. */
  write(page: Page): void;
  /** Deletes all that begins at or after a moment: the clock was set back. */
  cut(fromMs: number): void;
  /** Deletes what was over before `ms` and the hours before `hour`. */
  forget(ms: number, hour: number): void;
  dispose(): void;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

const pieceSchema = z.object({
  id: z.int(),
  fromMs: z.int(),
  code: z.enum(STRETCH_CODES),
  detail: z.string().nullable(),
  also: z.array(z.enum(REASON_CODES)),
  expectedMs: z.int().nullable(),
});
const hourSchema = z.object({
  hour: z.int(),
  offeredMs: z.int(),
  workedMs: z.int(),
  measuredMs: z.int(),
});
const energySchema = z.object({
  hour: z.int(),
  source: z.enum(['sensor', 'plug']),
  currency: z.string(),
  milliwattSeconds: z.string().regex(/^\d+$/).transform(BigInt),
  costUnits: z.string().regex(/^\d+$/).transform(BigInt),
});

/** Takes over the open database and closes it on `dispose`. */
export function createStretchStore(database: DatabaseSync): StretchStore {
  const sql = prepareStatements(database);

  const writeAll = ({ life, pieces, goneIds, giveBacks, served, energy }: Page): void => {
    for (const id of goneIds) sql.dropPiece.run(id);
    for (const piece of pieces) {
      const { id, fromMs, code, detail, also, expectedMs } = piece;
      sql.putPiece.run(id, fromMs, code, detail, JSON.stringify(also), expectedMs);
    }
    for (const { id, atMs, cause, ...after } of giveBacks) {
      const { decidedAfterMs, stoppedAfterMs, releasedAfterMs } = after;
      sql.putGiveBack.run(id, atMs, cause, decidedAfterMs, stoppedAfterMs, releasedAfterMs);
    }
    for (const one of served) {
      sql.putServed.run(one.hour, one.offeredMs, one.workedMs, one.measuredMs);
    }
    for (const { hour, source, currency, milliwattSeconds, costUnits } of energy) {
      sql.putEnergy.run(hour, source, currency, String(milliwattSeconds), String(costUnits));
    }
    sql.putLife.run(life.lastMs, life.isOver ? 1 : 0, life.idleMilliwatts);
  };

  return {
    life: () => guarded(() => toLife(sql.life.get())),
    pieces: (fromMs, toMs) => guarded(() => sql.pieces.all(fromMs, toMs).map(toPiece)),
    piece: (id) =>
      guarded(() => {
        const row = sql.piece.get(id);
        return row === undefined ? null : toPiece(row);
      }),
    nextIds: () => ({
      piece: guarded(() => nextOf(sql.lastPiece.get())),
      giveBack: guarded(() => nextOf(sql.lastGiveBack.get())),
    }),
    giveBacks: (limit) => guarded(() => sql.giveBacks.all(limit).map(toGiveBack)),
    served: (hour) => guarded(() => sql.served.all(hour).map((row) => hourSchema.parse(row))),
    energy: (hour) => guarded(() => sql.energy.all(hour).map((row) => energySchema.parse(row))),
    write: (page) => {
      together(database, () => {
        writeAll(page);
      });
    },
    cut: (fromMs) => {
      guarded(() => sql.cut.run(fromMs));
    },
    forget: (ms, hour) => {
      together(database, () => {
        sql.forgetPieces.run(ms);
        sql.forgetGiveBacks.run(ms);
        sql.forgetServed.run(hour);
        sql.forgetEnergy.run(hour);
      });
    },
    dispose: () => {
      if (database.isOpen) database.close();
    },
  };
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  const piece =
    'SELECT id, from_ms AS fromMs, code, detail, also, expected_ms AS expectedMs FROM stretch';
  return {
    life: prepare('SELECT last_ms, is_over, idle_milliwatts FROM life'),
    putLife: prepare(
      'INSERT OR REPLACE INTO life (only_row, last_ms, is_over, idle_milliwatts) VALUES (1, ?, ?, ?)',
    ),
    pieces: prepare(
      `${piece} WHERE from_ms >= COALESCE((SELECT MAX(from_ms) FROM stretch WHERE from_ms <= ?1), ?1)
       AND from_ms < ?2 ORDER BY from_ms`,
    ),
    piece: prepare(`${piece} WHERE id = ?`),
    // Takes the place of another one that begins at the same moment, too.
    putPiece: prepare(
      `INSERT OR REPLACE INTO stretch (id, from_ms, code, detail, also, expected_ms)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    dropPiece: prepare('DELETE FROM stretch WHERE id = ?'),
    lastPiece: prepare('SELECT MAX(id) AS last FROM stretch'),
    lastGiveBack: prepare('SELECT MAX(id) AS last FROM give_back'),
    giveBacks: prepare(
      `SELECT id, at_ms AS atMs, cause, decided_after_ms AS decidedAfterMs,
         stopped_after_ms AS stoppedAfterMs, released_after_ms AS releasedAfterMs
       FROM give_back ORDER BY id DESC LIMIT ?`,
    ),
    putGiveBack: prepare('INSERT OR REPLACE INTO give_back VALUES (?, ?, ?, ?, ?, ?)'),
    served: prepare(
      `SELECT hour, offered_ms AS offeredMs, worked_ms AS workedMs, measured_ms AS measuredMs
       FROM served_hour WHERE hour >= ? ORDER BY hour`,
    ),
    putServed: prepare('INSERT OR REPLACE INTO served_hour VALUES (?, ?, ?, ?)'),
    energy: prepare(
      `SELECT hour, source, currency, milliwatt_seconds AS milliwattSeconds, cost_units AS costUnits
       FROM energy WHERE hour >= ? ORDER BY hour`,
    ),
    putEnergy: prepare('INSERT OR REPLACE INTO energy VALUES (?, ?, ?, ?, ?)'),
    cut: prepare('DELETE FROM stretch WHERE from_ms >= ?'),
    // The newest of the old ones still lasts into what is kept.
    forgetPieces: prepare(
      'DELETE FROM stretch WHERE from_ms < (SELECT MAX(from_ms) FROM stretch WHERE from_ms <= ?)',
    ),
    forgetGiveBacks: prepare('DELETE FROM give_back WHERE at_ms < ?'),
    forgetServed: prepare('DELETE FROM served_hour WHERE hour < ?'),
    forgetEnergy: prepare('DELETE FROM energy WHERE hour < ?'),
  };
}

function toPiece(row: Row): Piece {
  const also = typeof row['also'] === 'string' ? (JSON.parse(row['also']) as unknown) : [];
  return pieceSchema.parse({ ...row, also });
}

function toGiveBack(row: Row): GiveBack {
  return giveBackSchema.parse({ ...row });
}

function toLife(row: Row | undefined): Life | null {
  if (row === undefined) return null;
  const idle = row['idle_milliwatts'];
  return {
    lastMs: Number(row['last_ms']),
    isOver: row['is_over'] === 1,
    idleMilliwatts: typeof idle === 'number' ? idle : null,
  };
}

function nextOf(row: Row | undefined): number {
  return Number(row?.['last'] ?? 0) + 1;
}
