/** Which model runs how: the current model on the backend that the probe chose. */
import type { EnginePlan } from '../engine/engine-plan.ts';
import type { ProbeOutcome } from '../engine/probe.ts';
import type { Device, EngineSettings, ExternalServer, ModelInfo } from '../ipc/snapshot.ts';

/** How many answers may be written side by side, if there is memory for them. */
const SEQUENCES = 8;
/** What runs behind everything else takes no more memory than it needs. */
const MODEST_SEQUENCES = 4;

/** The neighbour's: one thread of the processor, behind everything else, and gone a minute after its last answer. */
export function modestPlan(model: ModelInfo): EnginePlan {
  return {
    modelPath: model.path,
    modelVersion: model.version,
    backend: 'cpu',
    deviceIndex: null,
    device: null,
    threads: 1,
    isBackground: true,
    sequences: MODEST_SEQUENCES,
    contextTokens: null,
  };
}

export interface PlanParts {
  readonly model: ModelInfo | null;
  readonly probe: ProbeOutcome | null;
  readonly settings: EngineSettings;
  readonly cacheFolder: string;
}

/** Null when there is no model, or nothing to run it on. */
export function planEngine({ model, probe, settings, cacheFolder }: PlanParts): EnginePlan | null {
  const chosen = probe?.candidates.find(({ state }) => state === 'chosen');
  if (!model || !probe || !chosen) return null;
  const { kvType, server } = settings;
  return {
    modelPath: model.path,
    modelVersion: model.version,
    // What another server computes on is its own affair; here a model file is only read.
    ...(server === null
      ? placeOf(chosen, probe)
      : { backend: 'cpu', deviceIndex: null, device: at(server) }),
    threads: probe.threads,
    isBackground: false,
    sequences: SEQUENCES,
    contextTokens: null,
    kvType,
    cacheFolder,
    server,
  };
}

function placeOf(chosen: ProbeOutcome['candidates'][number], { packs }: ProbeOutcome) {
  const { backend, deviceIndex, device } = chosen;
  // A pack that is of no use to this backend must not end its process when it comes or goes.
  return { backend, deviceIndex, device, ...(backend === 'cuda' ? { packs } : {}) };
}

function at({ baseUrl }: ExternalServer): Device {
  const host = URL.parse(baseUrl)?.host ?? baseUrl;
  return { name: `the server at ${host}`, kind: 'unknown', memoryBytes: null };
}
