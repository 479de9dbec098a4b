/** Loads a model with node-llama-cpp and offers it to the scheduler. */
import type { BatchItem, LlamaContext, LlamaModel, PrioritizedBatchItem } from 'node-llama-cpp';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { isLarge, mostPromptTokens, sharesBatches, usesFlashAttention } from './batching.ts';
import {
  assertFits,
  chooseShape,
  contextRange,
  tokensBesideLayers,
  type ContextRange,
  type EngineShape,
} from './fit.ts';
import { kvBytes, kvOptions } from './kv-type.ts';
import { settleLog, type LlamaBackend } from './llama-backend-adapter.ts';
import { cacheBytesOf, readHeader } from './llama-header-adapter.ts';
import { loadDraft, type LoadedDraft } from './llama-draft-adapter.ts';
import { promptRules, type PromptRules } from './llama-prompt-adapter.ts';
import { asTokens } from './llama-evaluate-adapter.ts';
import { llamaSequence } from './llama-sequence-adapter.ts';
import type { LoadOptions, LoadReport } from './messages.ts';
import type { ModelContext } from './model-context.ts';
import { measureStepCosts } from './speculation-costs.ts';
import { draftPays, pays } from './speculation-rule.ts';

/** On a slow disk, behind everything else that the computer does. */
const HEADER_MS = 60_000;

export interface LoadedModel {
  readonly context: ModelContext;
  readonly report: LoadReport;
  /** Most prompt tokens to evaluate in one step. */
  readonly prefillTokens: number;
  /** Whether sequences should share batches. */
  readonly together: boolean;
  /** The most threads to try with this model; null where the count that was given holds. */
  readonly tunableThreads: number | null;
  /** Up to as many as it was loaded with; holds from the next step on. */
  setThreads(threads: number): void;
  dispose(): Promise<void>;
}

export interface LoadHooks {
  onProgress(value: number): void;
  /** Told before each batch how many sequences and tokens are in it. */
  onBatch?(sequences: number, tokens: number): void;
  /** To measure whether guessing pays; left out, nothing is guessed. */
  readonly clock?: Clock;
  /** Told why a small model does not guess beside it. */
  onNote?(message: string): void;
  /** `max` insists on every layer; by default as many go to the device as fit. */
  readonly gpuLayers?: 'max';
}

/** @throws AppError `model-too-large` or `model-load-failed` */
export async function loadModel(
  backend: LlamaBackend,
  options: LoadOptions,
  hooks: LoadHooks,
): Promise<LoadedModel> {
  try {
    return await load(backend, options, hooks);
  } catch (error) {
    throw await loadFailure(error);
  }
}

async function load(
  backend: LlamaBackend,
  options: LoadOptions,
  hooks: LoadHooks,
): Promise<LoadedModel> {
  const { llama } = backend;
  const { range, shape, modelBytes } = await checkedFile(backend, options);
  const model = await llama.loadModel({
    modelPath: options.modelPath,
    gpuLayers: gpuLayers(options, shape, hooks.gpuLayers),
    onLoadProgress: (value) => {
      hooks.onProgress(value);
    },
  });
  const most = options.tuneThreads && isLarge(modelBytes) ? backend.mostThreads : options.threads;
  const threads = Math.max(most, options.threads);
  // A context is clamped to what is allowed when it is made.
  llama.maxThreads = threads;
  const kvType = options.kvType ?? 'f16';
  const prefillTokens = mostPromptTokens(options.backend, modelBytes, kvType);
  const context = await model.createContext({
    sequences: shape.sequences,
    contextSize: { min: range.min, max: shape.contextTokens },
    threads,
    batchSize: prefillTokens + shape.sequences,
    flashAttention: usesFlashAttention(options.backend, kvType) ? 'auto' : false,
    ...kvOptions(kvType),
    batching: { itemPrioritizationStrategy: (batch) => everybody(batch.items, hooks) },
  });
  llama.maxThreads = options.threads;
  const rules = await promptRules(model);
  await settleLog();
  const facts = report(backend, options, shape, model, context);
  // On the device nothing waits for the processor, and its threads would only spin.
  const isOnDevice = facts.layersOffloaded >= facts.layersTotal;
  const plain = modelContext(model, context, rules, shape.sequences);
  const isProcessor = options.backend === 'cpu' || backend.devices.some((each) => each.isProcessor);
  // On a processor several tokens never pay, and would be rounded differently.
  const { clock } = hooks;
  const looking = isOnDevice && !isProcessor && clock ? await withGuessing(plain, clock) : plain;
  const draft = clock
    ? await draftFor(backend, options, model, looking, { ...hooks, clock })
    : null;
  return {
    context: draft === null ? looking : { ...looking, draft },
    report: { ...facts, speculation: speculationOf(looking, draft) },
    tunableThreads: most > 1 && most !== options.threads && !isOnDevice ? most : null,
    prefillTokens,
    together: sharesBatches(options.backend, modelBytes),
    setThreads(count) {
      llama.maxThreads = Math.min(count, threads);
    },
    async dispose() {
      await draft?.dispose();
      await model.dispose();
    },
  };
}

