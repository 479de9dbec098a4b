/** The practice chain on disk: one line for each transaction, in order, on the platter before it is executed. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Hex } from '../protocol/hex.ts';
import { dataSchema } from './rpc-values.ts';

export interface LoggedTransaction {
  /** Time of the block that it is mined in, in seconds. */
  readonly timeS: number;
  /** As it was signed. */
  readonly raw: Hex;
}

export interface TransactionLog {
  /** What was there when it was opened. */
  readonly transactions: readonly LoggedTransaction[];
  /** Bytes of a last line that a crash had left half written; they are gone. */
  readonly cutBytes: number;
  /** Where a damaged log went, if there was one; this one then began empty. */
  readonly damagedKeptAs: string | null;
  /** On disk once this returns. @throws the system's error; nothing was added then. */
  append(transaction: LoggedTransaction): void;
  /** Takes back what was appended last: the chain did not take that transaction. */
  removeLast(): void;
  close(): void;
}

/** Its first line; another format is another number. */
const HEADER = 'lull-practice-chain 1\n';
const CHECK_DIGITS = 16;
const LINE = /^(\d{1,12}) (0x[0-9a-f]+) ([0-9a-f]{16})$/;

/**
 * @param nowMs names the copy of a damaged log
 * @throws the system's error when the folder cannot be used
 */
export function openTransactionLog(file: string, nowMs: number): TransactionLog {
  const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const read = parse(content);
  const damagedKeptAs = read === null ? setAside(file, nowMs) : null;
  const kept = read ?? { transactions: [], goodBytes: 0 };
  // Not opened for appending: a file that is may not be cut on Windows.
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  ftruncateSync(descriptor, kept.goodBytes);
  let size = kept.goodBytes > 0 ? kept.goodBytes : writeAt(descriptor, HEADER, 0);
  let lastStart: number | null = null;
  fsyncSync(descriptor);
  fsyncFolder(path.dirname(file));

  return {
    transactions: kept.transactions,
    cutBytes: read === null ? 0 : content.length - read.goodBytes,
    damagedKeptAs,
    append(transaction) {
      // Anything a failed write left there is written over, or cut at the next start.
      const written = writeAt(descriptor, toLine(transaction), size);
      fsyncSync(descriptor);
      lastStart = size;
      size += written;
    },
    removeLast() {
      if (lastStart === null) throw new Error('there is no line to take back');
      ftruncateSync(descriptor, lastStart);
      fsyncSync(descriptor);
      size = lastStart;
      lastStart = null;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

interface ReadLog {
  readonly transactions: readonly LoggedTransaction[];
  /** Up to the end of the last whole line. */
  readonly goodBytes: number;
}

/** @returns null when more than the last line is damaged: no crash does that. */
function parse(content: Buffer): ReadLog | null {
  if (!content.toString('latin1').startsWith(HEADER)) {
    // A file that was just begun when the power went: part of the first line, and zeros where the disk has nothing.
    const written = content.toString('latin1').replace(/\0+$/, '');
    return HEADER.startsWith(written) ? { transactions: [], goodBytes: 0 } : null;
  }
  const transactions: LoggedTransaction[] = [];
  let position = HEADER.length;
  while (position < content.length) {
    const end = content.indexOf('\n', position);
    const transaction = end < 0 ? null : fromLine(content.toString('latin1', position, end));
    if (transaction === null) break;
    transactions.push(transaction);
    position = end + 1;
  }
  return isTorn(content.subarray(position)) ? { transactions, goodBytes: position } : null;
}

/** Whether this can be what a crash left of one line: nothing that could be read follows it. */
function isTorn(rest: Buffer): boolean {
  const end = rest.indexOf('\n');
  return end < 0 || end === rest.length - 1;
}

function toLine({ timeS, raw }: LoggedTransaction): string {
  const text = `${timeS.toString()} ${raw}`;
  return `${text} ${checkOf(text)}\n`;
}

function fromLine(line: string): LoggedTransaction | null {
  const [, time, bytes, check] = LINE.exec(line) ?? [];
  if (time === undefined || bytes === undefined) return null;
  const raw = dataSchema.safeParse(bytes);
  return raw.success && checkOf(`${time} ${bytes}`) === check
    ? { timeS: Number(time), raw: raw.data }
    : null;
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECK_DIGITS);
}

/** @returns how many bytes that was */
function writeAt(descriptor: number, text: string, position: number): number {
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
  return written;
}

/** Without it the file's name may be lost with the power. Windows has no such call and needs none. */
function fsyncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function setAside(file: string, nowMs: number): string {
  const keptAs = `${file}.damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`;
  renameSync(file, keptAs);
  return keptAs;
}
