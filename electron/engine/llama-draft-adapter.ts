/** A small model of the same vocabulary, loaded beside a large one with node-llama-cpp to guess what that will say. */
import type { GgufFileInfo, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import type { Clock } from '../platform/clock.ts';
import type { LlamaBackend } from './llama-backend-adapter.ts';
import { cacheBytesOf, readHeader } from './llama-header-adapter.ts';
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

/** A long text is read in pieces that take so long at most, so that nobody waits for it. */
const PIECE_MS = 100;
const PIECE_TOKENS = { least: 16, most: 256 } as const;
/** Left free on the device for whatever else runs there; with less its owner would be given the memory back. */
const SPARE_BYTES = 2_000_000_000;
/** Of the weights once more, for scratch memory. */
const BESIDE_WEIGHTS = 1.25;
const TIMED = { read: 64, guessed: 8 } as const;
const HEADER_MS = 3_000;

/** @returns null where the two do not go together or the memory has no room for it */
export async function loadDraft(
  { llama }: LlamaBackend,
  { path, target, contextTokens, clock }: DraftOptions,
): Promise<LoadedDraft | null> {
  const { GgufInsights } = await import('node-llama-cpp');
  const file = await readHeader(path, HEADER_MS);
  const vocabulary = vocabularyOf(target);
  if (!isSameVocabulary(vocabulary, vocabularyOf(file))) return null;
  const { modelSize } = await GgufInsights.from(file, llama);
  const neededBytes = modelSize * BESIDE_WEIGHTS + cacheBytesOf(file) * contextTokens;
  const { free } = llama.gpu === false ? await llama.getRamState() : await llama.getVramState();
  if (free < neededBytes + SPARE_BYTES) return null;
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 'max' });
  try {
    const context = await model.createContext({
      sequences: 1,
      contextSize: contextTokens,
      batchSize: PIECE_TOKENS.most,
    });
    const sequence = context.getSequence();
    // What it has guessed has to be forgotten again and again.
    if (sequence.needsCheckpoints) throw new Error('it cannot be rewound');
    const times = await measure(sequence, model, clock);
    const pieceTokens = pieceOf(times.readMs);
    const drafting = { sequence, pieceTokens, knownTokens: vocabulary.tokens.length };
    return { ...times, ...inTurn(drafting), dispose: () => model.dispose() };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

interface Drafting {
  readonly sequence: LlamaContextSequence;
  readonly pieceTokens: number;
  /** Of the large model: it may have fewer. */
  readonly knownTokens: number;
}

/** One call after the other; the first that fails is the last. */
function inTurn(drafting: Drafting): Pick<Draft, 'guess' | 'forget'> {
  let last: Promise<unknown> = Promise.resolve();
  let isBroken = false;
  const next = <Value>(work: () => Promise<Value>, otherwise: Value): Promise<Value> => {
    const done = last.then(async () => {
      try {
        return isBroken ? otherwise : await work();
      } catch {
        // The large model goes on alone.
        isBroken = true;
        return otherwise;
      }
    });
    last = done;
    return done;
  };
  return {
    guess: (text, most) => next(() => guess(drafting, text, most), []),
    forget: () => next(() => drafting.sequence.clearHistory(), undefined),
  };
}

async function guess(
  { sequence, pieceTokens, knownTokens }: Drafting,
  text: readonly number[],
  most: number,
): Promise<readonly number[] | null> {
  const held = sequence.contextTokens;
  const differs = held.findIndex((token, at) => token !== text[at]);
  // The last token is always evaluated anew: what follows it is what is asked for.
  const known = Math.min(differs === -1 ? held.length : differs, text.length - 1);
  if (known < held.length) {
    await sequence.eraseContextTokenRanges([{ start: known, end: held.length }]);
  }
  const unread = asTokens(text.slice(known));
  const options = { contextShift: NO_CONTEXT_SHIFT };
  if (unread.length > pieceTokens) {
    const piece = unread.slice(0, pieceTokens);
    await sequence.evaluateWithoutGeneratingNewTokens(piece, options);
    return null;
  }
  const guessed: number[] = [];
  for await (const token of sequence.evaluate(unread, { ...options, temperature: 0 })) {
    if (token >= knownTokens) break;
    guessed.push(token);
    if (guessed.length >= most) break;
  }
  return guessed;
}

function pieceOf(readMs: number): number {
  const fitting = Math.floor(PIECE_MS / Math.max(readMs, Number.EPSILON));
  return Math.max(PIECE_TOKENS.least, Math.min(PIECE_TOKENS.most, fitting));
}

/** Each token costs the same, however good the guess. */
async function measure(
  sequence: LlamaContextSequence,
  model: LlamaModel,
  clock: Clock,
): Promise<Pick<Draft, 'readMs' | 'tokenMs'>> {
  const line = 'Once upon a time there was a king who had three sons. ';
  const text = model.tokenize(line.repeat(TIMED.read)).slice(0, TIMED.read);
  const drafting = { sequence, pieceTokens: TIMED.read, knownTokens: Infinity };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    // A device may have to translate its programs first.
    await work();
    const beganMs = clock.monotonicMs();
    await work();
    return clock.monotonicMs() - beganMs;
  };
  const readMs = await timed(async () => {
    await sequence.clearHistory();
    await guess(drafting, text, 1);
  });
  const guessedMs = await timed(() => guess(drafting, text, TIMED.guessed));
  return { readMs: readMs / text.length, tokenMs: guessedMs / TIMED.guessed };
}

function vocabularyOf({ metadata }: Pick<GgufFileInfo, 'metadata'>): Vocabulary {
  const { model, pre, tokens } = metadata.tokenizer.ggml;
  return { kind: `${model} ${pre ?? ''}`, tokens };
}
