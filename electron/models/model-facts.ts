/** What a GGUF header says about the model, and whether Lull can chat with a model of that kind. */
import { AppError } from '../platform/app-error.ts';
import { malformed } from './byte-cursor.ts';
import { FILE_TYPES } from './gguf-format.ts';
import type { GgufHeader, MetadataValue } from './gguf-reader.ts';
import { MAX_PARTS } from './part-names.ts';
import { printable, shownName } from './printable.ts';

export interface ModelFacts {
  readonly architecture: string;
  readonly name: string | null;
  readonly quantisation: string | null;
  readonly licence: string | null;
  readonly contextTokens: number | null;
  readonly hasChatTemplate: boolean;
}

/** Where a file stands in a model that was split over several. */
export interface SplitPlace {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Tensors of all parts together; null when the file does not say. */
  readonly tensorCount: number | null;
}

const ENCODERS = 'It only turns text into numbers (embeddings) and cannot chat.';
const PROJECTOR =
  'It is the vision or audio part of a model (a projector): open the text model beside it.';
const PICTURES = 'It makes pictures or video, not text.';
const SOUND = 'It is a model for sound, not for text.';

const UNSUPPORTED_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['clip', PROJECTOR],
  ['mmproj', PROJECTOR],
  ...[
    'bert',
    'modern-bert',
    'nomic-bert',
    'nomic-bert-moe',
    'neo-bert',
    'jina-bert-v2',
    'jina-bert-v3',
    'eurobert',
    'gemma-embedding',
    'llama-embed',
    't5encoder',
  ].map((name) => [name, ENCODERS] as const),
  ...[
    'flux',
    'sd1',
    'sdxl',
    'sd3',
    'wan',
    'hyvid',
    'ltxv',
    'lumina2',
    'aura',
    'hidream',
    'cosmos',
    'qwen_image',
  ].map((name) => [name, PICTURES] as const),
  ['whisper', SOUND],
  ['wavtokenizer-dec', SOUND],
]);

const UNSUPPORTED_TYPES: ReadonlyMap<string, string> = new Map([
  ['adapter', 'It is an adapter (LoRA) that changes another model and does nothing alone.'],
  ['mmproj', PROJECTOR],
  ['vocab', 'It holds a vocabulary and no weights.'],
  ['imatrix', 'It holds statistics for quantisation and no weights.'],
]);

/** @throws AppError `model-unsupported` for kinds that cannot chat, `model-malformed` without an architecture. */
export function modelFacts({ metadata, tensorCount }: GgufHeader): ModelFacts {
  const architecture = textOf(metadata, 'general.architecture');
  const type = textOf(metadata, 'general.type');
  refuse(UNSUPPORTED_TYPES.get(type ?? ''));
  if (architecture === null) throw malformed('The header does not name an architecture.');
  refuse(UNSUPPORTED_ARCHITECTURES.get(architecture));
  // Converters write a way of pooling only for models that embed or rank.
  if ((wholeOf(metadata, `${architecture}.pooling_type`) ?? 0) > 0) refuse(ENCODERS);
  if (tensorCount === 0 && splitPlace(metadata) === null) refuse(UNSUPPORTED_TYPES.get('vocab'));
  const context = wholeOf(metadata, `${architecture}.context_length`);
  const fileType = wholeOf(metadata, 'general.file_type');
  const template = metadata.get('tokenizer.chat_template');
  return {
    architecture: printable(architecture),
    name: textOf(metadata, 'general.name'),
    quantisation: fileType === null ? null : (FILE_TYPES.get(fileType) ?? null),
    licence: textOf(metadata, 'general.license') ?? textOf(metadata, 'general.license.name'),
    contextTokens: context !== null && context > 0 ? context : null,
    hasChatTemplate:
      typeof template === 'object' || (typeof template === 'string' && template !== ''),
  };
}

/** Null for a model in one file. @throws AppError `model-malformed` when the numbers make no sense. */
export function splitPlace(metadata: GgufHeader['metadata']): SplitPlace | null {
  const count = wholeOf(metadata, 'split.count');
  if (count === null || count <= 1) return null;
  const index = wholeOf(metadata, 'split.no') ?? -1;
  if (index < 0 || index >= count || count > MAX_PARTS) {
    throw malformed(`It claims to be part ${String(index + 1)} of ${String(count)}.`);
  }
  return { index, count, tensorCount: wholeOf(metadata, 'split.tensors.count') };
}

function refuse(details: string | undefined): void {
  if (details !== undefined) throw new AppError('model-unsupported', { details });
}

function wholeOf(metadata: ReadonlyMap<string, MetadataValue>, key: string): number | null {
  const value = metadata.get(key);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

function textOf(metadata: ReadonlyMap<string, MetadataValue>, key: string): string | null {
  const value = metadata.get(key);
  return typeof value === 'string' ? shownName(value) : null;
}
