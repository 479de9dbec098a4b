/** The status and its reasons in plain words: the same ones in the window, in the rail and in the tray. */
import type { PresencePolicy, Reason, ReasonCode, Status } from './status.ts';

export interface StatusWords {
  /** The whole state, and the policy wherever it decides. */
  readonly sentence: string;
  /** When that changes next: "in 4:20 if you stay away" or "at 14:20"; null when nobody can tell. */
  readonly time: string | null;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How long the owner has to be away under the policy `away`, and after how much of it a short return is forgiven. */
const AWAY_MS = 300_000;
const FORGIVEN_MS = 120_000;

const WHEN: Readonly<Record<PresencePolicy, string>> = {
  away: 'after 5 minutes away',
  locked: 'once the screen is locked',
  always: 'even while you work',
};

/** When relays are served under this policy, to stand after "serves". */
export function policyWords(policy: PresencePolicy): string {
  return WHEN[policy];
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

/** @param nowMs Unix milliseconds, as in the status. */
export function statusSentence(status: Status, nowMs: number): StatusWords {
  return { sentence: sentenceOf(status, nowMs), time: timeOf(status, nowMs) };
}

/** One reason by itself, for a list: "This computer runs on battery". */
export function reasonSentence(reason: Reason, nowMs: number): string {
  const clause = clauseOf(reason, nowMs);
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
}

function sentenceOf(status: Status, nowMs: number): string {
  const [worst] = status.reasons;
  switch (status.mode) {
    case 'off':
      return 'Not earning';
    case 'serving':
      return servingWords(status);
    case 'draining': {
      const rest = `Finishing ${relaysWords(status.relaysInFlight)}`;
      return worst ? `${rest}: ${clauseOf(worst, nowMs)}` : rest;
    }
    case 'waiting':
      return worst
        ? waitingWords(worst, status.policy, nowMs)
        : `Waiting: serves ${WHEN[status.policy]}`;
  }
}

function servingWords({ policy, chosenBy, duty, trialRelaysLeft }: Status): string {
  switch (policy) {
    case 'away':
      return 'Serving while you are away';
    case 'locked':
      return 'Serving while the screen is locked';
    case 'always': {
      const left = trialRelaysLeft === null ? '' : ` ${questionsWords(trialRelaysLeft)}`;
      const what = chosenBy === 'trial' ? `Trying earning: serving${left}` : 'Serving now';
      return `${what}, even while you work${speedWords(duty)}`;
    }
  }
}

function speedWords(duty: number): string {
  if (duty >= 1) return '';
  return duty === 0.5
    ? ', at half speed'
    : `, at ${String(Math.round(duty * 100))} % of full speed`;
}

function waitingWords(worst: Reason, policy: PresencePolicy, nowMs: number): string {
  if (worst.code === 'earning-off') return 'Not earning';
  if (worst.code === 'snoozed') return pausedWords(worst.untilMs);
  const start = `${FAILED.has(worst.code) ? 'Not serving' : 'Waiting'}: ${clauseOf(worst, nowMs)}`;
  const condition = conditionOf(worst.code, policy);
  return condition === null ? start : `${start}; serves ${condition}`;
}

const FAILED: ReadonlySet<ReasonCode> = new Set([
  'engine-failed',
  'network-failed',
  'presence-unknown',
  'power-unknown',
]);

/** What has to hold instead; null where the reason says already what is to be waited for. */
function conditionOf(code: ReasonCode, policy: PresencePolicy): string | null {
  switch (code) {
    case 'suspended':
    case 'owner-active':
    case 'presence-unknown':
    case 'not-locked':
      return WHEN[policy];
    case 'power-unknown':
    case 'on-battery':
      return `${WHEN[policy]}, on mains power`;
    default:
      return null;
  }
}

function pausedWords(untilMs: number | null): string {
  return untilMs === null ? 'Paused until you resume' : `Paused until ${clockWords(untilMs)}`;
}

const CLAUSES: Readonly<Record<Exclude<ReasonCode, 'owner-active' | 'snoozed'>, string>> = {
  'earning-off': 'earning is off',
  suspended: 'this computer is asleep',
  'no-model': 'no model is open',
  'engine-failed': 'the engine stopped by a failure',
  preparing: 'Lull is still getting ready',
  'network-failed': 'the network does not work',
  'network-starting': 'the network is starting',
  'presence-unknown': 'Lull cannot tell whether you are away',
  'not-locked': 'the screen is not locked',
  'power-unknown': 'Lull cannot tell whether this computer runs on battery',
  'on-battery': 'this computer runs on battery',
};

/** What is over already and only has to have been so for a while: it ends at a known time. */
const ALMOST: Readonly<Partial<Record<ReasonCode, string>>> = {
  suspended: 'this computer has only just woken up',
  'not-locked': 'the screen was locked only just now',
  'on-battery': 'mains power has only just come back',
};

/** In the middle of a sentence, without a full stop. Only what cannot be known needs its detail here. */
function clauseOf({ code, untilMs, detail }: Reason, nowMs: number): string {
  if (code === 'owner-active') return activeWords(untilMs, nowMs);
  if (code === 'snoozed') return pausedWords(untilMs).replace('Paused', 'paused');
  const almost = untilMs === null ? undefined : ALMOST[code];
  if (almost !== undefined) return almost;
  return FAILED.has(code) && detail !== null ? `${CLAUSES[code]} (${detail})` : CLAUSES[code];
}

/**
 * The last input is known from when its effect ends, but only while more is left of that than a forgiven return could
 * have left: else all that is certain is that it was within the last five minutes.
 */
function activeWords(untilMs: number | null, nowMs: number): string {
  if (untilMs === null) return 'you are using this computer';
  const leftMs = untilMs - nowMs;
  if (leftMs <= FORGIVEN_MS) return 'you used this computer less than 5 minutes ago';
  const agoMs = AWAY_MS - leftMs;
  return agoMs < SECOND_MS
    ? 'you are using this computer'
    : `you used this computer ${agoWords(agoMs)}`;
}

/** In minutes: a headline that changes with every second cannot be read in peace. */
function agoWords(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 1 ? 'just now' : `${String(minutes)} min ago`;
}

/** The last of all reasons to end decides; one that ends at no known time leaves it open. */
function timeOf({ mode, reasons }: Status, nowMs: number): string | null {
  if (mode !== 'waiting' || reasons.length === 0) return null;
  let lastMs = 0;
  for (const { code, untilMs } of reasons) {
    if (untilMs === null) return null;
    // Two clocks may differ by a moment; more than what the sentence names would be odd.
    const atMs = code === 'owner-active' ? Math.min(untilMs, nowMs + AWAY_MS) : untilMs;
    lastMs = Math.max(lastMs, atMs);
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

function clockWords(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function relaysWords(count: number): string {
  return `${String(count)} ${count === 1 ? 'relay' : 'relays'}`;
}

function questionsWords(count: number): string {
  return `${String(count)} more ${count === 1 ? 'question' : 'questions'}`;
}
