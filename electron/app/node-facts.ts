/** What the governor has to know about the node: what the window shows of it, and what its engine holds. */
import type { NodeFacts } from '../governor/ports.ts';
import type { BackendName, EngineState, Setup, Snapshot } from '../ipc/snapshot.ts';
import type { NodePlace } from './node-gate.ts';
import type { OwnersUse } from './owners-use.ts';

export interface NodeFactsParts {
  readonly place: NodePlace;
  readonly owners: Pick<OwnersUse, 'isAnswering' | 'isRecent'>;
  readonly selfTest: NodeFacts['selfTest'];
  readonly rate: NodeFacts['rate'];
}

/** States of an engine whose model is there, and of one that has a process at all. */
const LOADED: ReadonlySet<EngineState['state']> = new Set(['ready', 'working']);
const HOLDING: ReadonlySet<EngineState['state']> = new Set(['loading', 'ready', 'working']);

export function nodeFacts(snapshot: Snapshot, parts: NodeFactsParts): NodeFacts {
  const { setup, engine, model, network, settings } = snapshot;
  const { place, owners, selfTest, rate } = parts;
  const hasNetwork = network.state === 'ready';
  const { kind, name } = chosenDevice(engine);
  return {
    model: model.current === null ? 'none' : 'ready',
    engine: engineFact(setup, engine, place.isOffering || !hasNetwork),
    network: hasNetwork && !place.isReachable ? 'starting' : network.state,
    selfTest,
    device: { kind, name },
    holdsMemory: HOLDING.has(engine.state),
    isPausable: LOADED.has(engine.state) && settings.engine.server === null,
    isAnswering: owners.isAnswering(),
    isOwners: owners.isRecent(),
    rate,
  };
}

/** Where the current model computes; what another server computes on is most likely the same. */
export function chosenDevice({ candidates }: Pick<EngineState, 'candidates'>): {
  readonly kind: 'cpu' | 'gpu';
  readonly backend: BackendName;
  readonly name: string | null;
} {
  const chosen = candidates.find(({ state }) => state === 'chosen');
  const backend = chosen?.backend ?? 'cpu';
  return {
    kind: backend === 'cpu' ? 'cpu' : 'gpu',
    backend,
    name: backend === 'cpu' ? null : (chosen?.device?.name ?? null),
  };
}

/** @param isOffered false while a model's file is still being read, for example */
function engineFact({ phase }: Setup, { state }: EngineState, isOffered: boolean) {
  if (state === 'failed' || phase === 'failed' || phase === 'cancelled') return 'failed';
  return phase === 'done' && isOffered ? 'ready' : 'preparing';
}
