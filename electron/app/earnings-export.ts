/** Writes every relay of the ledger into a file, a few lines at a time, so that nothing else has to wait for it. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ledger, LedgerLine, ReceiptEntry, Role } from '../ledger/ports.ts';
import type { Totals } from '../ledger/totals.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import type { EntryOf, LedgerEntry, SessionOpened } from '../protocol/ledger-entries.ts';
import { csvHead, csvRelay, type FindSession } from './earnings-csv.ts';

/** Entries read before others get their turn: about two milliseconds of work. */
const TURN_ENTRIES = 100;
const FILE_MODE = 0o600;
/** What the system says of a path that cannot be written. */
const PLACE_ERRORS = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG'];

/**
 * The old file at this path, if there is one, stays whole until the new one is.
 * @returns how many relays it holds: all that were in the ledger when this began
 * @throws AppError `export-failed` for a place that cannot be written, `disk-full`, `ledger-unusable`
 */
export async function exportEarnings(
  ledger: Pick<Ledger, 'all'>,
  totals: Pick<Totals, 'session'>,
  path: string,
): Promise<{ readonly relays: number }> {
  const { payments, lastSequence } = await readPayments(ledger);
  const find = sessionsOf(totals);
  return writeAtomically(path, async (file) => {
    let relays = 0;
    let text = csvHead();
    for await (const lines of inTurns(ledger.all())) {
      for (const line of lines) {
        if (line.sequence > lastSequence || !isReceipt(line)) continue;
        text += csvRelay(line, find, payments);
        relays += 1;
      }
      await file.write(text);
      text = '';
    }
    await file.write(text);
    return { relays };
  });
}

/** A payment comes after the receipts that it pays for, so all of them are read first. */
async function readPayments(ledger: Pick<Ledger, 'all'>) {
  const payments = new Map<Hex, EntryOf<'redeemed'>[]>();
  let lastSequence = 0;
  for await (const lines of inTurns(ledger.all())) {
    for (const { sequence, entry } of lines) {
      lastSequence = sequence;
      if (entry.kind !== 'redeemed') continue;
      const ofSession = payments.get(entry.session);
      if (ofSession) ofSession.push(entry);
      else payments.set(entry.session, [entry]);
    }
  }
  return { payments, lastSequence };
}

/** In small groups, with room for other work between them. */
async function* inTurns(lines: Iterable<LedgerLine>): AsyncGenerator<readonly LedgerLine[]> {
  let group: LedgerLine[] = [];
  for (const line of lines) {
    group.push(line);
    if (group.length < TURN_ENTRIES) continue;
    yield group;
    group = [];
    await nextTurn();
  }
  yield group;
}

function isReceipt(line: LedgerLine): line is LedgerLine<ReceiptEntry> {
  const kind: LedgerEntry['kind'] = line.entry.kind;
  return kind === 'relay-served' || kind === 'relay-paid' || kind === 'relay-disputed';
}

/** Reading a session's totals costs more than looking it up here again. */
function sessionsOf(totals: Pick<Totals, 'session'>): FindSession {
  const known = new Map<string, SessionOpened>();
  return (role: Role, session: Hex) => {
    const key = `${role} ${session}`;
    const found = known.get(key) ?? totals.session(role, session)?.opened;
    if (!found) throw new AppError('ledger-unusable', { details: `${session} has no terms.` });
    known.set(key, found);
    return found;
  };
}

async function writeAtomically<Value>(
  path: string,
  write: (file: FileHandle) => Promise<Value>,
): Promise<Value> {
  const part = `${path}.part`;
  try {
    const file = await open(part, 'w', FILE_MODE);
    let value: Value;
    try {
      value = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    return value;
  } catch (error) {
    await rm(part, { force: true });
    throw placeError(error);
  }
}

/** What the owner chose, and not Lull's own folder, may be the trouble. */
function placeError(error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const isPlace = PLACE_ERRORS.some((known) => known === code);
  return isPlace ? new AppError('export-failed', { cause: error }) : toAppError(error);
}
