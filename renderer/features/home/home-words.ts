/** What Home makes of the state: the one action that fits it, what is offered, and what today came to. */
import type { FixAction } from '../../../electron/ipc/doctor.ts';
import type { Earnings } from '../../../electron/ipc/network.ts';
import { needSentence } from '../../../electron/ipc/reason-words.ts';
import type { ReasonCode, Status } from '../../../electron/ipc/status.ts';

export type HomeAct =
  | 'turn-on'
  | 'turn-off'
  | 'pause'
  | 'resume'
  | 'serve-now'
  | 'serve-when-away'
  | 'stop-trial'
  | 'open-model'
  | 'restart-engine'
  | 'self-test'
  | 'open-giving-back'
  | 'open-heat'
  | 'open-electricity';

export interface HomeAction {
  readonly act: HomeAct;
  readonly label: string;
  /** Whether it is what most people would want now. */
  readonly isPrimary: boolean;
}

const TURN_ON: HomeAction = { act: 'turn-on', label: 'Turn on earning', isPrimary: true };
const TURN_OFF: HomeAction = { act: 'turn-off', label: 'Turn off earning', isPrimary: false };
const PAUSE: HomeAction = { act: 'pause', label: 'Pause 1 hour', isPrimary: false };
const RESUME: HomeAction = { act: 'resume', label: 'Resume', isPrimary: true };
const SERVE_NOW: HomeAction = {
  act: 'serve-now',
  label: 'Serve now, even while I work',
  isPrimary: true,
};
const SERVE_WHEN_AWAY: HomeAction = {
  act: 'serve-when-away',
  label: 'Stop serving while I work',
  isPrimary: false,
};
const STOP_TRIAL: HomeAction = { act: 'stop-trial', label: 'Stop', isPrimary: false };
const OPEN_MODEL: HomeAction = { act: 'open-model', label: 'Choose a model', isPrimary: true };
const RESTART: HomeAction = {
  act: 'restart-engine',
  label: 'Restart the engine',
  isPrimary: true,
};

const SELF_TEST: HomeAction = {
  act: 'self-test',
  label: 'Run the self-test again',
  isPrimary: true,
};
const GIVING_BACK: HomeAction = {
  act: 'open-giving-back',
  label: 'Change when it gives way',
  isPrimary: false,
};
const HEAT: HomeAction = { act: 'open-heat', label: 'Heat and power', isPrimary: false };
const ELECTRICITY: HomeAction = {
  act: 'open-electricity',
  label: 'Change what electricity costs',
  isPrimary: false,
};

/** Only what would really end the worst reason is offered; else the way to stop. */
const BY_REASON: Readonly<Record<ReasonCode, HomeAction>> = {
  'earning-off': TURN_ON,
  snoozed: RESUME,
  suspended: TURN_OFF,
  'lid-shut': TURN_OFF,
  'gpu-lost': TURN_OFF,
  'gpu-critical': TURN_OFF,
  'no-model': OPEN_MODEL,
  'engine-failed': RESTART,
  'self-test-failed': SELF_TEST,
  preparing: TURN_OFF,
  'network-failed': TURN_OFF,
  'network-starting': TURN_OFF,
  'sensor-missing': HEAT,
  'sensor-stale': TURN_OFF,
  'sensor-frozen': SELF_TEST,
  'sensor-lying': TURN_OFF,
  'presence-unknown': SERVE_NOW,
  'power-unknown': TURN_OFF,
  game: GIVING_BACK,
  'exclusive-app': GIVING_BACK,
  fullscreen: GIVING_BACK,
  'other-gpu-app': GIVING_BACK,
  'owner-active': SERVE_NOW,
  'not-locked': SERVE_NOW,
  'on-battery': TURN_OFF,
  'on-ups': TURN_OFF,
  'charge-low': TURN_OFF,
  'charger-too-weak': TURN_OFF,
  'power-saver': TURN_OFF,
  'gpu-hot': TURN_OFF,
  'gpu-throttled': TURN_OFF,
  'cpu-hot': TURN_OFF,
  'battery-hot': TURN_OFF,
  'system-hot': TURN_OFF,
  schedule: GIVING_BACK,
  unprofitable: ELECTRICITY,
  metered: GIVING_BACK,
  'memory-short': OPEN_MODEL,
  restarting: TURN_OFF,
  arming: TURN_OFF,
};

/** The one action for the state. */
export function homeAction({ mode, policy, chosenBy, reasons }: Status): HomeAction {
  if (mode === 'off') return TURN_ON;
  if (mode === 'serving') {
    if (chosenBy === 'trial') return STOP_TRIAL;
    return policy === 'always' && chosenBy === 'owner' ? SERVE_WHEN_AWAY : PAUSE;
  }
  const [worst] = reasons;
  if (!worst) return PAUSE;
  const wanted = BY_REASON[worst.code];
  // Serving while the owner works would not help against what else is in the way.
  return wanted === SERVE_NOW && reasons.some(({ code }) => BY_REASON[code] !== SERVE_NOW)
    ? TURN_OFF
    : wanted;
}

const ACT_OF_FIX: Readonly<Partial<Record<FixAction, HomeAct>>> = {
  'start-earning': 'turn-on',
  'resume-earning': 'resume',
  'serve-now': 'serve-now',
  'open-model': 'open-model',
};

/** Whether the one action of the state is what a check would offer as well. */
export function isOfferedByState(fix: FixAction, status: Status): boolean {
  return ACT_OF_FIX[fix] === homeAction(status).act;
}

/** Whether this computer offers anything at all, and whether anybody wants it: two different things to know. */
export function offerWords({ mode, relaysInFlight }: Status): string {
  if (relaysInFlight > 0) {
    const relays = relaysInFlight === 1 ? '1 relay' : `${String(relaysInFlight)} relays`;
    return mode === 'serving'
      ? `${relays} in flight.`
      : `${relays} in flight; no new ones are taken.`;
  }
  return mode === 'serving'
    ? 'Your computer is ready. Nobody on the network asks it anything just now.'
    : 'Your computer offers nothing just now.';
}

/** What ends the worst of those reasons that end at no known time; null when nothing is waited for. */
export function needOf({ mode, reasons }: Status): string | null {
  const open = reasons.find(({ untilMs }) => untilMs === null);
  return mode === 'waiting' && open ? needSentence(open.code, open.detail) : null;
}

/** Whether there is something to pause that is not paused already. */
export function canPause({ mode, reasons }: Status): boolean {
  return mode !== 'off' && !reasons.some(({ code }) => code === 'snoozed');
}

export const HOUR_MINUTES = 60;
const MINUTE_MS = 60_000;
/** The longest pause with an end. */
const DAY_MINUTES = 1_440;
const MORNING_HOUR = 7;

/** From now until tomorrow morning, at most a day. */
export function minutesUntilTomorrow(nowMs: number): number {
  const now = new Date(nowMs);
  const morning = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR);
  return Math.min(DAY_MINUTES, Math.ceil((morning.getTime() - nowMs) / MINUTE_MS));
}

/** What came in today, less what went out; negative when more went out. */
export function netToday({ today }: Earnings): bigint {
  return today.earned - today.spent;
}
