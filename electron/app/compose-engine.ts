/** Wires what answers: the preparation, the probe's result, the current model, the engine process. */
import {
  createEngineSupervisor,
  DEFAULT_SUPERVISOR_LIMITS,
  type EngineSupervisor,
} from '../engine/engine-supervisor.ts';
import { CANCELLED_BEFORE_START } from '../engine/cancelled-before-start.ts';
import type { EngineRequest } from '../engine/ports.ts';
import type { EnginePlan } from '../engine/engine-plan.ts';
import type { ProbeOutcome } from '../engine/probe.ts';
import type { Hub } from '../hub/hub.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { createModelLibrary, type ModelLibrary } from '../models/library.ts';
import { inspectModel } from '../models/model-file.ts';
import type { AppError } from '../platform/app-error.ts';
import { createDeferred } from '../platform/deferred.ts';
import { drop } from '../platform/drop.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { chatSampling } from './chat-sampling.ts';
import type { NodeConfig, NodePorts } from './compose-node.ts';
import { engineMemory } from './engine-memory.ts';
import { modestPlan, planEngine } from './engine-plan.ts';
import type { OpenSettings } from './open-settings.ts';
import { createOwnersUse, type OwnersUse } from './owners-use.ts';
import { createPreparation, type Preparation } from './prepare.ts';
import { removeSavedStates } from './saved-states.ts';
import { setupSteps } from './setup-steps.ts';
import type { GenerateEvent, Sampling } from '../protocol/generate.ts';

/** `chat` samples as people expect of a chat with the model that turns out to answer. */
export type NodeRequest = Omit<EngineRequest, 'sampling'> & {
  readonly sampling: Sampling | 'chat';
};

/** Waits until everything is prepared, then answers with the current model. */
export interface NodeAnswers {
  generate(request: NodeRequest, signal: AbortSignal): AsyncIterable<GenerateEvent>;
}

export interface NodeEngine {
  readonly engine: NodeAnswers;
  /** The same for Lull's own questions, which make the engine nobody's. */
  readonly unowned: NodeAnswers;
  readonly supervisor: EngineSupervisor;
  readonly owners: OwnersUse;
  readonly library: ModelLibrary;
  readonly preparation: Preparation;
  /**
   * Reads the list of models and opens the one that the command line names; until then no question is answered.
   * @returns why models on the list cannot be used now
   * @throws AppError why the named one cannot be used
   */
  openModels(): Promise<readonly AppError[]>;
  /** Tests every backend anew, whatever is remembered. */
  probeAgain(): void;
  /** Lets go of everything that is kept of the owner's conversations beside the conversations themselves. */
  forgetConversations(): void;
  /** The settings for the engine are others; ends the engine if it runs by the old ones. */
  replan(): void;
}

const MODEST_LIMITS = { ...DEFAULT_SUPERVISOR_LIMITS, idleExitMs: 60_000 };

export function composeEngine(
  config: NodeConfig,
  ports: NodePorts & { readonly hub: Hub; readonly settings: OpenSettings },
): NodeEngine {
  const { hub, settings, clock, log } = ports;
  const owners = createOwnersUse(clock);
  let probe: ProbeOutcome | null = null;
  let isProbing = false;
  let isAskedAgain = false;
  const isModest = config.engine === 'modest';
  const supervisor = createEngineSupervisor(
    { ...ports, memory: engineMemory(hub, clock, ports.sensors) },
    isModest ? MODEST_LIMITS : DEFAULT_SUPERVISOR_LIMITS,
  );
  const planFor = (model: ModelInfo | null): EnginePlan | null => {
    if (isModest) return model && modestPlan(model);
    const { cacheFolder } = config.paths;
    const { known } = hub.snapshot().model;
    return planEngine({ model, probe, settings: settings.current().engine, cacheFolder, known });
  };
  const showEngine = (): void => {
    // While backends are tested the engine is off, which is not what the owner should read.
    if (isProbing) hub.dispatch({ type: 'engine-changed', change: { state: 'probing' } });
    else if (probe) hub.dispatch({ type: 'engine-changed', change: supervisor.summary() });
  };
  supervisor.onChange(showEngine);
  const library = createModelLibrary({
    store: {
      read: settings.current,
      write: (modelPaths, currentModelId) => {
        const { engine, currentModelId: before } = settings.current();
        // A server was named for the model that it runs, whose tokens are counted; it does not run another.
        const isAnother = currentModelId !== before && engine.server !== null;
        const next = isAnother ? { ...engine, server: null } : engine;
        settings.change({ modelPaths: [...modelPaths], currentModelId, engine: next });
        if (isAnother) hub.dispatch({ type: 'settings-changed', change: { engine: next } });
      },
    },
    async inspect(path) {
      const model = await inspectModel(path);
      return { ...model, name: config.nameOf?.(model) ?? model.name };
    },
    onChange: (current, known) => {
      hub.dispatch({ type: 'models-changed', current, known });
      supervisor.use(planFor(current));
    },
  });
  const models = createDeferred<undefined>();
  const preparation = createPreparation(
    setupSteps(config, {
      ...ports,
      engine: supervisor,
      modelsOpened: models.promise,
      onStarter: library.setStarter,
      async whileProbing(test) {
        isProbing = true;
        showEngine();
        // Asked for once is tested once, also when that test is stopped.
        const again = isAskedAgain;
        isAskedAgain = false;
        try {
          await supervisor.unload();
          probe = await test(again);
          hub.dispatch({ type: 'candidates-found', candidates: probe.candidates });
          return probe;
        } catch (error) {
          // A test that was stopped takes nothing back of what an earlier one found.
          if (probe) return probe;
          throw error;
        } finally {
          isProbing = false;
          supervisor.use(planFor(library.current()));
          showEngine();
        }
      },
    }),
    hub.dispatch,
  );
  const unowned: NodeAnswers = {
    async *generate(request, signal) {
      try {
        await preparation.ready(signal);
        await untilAborted(models.promise, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        yield CANCELLED_BEFORE_START;
        return;
      }
      const { sampling, relay } = request;
      const chosen = sampling === 'chat' ? chatSampling(library.current()) : sampling;
      yield* supervisor.generate({ ...request, sampling: chosen, relay }, signal);
    },
  };
  return {
    unowned,
    engine: {
      generate(request, signal) {
        const events = unowned.generate(request, signal);
        return request.relay === undefined ? owners.counted(events) : events;
      },
    },
    supervisor,
    owners,
    library,
    preparation,
    async openModels() {
      try {
        const absent = await library.load();
        if (config.modelPath !== null) await library.open(config.modelPath);
        return absent.map(({ error }) => error);
      } finally {
        models.resolve(undefined);
      }
    },
    forgetConversations() {
      supervisor.forgetOwner();
      drop(removeSavedStates(config.paths.cacheFolder), 'removing saved states', log);
    },
    replan() {
      if (!isProbing) supervisor.use(planFor(library.current()));
    },
    probeAgain() {
      isAskedAgain = true;
      drop(preparation.runAgain(), 'testing the backends again', log);
    },
  };
}
