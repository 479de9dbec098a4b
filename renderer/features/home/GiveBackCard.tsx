/** The log of give-backs: how long it took each time until this computer was its owner's again. */
import { formatDateTime, formatWhen } from '../../format/times.ts';
import { useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { useMinute } from '../use-minute.ts';
import {
  GOAL_MS,
  giveBackBars,
  giveBackScale,
  msWords,
  type GiveBackBar,
} from './give-back-bars.ts';

export function GiveBackCard() {
  const giveBacks = useApp((state) => state.snapshot?.governor.giveBacks);
  const nowMs = useMinute();
  if (!giveBacks || giveBacks.length === 0) return null;
  const goal = GOAL_MS / giveBackScale(giveBacks);
  return (
    <Card title="Given back to you">
      <p className="quiet">
        Each time, measured from your first touch or from what else happened. The goal, marked by a
        line: nothing of ours computes after {msWords(GOAL_MS)}.
      </p>
      <ol className="give-backs" aria-label="Give-backs, newest first">
        {giveBackBars(giveBacks).map((bar) => (
          <GiveBackRow key={bar.id} bar={bar} goal={goal} nowMs={nowMs} />
        ))}
      </ol>
    </Card>
  );
}

interface Props {
  readonly bar: GiveBackBar;
  /** On the scale, 0 to 1. */
  readonly goal: number;
  readonly nowMs: number;
}

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

function GiveBackRow({ bar, goal, nowMs }: Props) {
  const { atMs, why, steps, isWithinGoal } = bar;
  return (
    <li className="give-back">
      <p className="give-back-title">
        {why}
        <span className="quiet" title={formatDateTime(atMs)}>
          {formatWhen(atMs, nowMs)}
        </span>
      </p>
      <div className="give-back-scale" aria-hidden="true">
        {/* The longest lies beneath the others. */}
        {steps.toReversed().map(({ name, end }) => (
          <span
            key={name}
            className={`give-back-bar give-back-${name}`}
            style={{ width: percent(end) }}
          />
        ))}
        <span className="give-back-goal" style={{ left: percent(goal) }} />
      </div>
      <p className="quiet give-back-words">
        {steps.map(({ words }) => words).join(', ')}
        {isWithinGoal === false ? '; later than the goal' : ''}
      </p>
    </li>
  );
}
