/** The governor's part in a node: no relay reaches the engine but through it. */
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { Governor } from '../governor/ports.ts';
import type { Hub } from '../hub/hub.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { ModelHashes } from '../models/model-sha256.ts';
import type { NodeAnswers } from './compose-engine.ts';
import type { OwnersUse } from './owners-use.ts';

export type RelayGate = Pick<Governor, 'admits' | 'gate' | 'look'>;

/** Whether peers can find what is offered; as it is just now. */
export interface NodePlace {
  readonly isReachable: boolean;
  readonly isOffering: boolean;
}

export interface GatePorts<Gate extends RelayGate> {
  readonly makeGate: (parts: GateParts) => Gate;
}

export interface GateParts {
  readonly hub: Hub;
  readonly place: NodePlace;
  readonly engine: Pick<EngineSupervisor, 'load' | 'paceRelays' | 'release' | 'pid'>;
  readonly owners: OwnersUse;
  /** For Lull's own questions. */
  readonly answers: NodeAnswers;
  readonly library: Pick<ModelLibrary, 'current'>;
  readonly hashes: ModelHashes;
  readonly raise: (error: unknown) => void;
}
