/** What the self-test asks of a node: which engine it is, the answer known in advance, a short greedy one, the heat. */
import { readProbeFacts } from '../engine/probe-facts-adapter.ts';
import { ownCard } from '../governor/own-card.ts';
import type { Sensors } from '../governor/sensors.ts';
import type { GreedyAnswer, HeatProbe, SelfTestFacts } from '../governor/self-test.ts';
import type { ModelInfo, Snapshot } from '../ipc/snapshot.ts';
import { STARTER_GOLDEN } from '../models/starter-golden.ts';
import { AppError } from '../platform/app-error.ts';
import { DEFAULT_SAMPLING, type ChatTurn, type GenerateEvent } from '../protocol/generate.ts';
import type { NodeRequest } from './compose-engine.ts';
import type { GateParts } from './node-gate.ts';
import { chosenDevice } from './node-facts.ts';
import { ENGINE } from './served-model.ts';

/** Short, and nothing that a model could answer in two ways. */
const QUESTION = [{ role: 'user', text: 'Count from one to ten in English words.' }] as const;
const ANSWER_TOKENS = 16;
/** Shares nothing with what is kept of the owner's conversations. */
const CACHE_KEY = 'self-test';

export interface SelfTestNode {
  /** Whether neither the engine nor a card would have to be asked. */
  isFree(): boolean;
  facts(): SelfTestFacts | null;
  golden(signal: AbortSignal): Promise<'right' | 'wrong' | 'no-golden'>;
  answer(signal: AbortSignal): Promise<GreedyAnswer>;
  heat(): Promise<HeatProbe | null>;
  /** Whether nobody has looked at the current model's file yet, though it is there. */
  needsFile(): boolean;
  /** Resolved once that file is known by its hash, or cannot be read. Of a large one it takes a minute, once. */
  knowFile(): Promise<void>;
}

type Parts = Pick<GateParts, 'hub' | 'answers' | 'engine' | 'owners' | 'library' | 'hashes'> & {
  readonly sensors: Pick<Sensors, 'look'>;
  /** Whether the engine may be asked now: a game may have begun since the test was wanted. */
  readonly mayAsk: () => boolean;
  /** Whether the owner wants it: then nothing is taken from memory. */
  readonly isOwnersWish: () => boolean;
};

export function selfTestNode(parts: Parts): SelfTestNode {
  const { hub, answers, engine, owners, library, hashes, sensors } = parts;
  /** The hash is null when the file could not be read. */
  let hashed: { readonly model: ModelInfo; readonly sha256: string | null } | null = null;
  const drivers = readProbeFacts({ lullVersion: '', starterSha256: '' }).drivers.join('\n');
  const server = () => hub.snapshot().settings.engine.server;

  const isStarter = () => hub.snapshot().model.current?.isStarter === true && server() === null;
  /** The test of the backends has asked it already. */
  const isAnswered = () => isStarter() && isRight(hub.snapshot().engine);

  /** A load that nobody else waits for ends with the test. */
  async function* loaded(request: NodeRequest, signal: AbortSignal): AsyncGenerator<GenerateEvent> {
    await engine.load(signal);
    yield* answers.generate(request, signal);
  }

  const ask = async (
    turns: readonly ChatTurn[],
    maxTokens: number,
    signal: AbortSignal,
  ): Promise<GreedyAnswer> => {
    const tokenIds: number[] = [];
    const logprobs: number[] = [];
    const request = {
      turns,
      sampling: { ...DEFAULT_SAMPLING, temperature: 0 },
      maxTokens,
      stop: [],
      topLogprobs: server() === null ? 1 : 0,
      cacheKey: CACHE_KEY,
    };
    const events = loaded(request, signal);
    for await (const event of parts.isOwnersWish() ? owners.counted(events) : events) {
      if (event.type !== 'tokens') continue;
      tokenIds.push(...event.tokenIds);
      for (const { logprob } of event.logprobs ?? []) logprobs.push(logprob);
    }
    return { tokenIds, logprobs };
  };

  return {
    isFree: () => isAnswered() && chosenDevice(hub.snapshot().engine).kind === 'cpu',
    facts() {
      const { engine, setup } = hub.snapshot();
      const model = library.current();
      if (setup.phase !== 'done' || model === null) return null;
      if (hashed === null || hashed.sha256 === null || !isSame(hashed.model, model)) return null;
      const external = server();
      const { backend, name } = chosenDevice(engine);
      return {
        modelSha256: hashed.sha256,
        engineVersion: external === null ? ENGINE : `${external.baseUrl} ${external.model}`,
        backend: external === null ? backend : 'external',
        device: name ?? '',
        driver: backend === 'cpu' ? '' : drivers,
      };
    },
    async golden(signal) {
      if (isAnswered() && !parts.isOwnersWish()) return 'right';
      if (!parts.mayAsk()) throw new AppError('owner-returned');
      if (!isStarter()) return 'no-golden';
      const { tokenIds } = STARTER_GOLDEN;
      const answer = await ask(STARTER_GOLDEN.turns, tokenIds.length, signal);
      return isEqual(answer.tokenIds, tokenIds) ? 'right' : 'wrong';
    },
    answer: (signal) => ask(QUESTION, ANSWER_TOKENS, signal),
    async heat() {
      const { engine, settings } = hub.snapshot();
      const device = chosenDevice(engine);
      if (device.kind === 'cpu') return null;
      const { card, whyUnknown } = ownCard(await sensors.look(), device);
      const value = card?.value;
      return {
        celsius: value?.celsius ?? value?.junctionCelsius ?? null,
        whyUnknown,
        // A card that sleeps is cold; the governor judges what it tells once it is awake.
        isWaived: settings.governor.servesWithoutHeat || value?.state === 'asleep',
      };
    },
    needsFile() {
      const model = library.current();
      if (hub.snapshot().setup.phase !== 'done' || model === null) return false;
      return hashed === null || !isSame(hashed.model, model);
    },
    async knowFile() {
      const model = library.current();
      if (model === null) return;
      // Whoever offers the model says why its file cannot be read.
      const sha256 = await hashes.sha256Of(model).catch(() => null);
      hashed = { model, sha256 };
    },
  };
}

function isRight({ candidates }: Snapshot['engine']): boolean {
  return candidates.find(({ state }) => state === 'chosen')?.goldenAnswer === true;
}

function isSame(one: ModelInfo, other: ModelInfo): boolean {
  return one.path === other.path && one.version === other.version;
}

function isEqual(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id, at) => id === other[at]);
}
