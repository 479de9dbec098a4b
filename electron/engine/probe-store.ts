/** Remembers what a probe found, for as long as nothing that it depends on has changed. */
import { z } from 'zod';
import { candidateSchema } from '../ipc/snapshot.ts';
import type { ProbeRunResult } from './probe-run.ts';

const recordSchema = z.strictObject({
  fingerprint: z.string(),
  candidates: z.array(candidateSchema).readonly(),
  threads: z.number().int().positive().nullable(),
  isLasting: z.boolean(),
  testedAtMs: z.number(),
});

/** Null is what is on disk before the first probe. */
export const probeRecordSchema = recordSchema.nullable();

export type ProbeRecord = Readonly<z.infer<typeof recordSchema>>;

/** Where the record is kept; a file in the data folder, say. */
export interface ProbeStore {
  read(): ProbeRecord | null;
  write(record: ProbeRecord): void;
}

/** Everything that a result depends on; a change of any of it asks for a new probe. */
export interface ProbeFacts {
  readonly platform: string;
  readonly arch: string;
  readonly processor: string;
  readonly processors: number;
  /** What can be read of the graphics drivers, in a fixed order. */
  readonly drivers: readonly string[];
  /** Packs with binaries that did not come with Lull: name and folder of each. */
  readonly packs: readonly string[];
  readonly llamaVersion: string;
  readonly lullVersion: string;
  readonly starterSha256: string;
}

export function fingerprint(facts: ProbeFacts): string {
  const { platform, arch, processor, processors, drivers, packs } = facts;
  const { llamaVersion, lullVersion, starterSha256 } = facts;
  const parts = [platform, arch, processor, processors, drivers, packs];
  return JSON.stringify([...parts, llamaVersion, lullVersion, starterSha256]);
}

/**
 * How long a result holds in which something may only have had a bad moment, a game that held the memory for
 * example. A driver that always crashes is met again once a day and not at every start.
 */
export const PASSING_RESULT_MS = 24 * 60 * 60_000;

/** The result that was found under the same circumstances; null when there is none that still holds. */
export function recall(store: ProbeStore, current: string, nowMs: number): ProbeRunResult | null {
  const record = store.read();
  if (record === null || record.fingerprint !== current) return null;
  const { candidates, threads, isLasting, testedAtMs } = record;
  if (!isLasting && Math.abs(nowMs - testedAtMs) > PASSING_RESULT_MS) return null;
  return { candidates, threads, isLasting };
}

/** Keeps a result, unless nothing worked at all. */
export function remember(
  store: ProbeStore,
  current: string,
  result: ProbeRunResult,
  nowMs: number,
): void {
  if (!result.candidates.some(({ state }) => state === 'chosen')) return;
  store.write({ fingerprint: current, ...result, testedAtMs: nowMs });
}
