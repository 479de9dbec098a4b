/** What stands beside a model: its facts, how it would run here, and how far its download is. */
import type { Download, Fit, FoundFile, OfferedModel } from '../../../electron/ipc/models.ts';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import {
  formatBytes,
  formatBytesRate,
  formatContext,
  formatCount,
  formatParameters,
  formatRate,
} from '../../format/numbers.ts';
import { formatLeft } from '../../format/times.ts';

export const FIT_WORDS: Readonly<Record<Fit['verdict'], string>> = {
  fits: 'Fits',
  tight: 'Tight fit',
  partly: 'Partly on the processor',
  'too-large': 'Too large',
};

/** Null for one that cannot run here at all. */
export function speedWords({ verdict, tokensPerSecond, isMeasured }: Fit): string | null {
  if (verdict === 'too-large') return null;
  if (tokensPerSecond === null) return 'Speed not known yet';
  const rate = formatRate(tokensPerSecond);
  return isMeasured ? `${rate}, measured here` : `About ${rate} expected`;
}

type Facts = Pick<
  OfferedModel & ModelInfo,
  'sizeBytes' | 'parameterCount' | 'quantisation' | 'contextTokens' | 'licence'
>;

export function factsLine(model: Facts): string {
  const { sizeBytes, parameterCount, quantisation, contextTokens, licence } = model;
  return joined([
    formatBytes(sizeBytes),
    parameterCount === null ? null : `${formatParameters(parameterCount)} parameters`,
    quantisation,
    contextTokens === null ? null : `${formatContext(contextTokens)} context`,
    licence ?? 'Licence not stated',
  ]);
}

export function foundLine({ sizeBytes, quantisation, licence, downloads }: FoundFile): string {
  return joined([
    formatBytes(sizeBytes),
    quantisation,
    licence ?? 'Licence not stated',
    downloads === null ? null : `${formatCount(downloads)} downloads`,
  ]);
}

/** How a download stands, in one line. */
export function downloadLine(download: Download): string {
  const { state, doneBytes, totalBytes, bytesPerSecond, secondsLeft, from } = download;
  const share = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
  switch (state) {
    case 'waiting':
      return joined(['Waits until the download before it is done', doneBytes > 0 ? share : null]);
    case 'paused':
      return joined(['Paused', share]);
    case 'verifying':
      return 'Everything is here. Lull checks every byte of it.';
    case 'failed':
      return joined(['Stopped', share]);
    case 'running':
      return joined([
        share,
        bytesPerSecond === null ? null : formatBytesRate(bytesPerSecond),
        secondsLeft === null ? null : `${formatLeft(secondsLeft)} left`,
        from === null ? null : `from ${from}`,
      ]);
  }
}

/** 0 to 1; null while it cannot be told. */
export function downloadShare({ state, doneBytes, totalBytes }: Download): number | null {
  if (state === 'verifying' || totalBytes <= 0) return null;
  return doneBytes / totalBytes;
}

/** Never the first thing on a line. */
const SEPARATOR = '\u00a0· ';

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(SEPARATOR);
}
