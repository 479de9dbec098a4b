/** The preparation in one line, above the composer of a conversation that is being read meanwhile. */
import { formatPercent } from '../../format/numbers.ts';
import { needsSetup, runningStep } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';

export function SetupLine() {
  const shown = useApp(needsSetup);
  const setup = useApp((state) => state.snapshot?.setup);
  const { retrySetup, cancelSetup } = useActions();
  if (!shown || !setup) return null;
  const step = runningStep(setup.steps);
  const share = step?.progress == null ? '' : `, ${formatPercent(step.progress)}`;
  const running = setup.phase === 'running';
  const ended = setup.phase === 'failed' ? setup.failure?.message : 'Getting ready was stopped.';
  return (
    <div className="strip strip-setup">
      <p>{running ? `Getting ready: ${step?.title ?? 'starting'}${share}` : ended}</p>
      {running ? (
        <Button look="quiet" onClick={() => void cancelSetup()}>
          Cancel
        </Button>
      ) : (
        <Button look="quiet" onClick={() => void retrySetup()}>
          Try again
        </Button>
      )}
    </div>
  );
}
