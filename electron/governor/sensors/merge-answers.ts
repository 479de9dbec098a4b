/** Puts together what several readers say of the same part of the computer. */
import type { MachineKey, MachineValues } from '../sensors.ts';
import type { Outcome } from './reader.ts';

/** The end of one read; without an outcome there is a reason. */
export interface Answer {
  readonly outcome: Outcome<MachineKey> | null;
  readonly why: string | null;
  /** On the clock of whoever read. */
  readonly atMs: number;
}

export interface Merged {
  /** Undefined when nobody knows it. */
  readonly value: MachineValues[MachineKey] | undefined;
  readonly source: string;
  readonly ageMs: number;
  /** Why it is not known, or not wholly. */
  readonly why: string | null;
}

/** Cards and programs of several sources stand side by side. */
const LISTS: ReadonlySet<MachineKey> = new Set<MachineKey>(['gpus', 'apps']);

/** @param answers of all readers that have the key, in order of trust */
export function mergeKey(key: MachineKey, answers: readonly Answer[], nowMs: number): Merged {
  const parts = answers.map((answer) => partOf(key, answer, nowMs));
  const known = parts.filter(({ value }) => value !== undefined);
  const why = parts.find((part) => part.why !== null)?.why ?? null;
  const [first] = known;
  if (first === undefined) return { value: undefined, source: '', ageMs: 0, why };
  if (!LISTS.has(key)) return { ...first, why: null };
  const telling = known.filter(({ value }) => Array.isArray(value) && value.length > 0);
  const sources = (telling.length > 0 ? telling : known).map(({ source }) => source);
  return {
    value: joined(key, answers),
    source: [...new Set(sources)].join(', '),
    // A list is as old as its oldest part.
    ageMs: Math.max(...known.map(({ ageMs }) => ageMs)),
    why,
  };
}

function joined(key: MachineKey, answers: readonly Answer[]): MachineValues[MachineKey] {
  return key === 'gpus'
    ? answers.flatMap(({ outcome }) => outcome?.values.gpus ?? [])
    : answers.flatMap(({ outcome }) => outcome?.values.apps ?? []);
}

function partOf(key: MachineKey, { outcome, why, atMs }: Answer, nowMs: number): Merged {
  if (outcome === null) return { value: undefined, source: '', ageMs: 0, why };
  return {
    value: outcome.values[key],
    source: outcome.sources?.[key] ?? outcome.source,
    ageMs: Math.max(0, nowMs - atMs + (outcome.ageMs ?? 0)),
    why: outcome.unknown?.[key] ?? null,
  };
}
