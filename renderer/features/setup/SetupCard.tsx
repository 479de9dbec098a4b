/** The first minute: what Lull prepares, step by step, with a way to stop and to try again. */
import type { Setup, SetupStep } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { LullMark } from '../../ui/LullMark.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { StepIcon } from './StepIcon.tsx';

const HEADINGS: Readonly<Record<Setup['phase'], string>> = {
  running: 'Getting ready',
  done: 'Ready',
  failed: 'Getting ready did not work',
  cancelled: 'Getting ready was stopped',
};

const STATES: Readonly<Record<SetupStep['state'], string>> = {
  waiting: 'Waiting',
  running: 'In progress',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Not needed',
  cancelled: 'Stopped',
};

export function SetupCard() {
  const setup = useApp((state) => state.snapshot?.setup);
  const { cancelSetup, retrySetup, showTab } = useActions();
  if (!setup) return null;
  const running = setup.phase === 'running';
  return (
    <section className="setup" aria-labelledby="setup-heading">
      <LullMark size={36} />
      <h2 id="setup-heading">{HEADINGS[setup.phase]}</h2>
      <p className="setup-intro">
        {running
          ? 'Lull tests how this computer runs a model best. This happens once and usually takes less than a minute.'
          : 'Nothing is lost. The steps that are done are not repeated.'}
      </p>
      <ol className="setup-steps">
        {setup.steps.map((step) => (
          <StepRow key={step.id} step={step} running={running} />
        ))}
      </ol>
      {setup.failure && setup.phase === 'failed' ? <FailureNote failure={setup.failure} /> : null}
      <div className="setup-actions">
        {running ? (
          <Button onClick={() => void cancelSetup()}>Cancel</Button>
        ) : (
          <>
            <Button look="primary" onClick={() => void retrySetup()}>
              Try again
            </Button>
            <Button
              onClick={() => {
                showTab('models');
              }}
            >
              Choose a model
            </Button>
          </>
        )}
      </div>
    </section>
  );
}

interface StepProps {
  readonly step: SetupStep;
  /** Whether the preparation as a whole goes on. */
  readonly running: boolean;
}

function StepRow({ step, running }: StepProps) {
  const now = step.state === 'running';
  const neverBegan = step.state === 'waiting' && !running;
  return (
    <li className={`setup-step setup-step-${step.state}`} aria-current={now ? 'step' : undefined}>
      <StepIcon state={step.state} />
      <div className="setup-step-body">
        <p className="setup-step-title">
          {step.title}
          <span className="setup-step-state">
            {neverBegan ? 'Not started' : STATES[step.state]}
          </span>
        </p>
        {step.detail === null ? null : <p className="setup-step-detail">{step.detail}</p>}
        {now ? <Progress label={step.title} value={step.progress} /> : null}
      </div>
    </li>
  );
}
