/** The status and its reasons in plain words: the same ones in the window, in the rail and in the tray. */
import { clockWords, hasFailed, minutesWords, pausedWords, reasonClause } from './reason-words.ts';
import type { DutyCause, PresencePolicy, Reason, ReasonCode, Status } from './status.ts';

export interface StatusWords {
  /** The whole state, and the policy wherever it decides. */
  readonly sentence: string;
  /** When that changes next: "in 4:20 if you stay away" or "at 14:20"; null when nobody can tell. */
  readonly time: string | null;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Two clocks may differ by so much; more left than the owner has to be away would be odd. */
const CLOCK_SLACK_MS = 5_000;

/**
 * When relays are served under this policy, to stand after "serves".
 * @param awaySeconds how long the owner has to be away under the policy `away`
 */
export function policyWords(policy: PresencePolicy, awaySeconds: number): string {
  switch (policy) {
    case 'away':
      return `after ${minutesWords(awaySeconds)} away`;
    case 'locked':
      return 'once the screen is locked';
    case 'always':
      return 'even while you work';
  }
}

/** One word or two, where there is little room. */
export function statusShort(status: Status): string {
  switch (status.mode) {
    case 'off':
      return 'Not earning';
    case 'waiting':
      return status.reasons[0]?.code === 'snoozed' ? 'Paused' : 'Waiting';
    case 'serving':
      return status.chosenBy === 'trial' ? 'Trying earning' : 'Serving';
    case 'draining':
      return 'Finishing';
  }
}

/** @param nowMs Unix milliseconds, as in the status; @param awaySeconds as in `policyWords` */
export function statusSentence(status: Status, nowMs: number, awaySeconds: number): StatusWords {
  return {
    sentence: sentenceOf(status, nowMs, awaySeconds),
    time: timeOf(status, nowMs, awaySeconds),
  };
}

/** One reason by itself, for a list: "This computer runs on battery". */
export function reasonSentence(reason: Reason, nowMs: number, awaySeconds: number): string {
  return upperFirst(reasonClause(reason, nowMs, awaySeconds));
}

/** With a capital letter, where a clause becomes a sentence. */
export function upperFirst(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
}

function sentenceOf(status: Status, nowMs: number, awaySeconds: number): string {
  const [worst] = status.reasons;
  switch (status.mode) {
    case 'off':
      return 'Not earning';
    case 'serving':
      return servingWords(status);
    case 'draining': {
      const rest = `Finishing ${relaysWords(status.relaysInFlight)}`;
      return worst ? `${rest}: ${reasonClause(worst, nowMs, awaySeconds)}` : rest;
    }
    case 'waiting':
      return worst
        ? waitingWords(worst, status.policy, nowMs, awaySeconds)
        : `Waiting: serves ${policyWords(status.policy, awaySeconds)}`;
  }
}

function servingWords({ policy, chosenBy, duty, dutyCause, trialRelaysLeft }: Status): string {
  const slower = slowerWords(dutyCause);
  switch (policy) {
    case 'away':
      return `Serving while you are away${slower ?? ''}`;
    case 'locked':
      return `Serving while the screen is locked${slower ?? ''}`;
    case 'always': {
      const left = trialRelaysLeft === null ? '' : ` ${questionsWords(trialRelaysLeft)}`;
      const what = chosenBy === 'trial' ? `Trying earning: serving${left}` : 'Serving now';
      return `${what}, even while you work${slower ?? speedWords(duty)}`;
    }
  }
}

/** Without a number: one that moves all the time cannot be read in a headline. Null when nothing is to be said. */
function slowerWords(cause: DutyCause | null): string | null {
  switch (cause) {
    case 'heat':
      return ', slower to hold the temperature';
    case 'card':
      return ', slower since the card has slowed itself down';
    case 'system':
      return ', slower since the system is warm';
    case 'unseen-heat':
      return ', slower while no temperature can be read';
    case 'quiet-night':
      return ', slower and quieter for the night';
    default:
      return null;
  }
}

function speedWords(duty: number): string {
  if (duty >= 1) return '';
  return duty === 0.5 ? ', at half speed' : `, at ${percentWords(duty)} of full speed`;
}

/**
 * How hard this computer works for relays and why not harder, for example "at 62 % to hold 75 °C".
 * @param targetCelsius null when it is not known
 */
export function dutyWords(
  duty: number,
  cause: DutyCause | null,
  targetCelsius: number | null,
): string {
  const share = `at ${percentWords(duty)}`;
  switch (cause) {
    case null:
    case 'full':
      return duty >= 1 ? 'at full speed' : share;
    case 'policy':
      return `${share}, since you may be at work here`;
    case 'warm-up':
      return `${share}, to begin gently`;
    case 'heat':
      return targetCelsius === null
        ? `${share} to hold the temperature`
        : `${share} to hold ${String(targetCelsius)} °C`;
    case 'card':
      return `${share}, since the card has slowed itself down`;
    case 'system':
      return `${share}, since the system says that it is warm`;
    case 'unseen-heat':
      return `${share}, since no fresh temperature can be read`;
    case 'quiet-night':
      return `${share}, to be quiet at night`;
  }
}

function percentWords(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

function waitingWords(
  worst: Reason,
  policy: PresencePolicy,
  nowMs: number,
  awaySeconds: number,
): string {
  if (worst.code === 'earning-off') return 'Not earning';
  if (worst.code === 'snoozed') return pausedWords(worst.untilMs);
  const clause = reasonClause(worst, nowMs, awaySeconds);
  const start = `${hasFailed(worst) ? 'Not serving' : 'Waiting'}: ${clause}`;
  const condition = conditionOf(worst.code, policy, awaySeconds);
  return condition === null ? start : `${start}; serves ${condition}`;
}

/** What has to hold instead; null where the reason says already what is to be waited for. */
function conditionOf(code: ReasonCode, policy: PresencePolicy, awaySeconds: number): string | null {
  switch (code) {
    case 'suspended':
    case 'owner-active':
    case 'presence-unknown':
    case 'not-locked':
      return policyWords(policy, awaySeconds);
    case 'power-unknown':
    case 'on-battery':
      return `${policyWords(policy, awaySeconds)}, on mains power`;
    default:
      return null;
  }
}

/** The last of all reasons to end decides; one that ends at no known time leaves it open. */
function timeOf({ mode, reasons }: Status, nowMs: number, awaySeconds: number): string | null {
  if (mode !== 'waiting' || reasons.length === 0) return null;
  const mostMs = nowMs + awaySeconds * SECOND_MS;
  let lastMs = 0;
  for (const { code, untilMs } of reasons) {
    if (untilMs === null) return null;
    const isOff = code === 'owner-active' && untilMs <= mostMs + CLOCK_SLACK_MS;
    lastMs = Math.max(lastMs, isOff ? Math.min(untilMs, mostMs) : untilMs);
  }
  const due = dueWords(lastMs, nowMs);
  const owner = reasons.find(({ code }) => code === 'owner-active');
  if (!owner) return due;
  // Nobody has to stay away for the whole of a pause.
  const isLast = (owner.untilMs ?? 0) >= lastMs;
  return `${due} if you ${isLast ? 'stay away' : 'are away by then'}`;
}

/** For example `in 4:20`, from an hour on `at 14:20`. */
function dueWords(atMs: number, nowMs: number): string {
  const leftMs = atMs - nowMs;
  if (leftMs <= 0) return 'in a moment';
  if (leftMs >= HOUR_MS) return `at ${clockWords(atMs)}`;
  const minutes = Math.floor(leftMs / MINUTE_MS);
  const seconds = Math.floor((leftMs % MINUTE_MS) / SECOND_MS);
  return `in ${String(minutes)}:${String(seconds).padStart(2, '0')}`;
}

function relaysWords(count: number): string {
  return `${String(count)} ${count === 1 ? 'relay' : 'relays'}`;
}

function questionsWords(count: number): string {
  return `${String(count)} more ${count === 1 ? 'question' : 'questions'}`;
}
