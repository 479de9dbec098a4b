/** What the window sees of models that can be had: offers with how each would run here; pure. */
import type { Download, Fit, FoundFile, Models, OfferedModel } from '../ipc/models.ts';
import type { FailureText } from '../ipc/result.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import type { DownloadEntry, DownloadJob } from '../models/download-ports.ts';
import { recommend } from '../models/fit-recommend.ts';
import { predictSpeed, type Measured } from '../models/fit-speed.ts';
import {
  fitVerdict,
  guessedCacheBytes,
  memoryNeeded,
  type ModelNeed,
} from '../models/fit-verdict.ts';
import type { HubFile } from '../models/hub-messages.ts';
import { foundId, type Offer } from '../models/offer.ts';
import type { Machine } from './models-hardware.ts';

/** 8-bit keys and values, with a scale for every 32. */
const Q8_CACHE_SHARE = 34 / 64;

export interface FitFacts {
  readonly machine: Machine;
  readonly measured: readonly Measured[];
  readonly kvType: 'f16' | 'q8_0';
}

/** A file that is being copied into the folder. */
export interface CopyUnderWay {
  readonly id: string;
  readonly fileName: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface OffersInput extends FitFacts {
  /** From the weakest to the strongest; one of them is recommended. */
  readonly catalogue: readonly Offer[];
  readonly found: readonly Offer[];
  readonly downloads: readonly DownloadEntry[];
  readonly copies: readonly CopyUnderWay[];
  /** Finished ones that turned out to be of no use, by id. */
  readonly failures: ReadonlyMap<string, FailureText>;
  readonly known: readonly ModelInfo[];
  readonly placeOf: (fileName: string) => string;
}

/** @param file path and version, when the file is here */
function fitOf(need: ModelNeed, file: string | null, facts: FitFacts): Fit {
  const { machine, measured, kvType } = facts;
  const share = kvType === 'q8_0' ? Q8_CACHE_SHARE : 1;
  const { verdict, why, deviceShare } = fitVerdict(
    { ...need, cacheBytesPerToken: need.cacheBytesPerToken * share },
    machine,
  );
  const here = measured.filter(
    ({ backend, device }) => backend === machine.backend && device === machine.device,
  );
  const { sizeBytes } = need;
  const { processorFactor } = machine;
  const speed =
    verdict === 'too-large'
      ? null
      : predictSpeed({ sizeBytes, file, deviceShare, processorFactor }, here);
  return {
    verdict,
    why,
    tokensPerSecond: speed === null ? null : rounded(speed.tokensPerSecond),
    isMeasured: speed?.isMeasured ?? false,
  };
}

export function offersView(input: OffersInput): Models['offered'] {
  const catalogue = input.catalogue.map((offer) => viewOf(offer, input));
  const chosen = recommend(catalogue, input.machine.deviceName);
  const recommended = catalogue.map((offer) =>
    offer.id === chosen?.id ? { ...offer, isRecommended: true, recommendation: chosen.why } : offer,
  );
  const found = input.found.map((offer) => viewOf(offer, input));
  return [...recommended, ...found, ...input.copies.map((copy) => copyView(copy, input))];
}

/** @param cacheBytes of one token of context, by path and version of the file */
export function knownFits(
  known: readonly ModelInfo[],
  cacheBytes: (model: ModelInfo) => number | null,
  facts: FitFacts,
): Models['fits'] {
  return Object.fromEntries(
    known.map((model) => {
      const { sizeBytes, contextTokens } = model;
      const cacheBytesPerToken = cacheBytes(model) ?? guessedCacheBytes(sizeBytes);
      const need = { sizeBytes, contextTokens, cacheBytesPerToken };
      return [model.id, fitOf(need, fileKey(model), facts)];
    }),
  );
}

export function foundView(file: HubFile, facts: FitFacts): FoundFile {
  const { place, fileName, sizeBytes, quantisation, licence, downloads, contextTokens } = file;
  const cacheBytesPerToken = guessedCacheBytes(sizeBytes);
  return {
    id: foundId(file),
    repository: place.repository,
    fileName,
    sizeBytes,
    quantisation,
    licence,
    downloads,
    fit: fitOf({ sizeBytes, contextTokens, cacheBytesPerToken }, null, facts),
  };
}

/** Another one means another file. */
export function fileKey({ path, version }: Pick<ModelInfo, 'path' | 'version'>): string {
  return `${path}\n${version}`;
}

/** A download whose file is here and is being looked at. */
export function arrivedEntry(job: DownloadJob): DownloadEntry {
  const { sizeBytes } = job;
  return { ...ENDED, job, state: 'verifying', doneBytes: sizeBytes, totalBytes: sizeBytes };
}

function viewOf(offer: Offer, input: OffersInput): OfferedModel {
  const path = input.placeOf(offer.fileName);
  const model =
    input.known.find((each) => each.path === path && each.sizeBytes === offer.sizeBytes) ?? null;
  return {
    id: offer.id,
    name: offer.name,
    parameterCount: offer.parameterCount,
    quantisation: offer.quantisation,
    licence: offer.licence,
    contextTokens: offer.contextTokens,
    sizeBytes: offer.sizeBytes,
    memoryBytes: memoryNeeded(offer),
    why: offer.why,
    isRecommended: false,
    recommendation: null,
    fit: fitOf(offer, model === null ? null : fileKey(model), input),
    download: downloadView(offer, input),
    modelId: model?.id ?? null,
  };
}

function downloadView({ id, sizeBytes }: Offer, input: OffersInput): Download | null {
  const entry = input.downloads.find(({ job }) => job.id === id);
  if (entry) {
    const { state, doneBytes, totalBytes, bytesPerSecond, secondsLeft, from, failure } = entry;
    return { state, doneBytes, totalBytes, bytesPerSecond, secondsLeft, from, failure };
  }
  const failure = input.failures.get(id);
  return failure === undefined
    ? null
    : { ...ENDED, state: 'failed', doneBytes: sizeBytes, totalBytes: sizeBytes, failure };
}

const ENDED = { bytesPerSecond: null, secondsLeft: null, from: null, failure: null } as const;

function copyView(copy: CopyUnderWay, facts: FitFacts): OfferedModel {
  const { id, fileName, doneBytes, totalBytes } = copy;
  const need = {
    sizeBytes: totalBytes,
    contextTokens: null,
    cacheBytesPerToken: guessedCacheBytes(totalBytes),
  };
  return {
    id,
    name: fileName.replace(/\.gguf$/i, ''),
    parameterCount: null,
    quantisation: null,
    licence: null,
    contextTokens: null,
    sizeBytes: totalBytes,
    memoryBytes: memoryNeeded(need),
    why: 'A file of your own that is being copied.',
    isRecommended: false,
    recommendation: null,
    fit: fitOf(need, null, facts),
    download: { ...ENDED, state: 'running', doneBytes, totalBytes },
    modelId: null,
  };
}

/** Three digits are more than a prediction is worth. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
