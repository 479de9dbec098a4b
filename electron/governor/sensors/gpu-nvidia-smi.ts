/** The one long-lived `nvidia-smi` that tells how the NVIDIA cards are, each second. */
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { parseLimits, type CardLimits } from './gpu-nvidia-limits.ts';
import { chooseFields, parseRow, type SmiField, type SmiRow } from './gpu-nvidia-rows.ts';
import { createKept, type Kept } from './gpu-kept.ts';
import { runProgram, type ProgramEnd, type StartProgram } from './gpu-program.ts';

export interface SmiPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly start: StartProgram;
}

export interface TimedRow {
  readonly row: SmiRow;
  /** On the monotonic clock. */
  readonly atMs: number;
}

export interface Smi extends Kept {
  /** Those of the last {@link SILENCE_MS}. */
  rows(): readonly TimedRow[];
  /** Cards that have fallen off the bus, as the driver said while it gave up; empty when it told of none. */
  lostIds(): readonly string[];
  isLost(): boolean;
  limitsOf(id: string): CardLimits | undefined;
}

export const SMI = 'nvidia-smi';
/** A busy card answers late; beyond this it counts as hanging. */
export const SILENCE_MS = 6_000;
const EVERY_MS = 1_000;
const MOST_WORDS = 2_000;
const LOST = /GPU is lost|fallen off the bus/i;

/** @param onNews called with each row, and when there is trouble */
export function createSmi(ports: SmiPorts, onNews: () => void): Smi {
  const { clock } = ports;
  const rows = new Map<string, TimedRow>();
  let fields: readonly SmiField[] | null = null;
  let limits: ReadonlyMap<string, CardLimits> | null = null;
  /** What was said beside rows, since the session began. */
  let words = '';

  const ask = (signal: AbortSignal, args: readonly string[]): Promise<ProgramEnd> =>
    runProgram(ports, { program: SMI, args, silenceMs: SILENCE_MS, signal });

  const learn = async (signal: AbortSignal): Promise<ProgramEnd | null> => {
    if (fields === null) {
      const end = await ask(signal, ['--help-query-gpu']);
      if (end.kind !== 'ended') return end;
      fields = chooseFields(end.code === 0 ? end.text : '');
    }
    if (limits === null) {
      const end = await ask(signal, ['-q', '-d', 'TEMPERATURE']);
      if (end.kind !== 'ended') return end;
      const found = parseLimits(end.text);
      words = end.text.slice(0, MOST_WORDS);
      // Some exit codes are mere warnings, as long as there is something to read.
      if (found.size === 0 && end.code !== 0) return end;
      limits = found;
    }
    return null;
  };

  const onLine = (line: string): void => {
    const row = parseRow(line, fields ?? []);
    if (row === null) {
      words = `${words}\n${line}`.slice(-MOST_WORDS);
      return;
    }
    rows.set(row.id, { row, atMs: clock.monotonicMs() });
    onNews();
  };

  const session = async (signal: AbortSignal): Promise<ProgramEnd> => {
    words = '';
    const early = await learn(signal);
    if (early !== null) return early;
    const query = `--query-gpu=${(fields ?? []).join(',')}`;
    const args = [query, '--format=csv,noheader,nounits', `--loop-ms=${EVERY_MS}`];
    words = '';
    return runProgram(ports, { program: SMI, args, silenceMs: SILENCE_MS, onLine, signal });
  };

  const kept = createKept(ports, {
    session,
    describe: (end) => describe(end, words),
    onTrouble() {
      rows.clear();
      onNews();
    },
  });
  return {
    ...kept,
    letGo() {
      kept.letGo();
      rows.clear();
    },
    rows: () => [...rows.values()].filter(({ atMs }) => clock.monotonicMs() - atMs < SILENCE_MS),
    isLost: () => LOST.test(words),
    lostIds: () =>
      [...words.matchAll(/(?:[0-9a-f]{4})?([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])/gi)].map(
        ([, id = '']) => id.toLowerCase(),
      ),
    limitsOf: (id) => limits?.get(id),
  };
}

function describe(end: ProgramEnd, words: string): string {
  switch (end.kind) {
    case 'missing':
      return 'the program nvidia-smi, which comes with NVIDIA’s driver, is not there';
    case 'silent':
    case 'stopped':
      return 'nvidia-smi does not answer';
    case 'endless':
      return 'nvidia-smi says nothing that could be understood';
    case 'stuck':
      return 'nvidia-smi hangs in the driver and cannot be ended; restart the computer';
    case 'ended':
      return fromWords(`${words}\n${end.text}`, end.code);
  }
}

function fromWords(words: string, code: number | null): string {
  if (LOST.test(words)) return 'the NVIDIA card has fallen off the bus; restart the computer';
  if (/version mismatch/i.test(words)) {
    return 'NVIDIA’s driver has been updated and not started yet; restart the computer';
  }
  if (/No devices were found/i.test(words)) return 'NVIDIA’s driver finds no card';
  if (/communicate with the NVIDIA driver/i.test(words) || code === 9) {
    return 'NVIDIA’s driver is not running';
  }
  return `nvidia-smi ended${code === null ? '' : ` with code ${code}`}`;
}
