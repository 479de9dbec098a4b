/** What a stretch of the day was, in plain words, and which kind of thing it belongs to. */
import type { StretchCode } from './governor.ts';
import { pastClause, plainClause } from './reason-words.ts';
import type { ReasonCode } from './status.ts';
import { upperFirst } from './status-words.ts';

/**
 * Kinds that can be told apart at a glance. `ready` and the rest are two different things to know: nobody asked this
 * computer, or it offered nothing.
 */
export const STRETCH_GROUPS = [
  'serving',
  'ready',
  'owner',
  'program',
  'power',
  'heat',
  'choice',
  'fault',
  'absent',
] as const;

export type StretchGroup = (typeof STRETCH_GROUPS)[number];

const GROUP_NAMES: Readonly<Record<StretchGroup, string>> = {
  serving: 'Serving',
  ready: 'Ready, no work',
  owner: 'You were here',
  program: 'Programs',
  power: 'Power',
  heat: 'Heat',
  choice: 'Your choice',
  fault: 'Not ready',
  absent: 'Asleep or closed',
};

const GROUPS: Readonly<Record<ReasonCode, StretchGroup>> = {
  'earning-off': 'choice',
  snoozed: 'choice',
  suspended: 'absent',
  'lid-shut': 'absent',
  'gpu-lost': 'fault',
  'gpu-critical': 'heat',
  'no-model': 'fault',
  'engine-failed': 'fault',
  'self-test-failed': 'fault',
  preparing: 'fault',
  'network-failed': 'fault',
  'network-starting': 'fault',
  'sensor-missing': 'fault',
  'sensor-stale': 'fault',
  'sensor-frozen': 'fault',
  'sensor-lying': 'fault',
  'presence-unknown': 'fault',
  'power-unknown': 'fault',
  game: 'program',
  'exclusive-app': 'program',
  fullscreen: 'program',
  'other-gpu-app': 'program',
  'owner-active': 'owner',
  'not-locked': 'owner',
  'on-battery': 'power',
  'on-ups': 'power',
  'charge-low': 'power',
  'charger-too-weak': 'power',
  'power-saver': 'power',
  'gpu-hot': 'heat',
  'gpu-throttled': 'heat',
  'cpu-hot': 'heat',
  'battery-hot': 'heat',
  'system-hot': 'heat',
  schedule: 'choice',
  unprofitable: 'choice',
  metered: 'choice',
  'memory-short': 'program',
  restarting: 'fault',
  arming: 'ready',
};

export function groupOf(code: StretchCode): StretchGroup {
  switch (code) {
    case 'serving':
    case 'ready':
      return code;
    case 'asleep':
    case 'app-closed':
      return 'absent';
    default:
      return GROUPS[code];
  }
}

/** For a legend. */
export function groupName(group: StretchGroup): string {
  return GROUP_NAMES[group];
}

/**
 * For a list, without a time: "Elden Ring was running".
 * @param isOver whether it is not so any more
 */
export function stretchSentence(code: StretchCode, detail: string | null, isOver: boolean): string {
  switch (code) {
    case 'serving':
      return isOver ? 'Served relays' : 'Serving relays';
    case 'ready':
      return `Ready, but the network ${isOver ? 'had' : 'has'} no work`;
    case 'asleep':
      return 'This computer slept or was off';
    case 'app-closed':
      return 'Lull was closed';
    default:
      return upperFirst(isOver ? pastClause(code, detail) : plainClause(code, detail));
  }
}
