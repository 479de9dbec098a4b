/** A small model of the same vocabulary, loaded beside a large one with node-llama-cpp to guess what that will say. */
import type { GgufFileInfo, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import type { Clock } from '../platform/clock.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { LlamaBackend } from './llama-backend-adapter.ts';
import { asTokens, NO_CONTEXT_SHIFT } from './llama-evaluate-adapter.ts';
import type { Draft } from './model-context.ts';
import { isSameVocabulary, type Vocabulary } from './speculation-vocabulary.ts';

export interface LoadedDraft extends Draft {
  dispose(): Promise<void>;
}

export interface DraftOptions {
  readonly path: string;
  /** The large model's. */
  readonly target: Pick<GgufFileInfo, 'metadata'>;
  readonly contextTokens: number;
  readonly clock: Clock;
}

/** A long text is read in pieces, so that nobody waits for it. */
const READ_TOKENS = 256;
/** Left free on the device for whatever else runs there; with less its owner would be given the memory back. */
const SPARE_BYTES = 2_000_000_000;
/** Of the weights once more: scratch memory, and keys and values of a small model. */
const BESIDE_WEIGHTS = 1.5;
const TIMED_TOKENS = 8;
const HEADER_MS = 3_000;

/** @returns null where the two do not go together or the memory has no room for it */
export async function loadDraft(
  { llama }: LlamaBackend,
  { path, target, contextTokens, clock }: DraftOptions,
): Promise<LoadedDraft | null> {
  const { readGgufFileInfo, GgufInsights } = await import('node-llama-cpp');
  // The library tries a damaged file again and again.
  const signal = AbortSignal.timeout(HEADER_MS);
  const source = { sourceType: 'filesystem', logWarnings: false, signal } as const;
  const file = await untilAborted(readGgufFileInfo(path, source), signal);
  if (!isSameVocabulary(vocabularyOf(target), vocabularyOf(file))) return null;
  const { modelSize } = await GgufInsights.from(file, llama);
  const { free } = llama.gpu === false ? await llama.getRamState() : await llama.getVramState();
  if (free < modelSize * BESIDE_WEIGHTS + SPARE_BYTES) return null;
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 'max' });
  try {
    const context = await model.createContext({
      ...{ sequences: 1, contextSize: contextTokens, batchSize: READ_TOKENS },
    });
    const sequence = context.getSequence();
    // What it has guessed has to be forgotten again and again.
    if (sequence.needsCheckpoints) throw new Error('it cannot be rewound');
    const guess = guesser(sequence);
    const tokenMs = await measure(guess, model, clock);
    return { tokenMs, guess, dispose: () => model.dispose() };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function guesser(sequence: LlamaContextSequence): Draft['guess'] {
  return async (text, most) => {
    const held = sequence.contextTokens;
    const differs = held.findIndex((token, at) => token !== text[at]);
    // The last token is always evaluated anew: what follows it is what is asked for.
    const known = Math.min(differs === -1 ? held.length : differs, text.length - 1);
    if (known < held.length) {
      await sequence.eraseContextTokenRanges([{ start: known, end: held.length }]);
    }
    const unread = asTokens(text.slice(known));
    if (unread.length > READ_TOKENS) {
      await sequence.evaluateWithoutGeneratingNewTokens(unread.slice(0, READ_TOKENS), {
        contextShift: NO_CONTEXT_SHIFT,
      });
      return [];
    }
    const guessed: number[] = [];
    const tokens = sequence.evaluate(unread, { temperature: 0, contextShift: NO_CONTEXT_SHIFT });
    for await (const token of tokens) {
      guessed.push(token);
      if (guessed.length >= most) break;
    }
    return guessed;
  };
}

/** Each token costs the same, however good the guess. */
async function measure(guess: Draft['guess'], model: LlamaModel, clock: Clock): Promise<number> {
  const text = model.tokenize('Once upon a time there was');
  // A device may have to translate its programs first.
  await guess(text, TIMED_TOKENS);
  const beganMs = clock.monotonicMs();
  const guessed = await guess(text, TIMED_TOKENS);
  return (clock.monotonicMs() - beganMs) / Math.max(1, guessed.length);
}

function vocabularyOf({ metadata }: Pick<GgufFileInfo, 'metadata'>): Vocabulary {
  const { model, pre, tokens } = metadata.tokenizer.ggml;
  return { kind: `${model} ${pre ?? ''}`, tokens };
}
