/** Which model runs how: the current model on the backend that the probe chose. */
import type { EnginePlan } from '../engine/engine-plan.ts';
import type { ProbeOutcome } from '../engine/probe.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';

/** How many answers are written side by side. */
const SEQUENCES = 4;

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
    sequences: SEQUENCES,
    contextTokens: null,
  };
}

/** Null when there is no model, or nothing to run it on. */
export function planEngine(model: ModelInfo | null, probe: ProbeOutcome | null): EnginePlan | null {
  const chosen = probe?.candidates.find(({ state }) => state === 'chosen');
  if (!model || !probe || !chosen) return null;
  return {
    modelPath: model.path,
    modelVersion: model.version,
    backend: chosen.backend,
    deviceIndex: chosen.deviceIndex,
    device: chosen.device,
    threads: probe.threads,
    isBackground: false,
    sequences: SEQUENCES,
    contextTokens: null,
  };
}
