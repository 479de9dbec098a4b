/** Which model would answer, and whether it could just now. */
import { shortEngineState } from '../../format/words.ts';
import { useApp } from '../../store/use-app.tsx';

export function ModelLine() {
  const state = useApp((app) => app.snapshot?.engine.state);
  const isStarter = useApp((app) => app.snapshot?.model.current?.isStarter);
  const name = useApp((app) => app.snapshot?.model.current?.name);
  if (state === undefined) return null;
  return (
    <p className="model-line" title={name}>
      <span className={`engine-dot engine-dot-${state}`} aria-hidden="true" />
      <span className="model-line-name">
        {isStarter === true ? 'Test model' : (name ?? 'No model')}
      </span>
      <span className="model-line-state">{shortEngineState(state)}</span>
    </p>
  );
}
