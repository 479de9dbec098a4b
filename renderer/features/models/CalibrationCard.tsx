/** Measures what this computer does with the model in use, so that expected speeds are more than a guess. */
import type { Calibration } from '../../../electron/ipc/models.ts';
import { formatRate } from '../../format/numbers.ts';
import { usedServer } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { readingWords, speedBars } from './calibration-bars.ts';

export function CalibrationCard() {
  const calibration = useApp((state) => state.snapshot?.models.calibration);
  const current = useApp((state) => state.snapshot?.model.current ?? null);
  const hasServer = useApp((state) => usedServer(state) !== null);
  const { calibrate } = useActions();
  if (!calibration) return null;
  const { state, progress, failure, tokensPerSecond } = calibration;
  const isRunning = state === 'running';
  return (
    <Card
      title="Speed of this computer"
      actions={
        (current && !hasServer) || isRunning ? (
          <Button onClick={() => void calibrate()}>{buttonWord(calibration)}</Button>
        ) : null
      }
    >
      <p className="quiet">
        Lets {current?.name ?? 'a model'} write for some seconds. From what is measured, Lull works
        out how fast every other model here would be.
      </p>
      {hasServer ? (
        <p className="quiet">
          Another server answers just now, and its speed says nothing about this computer.
        </p>
      ) : null}
      {isRunning ? <Progress label="Measuring the speed" value={progress} /> : null}
      <p className="quiet" role="status">
        {stateWords(calibration, current !== null)}
      </p>
      {state === 'failed' && failure ? <FailureNote failure={failure} /> : null}
      {isRunning ? null : <SpeedPicture calibration={calibration} />}
      {isRunning || tokensPerSecond === null ? null : <p>{readingWords(tokensPerSecond)}</p>}
    </Card>
  );
}

function buttonWord({ state }: Calibration): string {
  if (state === 'running') return 'Stop';
  return state === 'none' ? 'Measure' : 'Measure again';
}

function stateWords({ state, modelName }: Calibration, hasModel: boolean): string {
  switch (state) {
    case 'none':
      return hasModel ? 'Not measured yet.' : 'There is no model to measure with yet.';
    case 'running':
      return `Measuring with ${modelName ?? 'the model in use'}. Questions of yours still go first.`;
    case 'done':
      return `Measured with ${modelName ?? 'the model in use'}.`;
    case 'failed':
      return 'The measurement did not finish.';
  }
}

function SpeedPicture({ calibration }: { readonly calibration: Calibration }) {
  const bars = speedBars(calibration);
  if (bars.length === 0) return null;
  return (
    <ul className="speed-bars" aria-label="Measured speed">
      {bars.map(({ name, tokensPerSecond, share }) => (
        <li key={name}>
          <span>{name}</span>
          <span className="speed-track" aria-hidden="true">
            <span style={{ width: `${String(share * 100)}%` }} />
          </span>
          <span className="speed-rate">{formatRate(tokensPerSecond)}</span>
        </li>
      ))}
    </ul>
  );
}
