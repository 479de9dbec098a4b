/** Whether the engine may be trusted with other people's questions: when to ask it one, and what its answer proves. */
import { z } from 'zod';
import type { SelfTest } from '../ipc/governor.ts';

/** What an answer depends on; another one in any of them is a reason to test again. */
export const selfTestFactsSchema = z.strictObject({
  modelSha256: z.string(),
  /** Of the engine that computes, such as its release. */
  engineVersion: z.string(),
  /** `cpu`, `cuda`, `vulkan`, `metal`. */
  backend: z.string(),
  /** As the system names the card and its driver's version; an empty text on the processor. */
  device: z.string(),
  driver: z.string(),
});

const answerSchema = z.array(z.int().min(0)).min(1).max(64);

export const selfTestRecordSchema = z.strictObject({
  /** First answers of models that nobody knows one of in advance. */
  known: z.array(z.strictObject({ facts: selfTestFactsSchema, tokenIds: answerSchema })).max(200),
  last: z
    .strictObject({
      facts: selfTestFactsSchema,
      state: z.enum(['passed', 'failed']),
      atMs: z.number(),
      detail: z.string().nullable(),
      /** It failed for something that may be otherwise later; left out, it would fail again. */
      mayPass: z.boolean().optional(),
    })
    .nullable(),
});

export type SelfTestFacts = Readonly<z.infer<typeof selfTestFactsSchema>>;
export type SelfTestRecord = Readonly<z.infer<typeof selfTestRecordSchema>>;

export const NO_SELF_TEST: SelfTestRecord = { known: [], last: null };

/** What was found out about one engine. */
export interface Findings {
  /** Of a model with an answer known in advance; `not-asked` where its device may not compute anyway. */
  readonly golden: 'right' | 'wrong' | 'no-golden' | 'not-asked';
  /** Greedy, of a model without one; null when it was not asked. */
  readonly answer: GreedyAnswer | null;
  /** Null when its device is the processor, which protects itself. */
  readonly heat: HeatProbe | null;
}

export interface GreedyAnswer {
  readonly tokenIds: readonly number[];
  /** Of each token; empty when the engine tells none. */
  readonly logprobs: readonly number[];
}

export interface HeatProbe {
  readonly celsius: number | null;
  /** Why there is none, for a person. */
  readonly whyUnknown: string | null;
  /** The owner lets relays compute on a card whose temperature nobody sees. */
  readonly isWaived: boolean;
}

/** Fewer tokens are too few to call a repetition a fault. */
const LEAST_REPEATED = 4;
/** The oldest first answers are forgotten beyond this. */
const MOST_KNOWN = 200;
const MOST_TOKENS = 64;
/** A temperature that could not be read is looked for again after this. */
const AGAIN_MS = 600_000;

const WORDS = {
  right: 'The engine gave the expected answer',
  first: 'The engine answered sensibly; later answers are compared with this one',
  same: 'The engine gave the same answer as before',
  wrong:
    'The engine gave a wrong answer to a question whose answer is known; another driver may help',
  other:
    'The engine answers otherwise than before; the graphics driver or the card may be at fault',
  empty: 'The engine gave no answer',
  repeated: 'The engine repeats one word; the graphics driver or the card may be at fault',
  notFinite:
    'The engine computes what is no number; the graphics driver or the card may be at fault',
  noHeat: 'The temperature of the card cannot be read',
} as const;

const FACTS: readonly (keyof SelfTestFacts)[] = [
  'modelSha256',
  'engineVersion',
  'backend',
  'device',
  'driver',
];

/**
 * A wrong answer is not asked for again by itself: nothing has changed, and the answer would not either.
 * @param nowMs Unix milliseconds
 */
export function isDue({ last }: SelfTestRecord, facts: SelfTestFacts, nowMs: number): boolean {
  if (last === null || !isSameEngine(last.facts, facts)) return true;
  return last.mayPass === true && Math.abs(nowMs - last.atMs) >= AGAIN_MS;
}

