/** *Try earning*: the neighbour asks this computer ten questions, after a click and never before. */
import type { Earnings } from '../../../electron/ipc/network.ts';
import { assertNever } from '../../assert-never.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Progress } from '../../ui/Progress.tsx';

export function TrialCard() {
  const trial = useApp((state) => state.snapshot?.earnings.trial);
  const hasServed = useApp((app) => (app.snapshot?.earnings.relaysServed ?? 0) > 0);
  const { tryEarning, stopEarning } = useActions();
  if (!trial) return null;
  const { state, asked, of, failure } = trial;
  const isRunning = state === 'running';
  return (
    <Card
      title="Try earning"
      actions={
        isRunning ? (
          <Button onClick={() => void stopEarning()}>Stop</Button>
        ) : (
          <Button // Once it was tried, Collect is the next thing to do.
            look={state === 'idle' && !hasServed ? 'primary' : 'plain'}
            onClick={() => void tryEarning()}
          >
            {state === 'idle' ? 'Try earning' : 'Try again'}
          </Button>
        )
      }
    >
      <p>
        The neighbour, a second Lull inside this one, asks your computer ten questions, one after
        the other. It pays with practice money.
      </p>
      {isRunning ? <Progress label="Questions asked" value={of === 0 ? null : asked / of} /> : null}
      <p className="quiet" role="status">
        {trialWords(trial)}
      </p>
      {state === 'failed' && failure ? <FailureNote failure={failure} /> : null}
    </Card>
  );
}

function trialWords({ state, asked, of }: Earnings['trial']): string {
  const share = `${String(asked)} of ${String(of)}`;
  switch (state) {
    case 'idle':
      return 'Nothing leaves this computer, and nothing runs before you click.';
    case 'running':
      return `${share} questions asked`;
    case 'done':
      return `${share} questions asked. The receipts are below.`;
    case 'failed':
      return `It ended after ${share} questions.`;
    default:
      return assertNever(state);
  }
}
