/** A model that can be had, wherever it was found, and the download that gets it. */
import { createHash } from 'node:crypto';
import type { CatalogueModel, ModelSource } from './catalogue-schema.ts';
import type { DownloadJob, DownloadSource } from './download-ports.ts';
import { guessedCacheBytes } from './fit-verdict.ts';
import type { HubFile } from './hub-messages.ts';

export interface Offer {
  readonly id: string;
  readonly name: string;
  /** As it is called in the folder of models. */
  readonly fileName: string;
  readonly parameterCount: number | null;
  readonly quantisation: string | null;
  readonly licence: string | null;
  readonly contextTokens: number | null;
  readonly cacheBytesPerToken: number;
  readonly sizeBytes: number;
  /** Null where only the hub knows it. */
  readonly sha256: string | null;
  readonly why: string;
  readonly sources: readonly DownloadSource[];
}

/** Enough to tell files apart. */
const ID_HEX_DIGITS = 24;

export function offerOf(model: CatalogueModel): Offer {
  const { source, ...facts } = model;
  return { ...facts, sources: sourcesOf(source) };
}

/** @param fileName free in the folder of models */
export function offerOfFound(file: HubFile, fileName: string): Offer {
  const { place, parameterCount, quantisation, licence, contextTokens, sizeBytes, sha256 } = file;
  const [publisher] = place.repository.split('/');
  return {
    id: foundId(file),
    name: file.fileName.replace(/\.gguf$/i, ''),
    fileName,
    parameterCount,
    quantisation,
    licence,
    contextTokens,
    cacheBytesPerToken: guessedCacheBytes(sizeBytes),
    sizeBytes,
    sha256,
    why: `Published by ${publisher ?? place.repository}; checked against the hub’s own hash.`,
    sources: [{ kind: 'https', url: file.url }],
  };
}

/** The same file of the same commit has the same one. */
export function foundId({ place }: Pick<HubFile, 'place'>): string {
  const { repository, revision, path } = place;
  const text = [repository, revision, path].join('\n');
  return `found:${createHash('sha256').update(text).digest('hex').slice(0, ID_HEX_DIGITS)}`;
}

export function jobOf(offer: Offer, destination: string): DownloadJob {
  const { id, sources, sizeBytes, sha256 } = offer;
  return { id, sources, sizeBytes, sha256, destination };
}

function sourcesOf(source: ModelSource): readonly DownloadSource[] {
  if (source.kind === 'file') return source.urls.map((url) => ({ kind: 'https', url }));
  return [
    {
      kind: 'parts',
      parts: source.parts.map((part) => ({ kind: 'npm-tarball' as const, ...part })),
    },
  ];
}
