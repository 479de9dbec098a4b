/** Wires what answers: the preparation, the probe's result, the current model, the engine process. */
import { createEngineSupervisor, type EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { Engine, GenerateEvent } from '../engine/ports.ts';
import type { ProbeOutcome } from '../engine/probe.ts';
import type { Hub } from '../hub/hub.ts';
import { createModelLibrary, type ModelLibrary } from '../models/library.ts';
import { inspectModel } from '../models/model-file.ts';
import { drop } from '../platform/drop.ts';
import type { NodeConfig, NodePorts } from './compose-node.ts';
import { planEngine } from './engine-plan.ts';
import type { OpenSettings } from './open-settings.ts';
import { createPreparation, type Preparation } from './prepare.ts';
import { setupSteps } from './setup-steps.ts';

export interface NodeEngine {
  /** Waits for the preparation, then answers with the current model. */
  readonly engine: Engine;
  readonly supervisor: EngineSupervisor;
  readonly library: ModelLibrary;
  readonly preparation: Preparation;
  /** Tests every backend anew, whatever is remembered. */
  probeAgain(): void;
}

export function composeEngine(
  config: NodeConfig,
  ports: NodePorts & { readonly hub: Hub; readonly settings: OpenSettings },
): NodeEngine {
  const { hub, settings, log } = ports;
  let probe: ProbeOutcome | null = null;
  let isAskedAgain = false;
  const supervisor = createEngineSupervisor(ports);
  supervisor.onChange((change) => {
    // While backends are tested the engine is off, which is not what the owner should read.
    if (probe) hub.dispatch({ type: 'engine-changed', change });
  });
  const library = createModelLibrary({
    store: {
      read: settings.current,
      write: (modelPaths, currentModelId) => {
        settings.change({ modelPaths: [...modelPaths], currentModelId });
      },
    },
    inspect: inspectModel,
    onChange: (current, known) => {
      hub.dispatch({ type: 'models-changed', current, known });
      supervisor.use(planEngine(current, probe));
    },
  });
  const steps = setupSteps(config, {
    ...ports,
    engine: supervisor,
    onStarter: library.setStarter,
    onProbing: () => {
      probe = null;
      hub.dispatch({ type: 'engine-changed', change: { state: 'probing' } });
    },
    onProbed: (outcome) => {
      probe = outcome;
      hub.dispatch({ type: 'candidates-found', candidates: outcome.candidates });
      supervisor.use(planEngine(library.current(), outcome));
      hub.dispatch({ type: 'engine-changed', change: supervisor.summary() });
    },
    takeProbeAgain: () => {
      const asked = isAskedAgain;
      isAskedAgain = false;
      return asked;
    },
  });
  const preparation = createPreparation(steps, hub.dispatch);
  return {
    engine: {
      async *generate(request, signal) {
        try {
          await preparation.ready(signal);
        } catch (error) {
          if (!signal.aborted) throw error;
          yield STOPPED_BEFORE_START;
          return;
        }
        yield* supervisor.generate(request, signal);
      },
    },
    supervisor,
    library,
    preparation,
    probeAgain() {
      isAskedAgain = true;
      drop(preparation.run(), 'testing the backends again', log);
    },
  };
}

/** What whoever asked gets when they stop waiting for the preparation. */
const STOPPED_BEFORE_START: GenerateEvent = {
  type: 'end',
  reason: 'cancelled',
  counts: { prompt: 0, cached: 0, output: 0 },
  timings: { queuedMs: 0, prefillMs: 0, firstTokenMs: null, totalMs: 0 },
};