export function isSameEngine(one: SelfTestFacts, other: SelfTestFacts): boolean {
  return FACTS.every((key) => one[key] === other[key]);
}

/**
 * @param facts null while no model is loaded
 * @param nowMs Unix milliseconds
 * @returns what is known of this engine; `none` until it was tested
 */
export function selfTestOf(
  record: SelfTestRecord,
  facts: SelfTestFacts | null,
  nowMs: number,
): SelfTest {
  const { last } = record;
  if (last === null || facts === null || isDue(record, facts, nowMs)) {
    return { state: 'none', atMs: null, detail: null };
  }
  return { state: last.state, atMs: last.atMs, detail: last.detail };
}

interface Verdict {
  readonly hasPassed: boolean;
  readonly detail: string;
  readonly mayPass?: true;
}

/** @param atMs Unix milliseconds @returns the record with this test as its last one */
export function judge(
  record: SelfTestRecord,
  facts: SelfTestFacts,
  findings: Findings,
  atMs: number,
): SelfTestRecord {
  const answered = judgeHeat(findings.heat) ?? judgeAnswer(record, facts, findings);
  const { hasPassed, ...why } = answered;
  const isNew = answered.detail === WORDS.first && findings.answer !== null;
  return {
    known: isNew ? remember(record.known, facts, findings.answer.tokenIds) : record.known,
    last: { facts, state: hasPassed ? 'passed' : 'failed', atMs, ...why },
  };
}

function judgeAnswer(record: SelfTestRecord, facts: SelfTestFacts, findings: Findings): Verdict {
  const { golden, answer } = findings;
  if (golden === 'wrong') return failed(WORDS.wrong);
  if (golden === 'right') return passed(WORDS.right);
  if (answer === null || answer.tokenIds.length === 0) return failed(WORDS.empty);
  if (!answer.logprobs.every(Number.isFinite)) return failed(WORDS.notFinite);
  if (isRepetition(answer.tokenIds)) return failed(WORDS.repeated);
  const known = record.known.find((one) => isComparable(one.facts, facts));
  if (known === undefined) return passed(WORDS.first);
  const isSame = JSON.stringify(known.tokenIds) === JSON.stringify(shortened(answer.tokenIds));
  return isSame ? passed(WORDS.same) : failed(WORDS.other);
}

/** Whether an engine with this heat may be asked at all. */
export function isHeatKnown(heat: HeatProbe | null): boolean {
  return judgeHeat(heat) === null;
}

/** @returns null when there is nothing to object to */
function judgeHeat(heat: HeatProbe | null): Verdict | null {
  if (heat === null || heat.isWaived) return null;
  if (heat.celsius !== null && Number.isFinite(heat.celsius)) return null;
  const detail = heat.whyUnknown === null ? WORDS.noHeat : `${WORDS.noHeat}: ${heat.whyUnknown}`;
  return { ...failed(detail), mayPass: true };
}

/** Other cards round otherwise, and so do other engines and backends; another driver of the same card must not. */
function isComparable(one: SelfTestFacts, other: SelfTestFacts): boolean {
  return (
    one.modelSha256 === other.modelSha256 &&
    one.engineVersion === other.engineVersion &&
    one.backend === other.backend &&
    one.device === other.device
  );
}

function isRepetition(tokenIds: readonly number[]): boolean {
  return tokenIds.length >= LEAST_REPEATED && new Set(tokenIds).size === 1;
}

function remember(
  known: SelfTestRecord['known'],
  facts: SelfTestFacts,
  tokenIds: readonly number[],
): SelfTestRecord['known'] {
  return [...known, { facts, tokenIds: shortened(tokenIds) }].slice(-MOST_KNOWN);
}

function shortened(tokenIds: readonly number[]): number[] {
  return tokenIds.slice(0, MOST_TOKENS);
}

function passed(detail: string): Verdict {
  return { hasPassed: true, detail };
}

function failed(detail: string): Verdict {
  return { hasPassed: false, detail };
}
