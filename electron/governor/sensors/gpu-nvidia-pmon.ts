/** Who uses the NVIDIA cards: a long-lived `nvidia-smi pmon`, or the list of compute programs where there is none. */
import {
  COMPUTE_APPS_FIELDS,
  parseComputeApps,
  parsePmonHeader,
  parsePmonLine,
  type CardUser,
  type PmonColumns,
} from './gpu-nvidia-users.ts';
import { createKept, pause, type Kept } from './gpu-kept.ts';
import { SILENCE_MS, SMI, type SmiPorts } from './gpu-nvidia-smi.ts';
import { runProgram, type ProgramEnd } from './gpu-program.ts';

export interface Users extends Kept {
  /** Of one card; null when nobody tells. */
  of(card: { readonly id: string; readonly index: number | null }): readonly CardUser[] | null;
}

const LIST_EVERY_MS = 5_000;
/** A program that was not named by two rounds has gone. */
const PMON_FRESH_MS = 2_500;
const LIST_FRESH_MS = LIST_EVERY_MS + SILENCE_MS;

interface Seen {
  readonly user: CardUser;
  readonly atMs: number;
}

export function createUsers(ports: SmiPorts): Users {
  const { clock } = ports;
  /** By card and process. */
  const seen = new Map<string, Seen>();
  let listed: { readonly users: readonly CardUser[]; readonly atMs: number } | null = null;
  let isPmonUseless = false;

  const pmonSession = async (signal: AbortSignal): Promise<ProgramEnd> => {
    let columns: PmonColumns | null = null;
    const told = { rows: 0 };
    const onLine = (line: string): void => {
      columns = parsePmonHeader(line) ?? columns;
      const user = columns === null ? null : parsePmonLine(line, columns);
      if (user === null) return;
      told.rows += 1;
      seen.set(`${user.card} ${user.pid ?? ''}`, { user, atMs: clock.monotonicMs() });
    };
    const args = ['pmon', '-s', 'um', '-d', '1'];
    const order = { program: SMI, args, silenceMs: SILENCE_MS, onLine, signal };
    const end = await runProgram(ports, order);
    if (told.rows === 0 && end.kind === 'ended') isPmonUseless = true;
    return end;
  };

  const listSession = async (signal: AbortSignal): Promise<ProgramEnd> => {
    const args = [`--query-compute-apps=${COMPUTE_APPS_FIELDS}`, '--format=csv,noheader,nounits'];
    const order = { program: SMI, args, silenceMs: SILENCE_MS, signal };
    let end = await runProgram(ports, order);
    while (end.kind === 'ended' && end.code === 0) {
      listed = { users: parseComputeApps(end.text), atMs: clock.monotonicMs() };
      await pause(clock, LIST_EVERY_MS, signal);
      end = await runProgram(ports, order);
    }
    return end;
  };

  const kept = createKept(ports, {
    session: async (signal) => {
      const end = isPmonUseless ? null : await pmonSession(signal);
      return end === null || (isPmonUseless && !signal.aborted) ? listSession(signal) : end;
    },
    describe: () => 'the driver does not tell who uses the NVIDIA card',
    onTrouble() {
      seen.clear();
      listed = null;
    },
  });

  return {
    ...kept,
    letGo() {
      kept.letGo();
      seen.clear();
      listed = null;
    },
    of({ id, index }) {
      const nowMs = clock.monotonicMs();
      const recent = [...seen.values()].filter(
        ({ user, atMs }) => user.card === index && nowMs - atMs < PMON_FRESH_MS,
      );
      if (recent.length > 0) return recent.map(({ user }) => user);
      if (listed === null || nowMs - listed.atMs > LIST_FRESH_MS) return null;
      return listed.users.filter(({ card }) => card === id);
    },
  };
}
