/** Which model would answer, and whether it could just now. */
import type { EngineState, ExternalServer } from '../../../electron/ipc/snapshot.ts';
import { serverName } from '../../format/server-words.ts';
import { shortEngineState } from '../../format/words.ts';
import { usedServer } from '../../store/selectors.ts';
import { useApp } from '../../store/use-app.tsx';

export function ModelLine() {
  const state = useApp((app) => app.snapshot?.engine.state);
  const isStarter = useApp((app) => app.snapshot?.model.current?.isStarter);
  const name = useApp((app) => app.snapshot?.model.current?.name);
  const server = useApp(usedServer);
  if (state === undefined) return null;
  return (
    <p className="model-line" title={name}>
      <span className={`engine-dot engine-dot-${state}`} aria-hidden="true" />
      <span className="model-line-name">
        {isStarter === true ? 'Test model' : (name ?? 'No model')}
      </span>
      <span className="model-line-state">
        {server ? serverLine(state, server) : shortEngineState(state)}
      </span>
    </p>
  );
}

/** Whether our own process is awake says nothing about a server. */
function serverLine(state: EngineState['state'], server: ExternalServer): string {
  const name = serverName(server);
  return state === 'working' || state === 'failed' ? `${shortEngineState(state)}, ${name}` : name;
}
