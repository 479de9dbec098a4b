/** What the self-test asks of a node: which engine it is, the answer known in advance, a short greedy one, the heat. */
import { readProbeFacts } from '../engine/probe-facts-adapter.ts';
import { ownCard } from '../governor/own-card.ts';
import type { Sensors } from '../governor/sensors.ts';
import type { GreedyAnswer, HeatProbe, SelfTestFacts } from '../governor/self-test.ts';
import type { ModelInfo, Snapshot } from '../ipc/snapshot.ts';
import { DEFAULT_SAMPLING } from '../protocol/generate.ts';
import type { GateParts } from './node-gate.ts';
import { chosenDevice } from './node-facts.ts';
import { ENGINE } from './served-model.ts';

/** Short, and nothing that a model could answer in two ways. */
const QUESTION = 'Count from one to ten in English words.';
const ANSWER_TOKENS = 16;

export interface SelfTestNode {
  facts(): SelfTestFacts | null;
  golden(): Promise<'right' | 'wrong' | 'no-golden'>;
  answer(signal: AbortSignal): Promise<GreedyAnswer>;
  heat(): Promise<HeatProbe | null>;
}

type Parts = Pick<GateParts, 'hub' | 'answers' | 'library' | 'hashes'> & {
  readonly sensors: Sensors;
  /** The file's hash is known now. */
  readonly onHash: () => void;
};

export function selfTestNode(parts: Parts): SelfTestNode {
  const { hub, answers, library, hashes, sensors, onHash } = parts;
  let hashed: { readonly model: ModelInfo; readonly sha256: string } | null = null;
  let hashing: ModelInfo | null = null;
  const drivers = readProbeFacts({ lullVersion: '', starterSha256: '' }).drivers.join('\n');

  /** Of a large file it takes a minute, once. */
  const hashOf = (model: ModelInfo): string | null => {
    if (hashed !== null && isSame(hashed.model, model)) return hashed.sha256;
    if (hashing !== null && isSame(hashing, model)) return null;
    hashing = model;
    hashes.sha256Of(model).then(
      (sha256) => {
        hashed = { model, sha256 };
        onHash();
      },
      // Whoever offers the model says why its file cannot be read.
      () => undefined,
    );
    return null;
  };

  return {
    facts() {
      const { engine, settings, setup } = hub.snapshot();
      const model = library.current();
      if (setup.phase !== 'done' || model === null) return null;
      const modelSha256 = hashOf(model);
      if (modelSha256 === null) return null;
      const { server } = settings.engine;
      const { backend, name } = chosenDevice(engine);
      return {
        modelSha256,
        engineVersion: server === null ? ENGINE : `${server.baseUrl} ${server.model}`,
        backend: server === null ? backend : 'external',
        device: name ?? '',
        driver: backend === 'cpu' ? '' : drivers,
      };
    },
    golden() {
      const { engine, settings, model } = hub.snapshot();
      if (model.current?.isStarter !== true || settings.engine.server !== null)
        return Promise.resolve('no-golden');
      return Promise.resolve(goldenOf(engine));
    },
    async answer(signal) {
      const tokenIds: number[] = [];
      const logprobs: number[] = [];
      const request = {
        turns: [{ role: 'user', text: QUESTION }],
        sampling: { ...DEFAULT_SAMPLING, temperature: 0 },
        maxTokens: ANSWER_TOKENS,
        stop: [],
        topLogprobs: hub.snapshot().settings.engine.server === null ? 1 : 0,
      } as const;
      for await (const event of answers.generate(request, signal)) {
        if (event.type !== 'tokens') continue;
        tokenIds.push(...event.tokenIds);
        for (const { logprob } of event.logprobs ?? []) logprobs.push(logprob);
      }
      return { tokenIds, logprobs };
    },
    async heat() {
      const { engine, settings } = hub.snapshot();
      const device = chosenDevice(engine);
      if (device.kind === 'cpu') return null;
      const { card, whyUnknown } = ownCard(await sensors.look(), device);
      const value = card?.value;
      return {
        celsius: value?.celsius ?? value?.junctionCelsius ?? null,
        whyUnknown,
        isWaived: settings.governor.servesWithoutHeat,
      };
    },
  };
}

/** The test of the backends has asked it already. */
function goldenOf({ candidates }: Snapshot['engine']): 'right' | 'wrong' | 'no-golden' {
  const answer = candidates.find(({ state }) => state === 'chosen')?.goldenAnswer ?? null;
  if (answer === null) return 'no-golden';
  return answer ? 'right' : 'wrong';
}

function isSame(one: ModelInfo, other: ModelInfo): boolean {
  return one.path === other.path && one.version === other.version;
}