/** @returns null where nobody is named, and where the large model is not faster for it */
async function draftFor(
  backend: LlamaBackend,
  { draftPath }: LoadOptions,
  target: LlamaModel,
  { stepCosts, contextTokens }: ModelContext,
  { clock, onNote }: LoadHooks & { readonly clock: Clock },
): Promise<LoadedDraft | null> {
  if (draftPath === undefined || stepCosts === undefined) return null;
  const without = (why: string): null => {
    onNote?.(`no small model guesses: ${why}`);
    return null;
  };
  try {
    const wish = { path: draftPath, target: target.fileInfo, contextTokens, clock };
    const draft = await loadDraft(backend, wish);
    if (draft === null) return without('it has other tokens, or there is no room for it');
    if (draftPays(stepCosts, draft.tokenMs)) return draft;
    await draft.dispose();
    return without(`it takes ${draft.tokenMs.toFixed(1)} ms for a token, which does not pay`);
  } catch (error) {
    // Its file may be gone or damaged: the large model answers without it.
    return without(error instanceof Error ? error.message : String(error));
  }
}

function speculationOf({ stepCosts }: ModelContext, draft: LoadedDraft | null) {
  if (draft !== null) return 'draft';
  return stepCosts === undefined ? 'off' : 'lookup';
}

async function withGuessing(context: ModelContext, clock: Clock): Promise<ModelContext> {
  try {
    const stepCosts = await measureStepCosts(context, clock);
    return pays(stepCosts) ? { ...context, stepCosts } : context;
  } catch {
    // A model that cannot be asked so still answers one token at a time; a device that was lost says so again.
    return context;
  }
}

/** The scheduler keeps each step within the batch size, so nothing ever has to be left out. */
function everybody(items: readonly BatchItem[], hooks: LoadHooks): PrioritizedBatchItem[] {
  const whole = items.map((item) => ({ item, processAmount: item.tokens.length }));
  hooks.onBatch?.(
    items.length,
    whole.reduce((sum, { processAmount }) => sum + processAmount, 0),
  );
  return whole;
}

interface CheckedFile {
  readonly range: ContextRange;
  readonly shape: EngineShape;
  readonly modelBytes: number;
}

/** Looks at the file's header only: nothing is allocated for a model that cannot fit. */
async function checkedFile(backend: LlamaBackend, options: LoadOptions): Promise<CheckedFile> {
  const { GgufInsights } = await import('node-llama-cpp');
  const file = await readHeader(options.modelPath, HEADER_MS);
  const insights = await GgufInsights.from(file, backend.llama);
  const range = contextRange(options.contextTokens, insights.trainContextSize ?? null);
  const perToken = cacheBytesOf(file);
  const ram = await backend.llama.getRamState();
  const device = await backend.llama.getVramState();
  const free = { ramBytes: ram.free, deviceBytes: Math.max(0, device.free - device.unifiedSize) };
  const modelBytes = insights.modelSize;
  const tokenBytes = kvBytes(perToken, options.kvType ?? 'f16');
  assertFits({ modelBytes, contextBytes: tokenBytes * range.min }, free);
  const mostSequences = options.sequences;
  const shape = chooseShape({ modelBytes, tokenBytes, range, mostSequences, free });
  return { range, shape, modelBytes };
}

function gpuLayers(options: LoadOptions, shape: EngineShape, wish: LoadHooks['gpuLayers']) {
  if (options.backend === 'cpu') return 0;
  if (wish === 'max') return 'max' as const;
  return { fitContext: { contextSize: tokensBesideLayers(shape) } };
}

function modelContext(
  model: LlamaModel,
  context: LlamaContext,
  rules: PromptRules,
  sequences: number,
): ModelContext {
  return {
    contextTokens: context.contextSize,
    sequences: Array.from({ length: sequences }, () =>
      llamaSequence(context.getSequence(), rules.endTokens),
    ),
    endTexts: rules.endTexts,
    render: (turns) => rules.render(turns),
    detokenize: (tokens, previous) => model.detokenize(asTokens(tokens), false, asTokens(previous)),
  };
}

function report(
  backend: LlamaBackend,
  options: LoadOptions,
  shape: EngineShape,
  model: LlamaModel,
  context: LlamaContext,
): LoadReport {
  const { layers } = backend.logFacts();
  const onDevice = options.backend !== 'cpu' && backend.devices.length > 0;
  return {
    // The library reports the layers that it asked for, also when no device took them.
    layersOffloaded: onDevice ? (layers?.offloaded ?? 0) : 0,
    layersTotal: layers?.total ?? model.fileInsights.totalLayers,
    contextTokens: context.contextSize,
    sequences: shape.sequences,
    threads: options.threads,
    deviceNames: onDevice ? backend.devices.map((device) => device.name) : [],
    deviceMemoryBytes: onDevice ? (backend.devices[0]?.memoryBytes ?? null) : null,
  };
}

async function loadFailure(error: unknown): Promise<AppError> {
  if (error instanceof AppError) return error;
  const { InsufficientMemoryError } = await import('node-llama-cpp');
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof InsufficientMemoryError ? 'model-too-large' : 'model-load-failed';
  return new AppError(code, { details: message.split('\n')[0] ?? message, cause: error });
}
