/** The steps of the first start, made of what the models and engine folders offer. */
import { probeBackends, type ProbeOutcome } from '../engine/probe.ts';
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { inspectModel } from '../models/model-file.ts';
import { prepareStarter } from '../models/prepare-starter.ts';
import { installedPacks } from '../models/pack-folder.ts';
import { isStarterFile } from '../models/starter-file.ts';
import { STARTER_FILE, STARTER_GOLDEN } from '../models/starter-golden.ts';
import { AppError } from '../platform/app-error.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { NodeConfig, NodePorts } from './compose-node.ts';
import { systemPacks } from './models-packs.ts';
import type { Step, StepEnd } from './prepare.ts';

export interface SetupPorts extends NodePorts {
  readonly engine: Pick<EngineSupervisor, 'load'>;
  /** Resolves when the owner's models are known, so that the right one is loaded. */
  readonly modelsOpened: Promise<void>;
  readonly onStarter: (starter: ModelInfo) => void;
  /** Runs the test with the engine off, and puts its outcome to use. `again` is true when the owner asked for it. */
  readonly whileProbing: (test: (again: boolean) => Promise<ProbeOutcome>) => Promise<ProbeOutcome>;
}

export function setupSteps(config: NodeConfig, ports: SetupPorts): readonly Step[] {
  const packs = config.packSource ?? systemPacks();
  let starterPath = config.paths.builtStarter;
  let isFirstTime = false;

  async function prepareTestModel(
    signal: AbortSignal,
    onProgress: Parameters<Step['run']>[1],
  ): Promise<StepEnd> {
    const { shippedStarter, paths, starterSource } = config;
    const isShipped = shippedStarter !== null && (await isStarterFile(shippedStarter));
    starterPath = isShipped ? shippedStarter : paths.builtStarter;
    const isThere = isShipped || (await isStarterFile(starterPath));
    if (!isThere) {
      await prepareStarter({
        ...ports,
        sourceFolder: starterSource,
        targetPath: starterPath,
        signal,
        onProgress: ({ fraction }) => {
          onProgress(fraction, 'Converting its weights');
        },
      });
    }
    ports.onStarter(await inspectModel(starterPath));
    return { detail: isThere ? 'Already there' : 'Built and checked', skipped: isThere };
  }

  async function testBackends(
    signal: AbortSignal,
    onProgress: Parameters<Step['run']>[1],
  ): Promise<StepEnd> {
    const outcome = await ports.whileProbing((again) =>
      probeBackends({
        ...ports,
        starterPath,
        starterSha256: STARTER_FILE.sha256,
        golden: STARTER_GOLDEN,
        lullVersion: config.app.version,
        storePath: config.paths.probe,
        packs: installedPacks(config.paths.packs, packs.pins),
        again,
        signal,
        onProgress,
      }),
    );
    isFirstTime = !outcome.remembered;
    const chosen = outcome.candidates.find(({ state }) => state === 'chosen');
    if (!chosen) throw new AppError('engine-unavailable');
    return { detail: chosen.why, skipped: outcome.remembered };
  }

  async function loadModel(signal: AbortSignal): Promise<StepEnd> {
    // Later starts leave the device asleep until there is a question.
    if (!isFirstTime) return { detail: 'With the first question', skipped: true };
    await untilAborted(ports.modelsOpened, signal);
    await ports.engine.load(signal);
    return { detail: 'Ready' };
  }

  const starter: Step = {
    id: 'starter',
    title: 'Prepare the test model',
    run: prepareTestModel,
  };
  // A modest engine runs on one thread of the processor, which needs no test.
  if (config.engine === 'modest') return [starter];
  return [
    starter,
    { id: 'backends', title: 'Test what this computer can run a model on', run: testBackends },
    { id: 'load', title: 'Load the model', isOptional: true, run: loadModel },
  ];
}
