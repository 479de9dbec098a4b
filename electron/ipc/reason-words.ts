/** Every reason for not serving in plain words: what is the case, and what it needs to be over. */
import { REASON_WORDS, WORDS_BY_DETAIL, type ReasonWords } from './reason-table.ts';
import type { Reason, ReasonCode } from './status.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** A short return of the owner is forgiven sooner than a long one. */
const FORGIVEN_MS = 120_000;

/** Whether something has gone wrong, other than what is simply not yet so. */
export function hasFailed({ code, detail }: Pick<Reason, 'code' | 'detail'>): boolean {
  return FAILED.has(code) && wordsOf(detail) === undefined;
}

const FAILED: ReadonlySet<ReasonCode> = new Set([
  'gpu-lost',
  'gpu-critical',
  'engine-failed',
  'self-test-failed',
  'network-failed',
  'sensor-missing',
  'sensor-stale',
  'sensor-frozen',
  'sensor-lying',
  'presence-unknown',
  'power-unknown',
]);

/** Their words say everything; a source's name would add nothing for their reader. */
const WITHOUT_DETAIL: ReadonlySet<ReasonCode> = new Set([
  'earning-off',
  'snoozed',
  'suspended',
  'lid-shut',
  'no-model',
  'preparing',
  'network-starting',
  'owner-active',
  'not-locked',
  'on-battery',
  'on-ups',
  'power-saver',
  'metered',
  'restarting',
]);

/** What has to happen for this reason to be over, as a sentence: for those that end at no known time. */
export function needSentence(code: ReasonCode, detail: string | null = null): string {
  return (wordsOf(detail) ?? REASON_WORDS[code]).needs;
}

/** What is the case, without any time. */
export function plainClause(code: ReasonCode, detail: string | null): string {
  const { is, of } = REASON_WORDS[code];
  return wordsOf(detail)?.is ?? withDetail(code, is, of, detail);
}

/** What was the case, for a list of what has been: "Elden Ring was running". */
export function pastClause(code: ReasonCode, detail: string | null): string {
  const { was, wasOf } = REASON_WORDS[code];
  return wordsOf(detail)?.was ?? withDetail(code, was, wasOf, detail);
}

function wordsOf(detail: string | null): ReasonWords | undefined {
  return detail === null ? undefined : WORDS_BY_DETAIL[detail];
}

function withDetail(
  code: ReasonCode,
  plain: string,
  named: string | undefined,
  detail: string | null,
): string {
  if (detail === null || detail === '' || WITHOUT_DETAIL.has(code)) return plain;
  if (named === undefined) return `${plain} (${detail})`;
  const { name, measure } = splitMeasure(detail);
  const words = name === UNNAMED ? plain : named.replace('…', () => name);
  return measure === null ? words : `${words} (${measure})`;
}

/** What the card's user is called when nobody knows which program it is. */
const UNNAMED = 'another program';

/** How much of the card it uses may follow the program's name: `blender, 40 %`. */
function splitMeasure(detail: string): { readonly name: string; readonly measure: string | null } {
  const [, name, measure] = /^(.+), (\d+ (?:%|MB))$/.exec(detail) ?? [];
  return { name: name ?? detail, measure: measure ?? null };
}

/** The program that a detail names; null when it names none. */
export function programOf(detail: string | null): string | null {
  if (detail === null || detail === '') return null;
  const { name } = splitMeasure(detail);
  return name === UNNAMED ? null : name;
}

/**
 * In the middle of a sentence, without a full stop.
 * @param awaySeconds how long the owner has to be away
 */
export function reasonClause(reason: Reason, nowMs: number, awaySeconds: number): string {
  const { code, untilMs, detail } = reason;
  if (code === 'owner-active') return activeWords(untilMs, nowMs, awaySeconds);
  if (code === 'snoozed') return pausedWords(untilMs).replace('Paused', 'paused');
  const almost = untilMs === null ? undefined : REASON_WORDS[code].almost;
  return almost ?? plainClause(code, detail);
}

export function pausedWords(untilMs: number | null): string {
  return untilMs === null ? 'Paused until you resume' : `Paused until ${clockWords(untilMs)}`;
}

/** For example `14:20`. */
export function clockWords(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** For example `5 minutes`. */
export function minutesWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? '1 minute' : `${String(minutes)} minutes`;
}

/**
 * The last input is known from when its effect ends, but only while more is left of that than a forgiven return could
 * have left: else all that is certain is that it was within the time that the owner has to be away.
 */
function activeWords(untilMs: number | null, nowMs: number, awaySeconds: number): string {
  if (untilMs === null) return REASON_WORDS['owner-active'].is;
  const leftMs = untilMs - nowMs;
  if (leftMs <= FORGIVEN_MS) {
    return `you used this computer less than ${minutesWords(awaySeconds)} ago`;
  }
  const agoMs = awaySeconds * SECOND_MS - leftMs;
  return agoMs < SECOND_MS
    ? REASON_WORDS['owner-active'].is
    : `you used this computer ${agoWords(agoMs)}`;
}

/** In minutes: a headline that changes with every second cannot be read in peace. */
function agoWords(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 1 ? 'just now' : `${String(minutes)} min ago`;
}
