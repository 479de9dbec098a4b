/** How fast the computer was given back each time, as lengths on a common scale. */
import type { GiveBack } from '../../../electron/ipc/governor.ts';
import { pastClause } from '../../../electron/ipc/reason-words.ts';
import type { ReasonCode } from '../../../electron/ipc/status.ts';
import { upperFirst } from '../../../electron/ipc/status-words.ts';

/** From the owner's first touch until nothing of ours computes any more. */
export const GOAL_MS = 500;

/** What happened just then. */
const EVENTS: Readonly<Partial<Record<ReasonCode, string>>> = {
  'owner-active': 'You came back',
  'not-locked': 'The screen was unlocked',
  suspended: 'This computer went to sleep',
  'lid-shut': 'The lid was closed',
  game: 'A game was started',
  'exclusive-app': 'A program of your list was started',
  fullscreen: 'A program filled the screen',
  'on-battery': 'This computer was unplugged',
};

function whyWords(cause: ReasonCode): string {
  return EVENTS[cause] ?? upperFirst(pastClause(cause, null));
}

/** Room beyond the goal, so that it always can be seen. */
const LEAST_SCALE_MS = 2 * GOAL_MS;

export interface GiveBackBar {
  readonly id: number;
  readonly atMs: number;
  readonly why: string;
  readonly steps: readonly GiveBackStep[];
  /** Whether computing ended within the goal; null when that was not measured. */
  readonly isWithinGoal: boolean | null;
}

interface GiveBackStep {
  readonly name: 'decided' | 'stopped' | 'released';
  readonly words: string;
  /** Where it ends on the scale, 0 to 1. */
  readonly end: number;
}

/** The scale's end, in milliseconds: the same for all. */
export function giveBackScale(giveBacks: readonly GiveBack[]): number {
  const all = giveBacks.flatMap(({ decidedAfterMs, stoppedAfterMs, releasedAfterMs }) => [
    decidedAfterMs,
    stoppedAfterMs ?? 0,
    releasedAfterMs ?? 0,
  ]);
  const most = Math.max(0, ...all);
  return Math.max(LEAST_SCALE_MS, Math.ceil(most / GOAL_MS) * GOAL_MS);
}

export function giveBackBars(giveBacks: readonly GiveBack[]): readonly GiveBackBar[] {
  const scale = giveBackScale(giveBacks);
  return giveBacks.map(({ id, atMs, cause, ...times }) => {
    const { decidedAfterMs, stoppedAfterMs, releasedAfterMs } = times;
    return {
      id,
      atMs,
      why: whyWords(cause),
      isWithinGoal: stoppedAfterMs === null ? null : stoppedAfterMs <= GOAL_MS,
      steps: [
        step('decided', decidedAfterMs, scale, 'decided after'),
        ...(stoppedAfterMs === null
          ? []
          : [step('stopped', stoppedAfterMs, scale, 'computing over after')]),
        ...(releasedAfterMs === null
          ? []
          : [step('released', releasedAfterMs, scale, 'memory back after')]),
      ],
    };
  });
}

function step(name: GiveBackStep['name'], ms: number, scale: number, what: string): GiveBackStep {
  return { name, words: `${what} ${msWords(ms)}`, end: Math.min(1, Math.max(0, ms / scale)) };
}

/** For example `163 ms`, from 10 s on `12.0 s`. */
export function msWords(ms: number): string {
  return ms < 10_000 ? `${String(Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
