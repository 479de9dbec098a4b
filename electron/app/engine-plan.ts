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
  /** All models that are there. */
  readonly known: readonly ModelInfo[];
}

/** A guess from a model that is not much smaller takes as long as the answer. */
const DRAFT_PART = 5;

/** Null when there is no model, or nothing to run it on. */
export function planEngine(parts: PlanParts): EnginePlan | null {
  const { model, probe, settings, cacheFolder } = parts;
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
    ...(server === null && chosen.backend !== 'cpu' ? draftOf(model, parts.known) : {}),
    cacheFolder,
    server,
  };
}

/** The smallest of the same family; whether the two really go together and gain by it the engine finds out. */
function draftOf(model: ModelInfo, known: readonly ModelInfo[]): Pick<EnginePlan, 'draftPath'> {
  const [smallest] = known
    .filter(({ isStarter, architecture }) => !isStarter && architecture === model.architecture)
    .filter(({ sizeBytes }) => sizeBytes * DRAFT_PART <= model.sizeBytes)
    .sort((one, other) => one.sizeBytes - other.sizeBytes);
  return smallest === undefined ? {} : { draftPath: smallest.path };
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
