/** One attempt at one source: asks for what is missing and appends what comes, as long as it comes. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { judgeAnswer, rangeHeaders, retryAfterMs, type Asked } from './download-answer.ts';
import type { Outcome } from './download-attempts.ts';
import type { DownloadLimits } from './download-limits.ts';
import type { Pacer } from './download-pace.ts';
import type { PartFile } from './download-part-file.ts';
import { TransportFault, type Answer, type Transport } from './download-transport.ts';

/** A source has as many times the stall time to send what counts as progress. */
const SLOW_STALLS = 4;

export interface TransferPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly limits: DownloadLimits;
  readonly pacer: Pacer;
}

export interface TransferSize {
  /** What is fetched has exactly this many bytes; null where that is not known before. */
  readonly sizeBytes: number | null;
  readonly maxBytes: number;
}

export interface TransferHooks {
  from(host: string): void;
  /** Bytes came, of which `newBytes` were not here yet. */
  arrived(newBytes: number): void;
}

type Ending = Exclude<Outcome, { readonly kind: 'damaged' }> | { readonly kind: 'complete' };

/**
 * @throws AppError `cancelled` when `signal` aborts (it must be its reason), or the disk's error; what has arrived is
 * in `file` in any case
 */
export async function transfer(
  ports: TransferPorts,
  url: string,
  size: TransferSize,
  file: PartFile,
  hooks: TransferHooks,
  signal: AbortSignal,
): Promise<Ending> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const startBytes = file.haveBytes;
  try {
    return await attempt(ports, url, size, file, hooks, both);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TransportFault)) throw error;
    if (error.kind === 'refused') return { kind: 'refused', why: error.message };
    const gainedBytes = file.haveBytes - startBytes;
    return { kind: 'interrupted', gainedBytes, why: error.message };
  } finally {
    // Whatever the end was, no connection outlives it.
    stop.abort(new AppError('cancelled'));
  }
}

async function attempt(
  ports: TransferPorts,
  url: string,
  size: TransferSize,
  file: PartFile,
  hooks: TransferHooks,
  signal: AbortSignal,
): Promise<Ending> {
  const { transport, clock, limits } = ports;
  const asked = askedOf(url, size, file);
  if (asked.haveBytes > 0 && asked.haveBytes === asked.sizeBytes) return { kind: 'complete' };
  const answer = await unlessStalled(
    ports,
    transport.get(url, rangeHeaders(asked), signal),
    new URL(url).host,
  );
  hooks.from(answer.host);
  const judgement = judgeAnswer(answer.head, asked);
  switch (judgement.kind) {
    case 'busy': {
      const { retryAfter, why } = judgement;
      const waitMs = retryAfterMs(retryAfter, clock.nowMs(), limits.maxRetryAfterMs);
      return { kind: 'busy', retryAfterMs: waitMs, why };
    }
    case 'interrupted':
      return { kind: 'interrupted', gainedBytes: 0, why: judgement.why };
    case 'refused':
    case 'changed':
      return judgement;
    case 'take':
  }
  const named = file.record.namedSha256;
  if (named !== null && answer.namedSha256 !== null && named !== answer.namedSha256) {
    return { kind: 'changed', why: 'The source names another SHA-256 now.' };
  }
  const { etag, lastModified } = answer.head;
  file.note(
    { totalBytes: judgement.totalBytes, namedSha256: named ?? answer.namedSha256 },
    { url, etag, lastModified, hasGiven: hasGiven(url, file) },
  );
  const limit = { ...judgement, maxBytes: judgement.totalBytes ?? size.maxBytes };
  return await takeBody(ports, url, answer, limit, file, hooks, signal);
}

function askedOf(url: string, size: TransferSize, file: PartFile): Asked {
  const seen = file.record.sources.find((source) => source.url === url);
  return {
    haveBytes: file.haveBytes,
    sizeBytes: size.sizeBytes ?? file.record.totalBytes,
    maxBytes: size.maxBytes,
    known: seen ?? null,
  };
}

function hasGiven(url: string, file: PartFile): boolean {
  return file.record.sources.some((source) => source.url === url && source.hasGiven);
}

async function takeBody(
  ports: TransferPorts,
  url: string,
  answer: Answer,
  limit: {
    readonly skipBytes: number;
    readonly totalBytes: number | null;
    readonly maxBytes: number;
  },
  file: PartFile,
  hooks: TransferHooks,
  signal: AbortSignal,
): Promise<Ending> {
  const startBytes = file.haveBytes;
  const { etag, lastModified } = answer.head;
  const iterator = answer.body[Symbol.asyncIterator]();
  const pulse = watchSpeed(ports);
  let { skipBytes } = limit;
  for (;;) {
    pulse.waits();
    const item = await unlessStalled(ports, iterator.next(), answer.host);
    if (item.done === true) break;
    if (pulse.isTooSlow(item.value.length)) {
      throw new TransportFault('interrupted', `${answer.host} sends next to nothing.`);
    }
    const bytes = item.value.subarray(Math.min(skipBytes, item.value.length));
    skipBytes -= item.value.length - bytes.length;
    if (file.haveBytes + bytes.length > limit.maxBytes) {
      return { kind: 'changed', why: `${answer.host} sends more than the file has.` };
    }
    if (bytes.length > 0) {
      if (!hasGiven(url, file)) file.note({}, { url, etag, lastModified, hasGiven: true });
      await file.append(bytes);
    }
    hooks.arrived(bytes.length);
    if (file.haveBytes === limit.totalBytes) return { kind: 'complete' };
    await ports.pacer.took(item.value.length, signal);
    signal.throwIfAborted();
  }
  if (limit.totalBytes === null && skipBytes === 0 && file.haveBytes > 0) {
    file.note({ totalBytes: file.haveBytes }, { url, etag, lastModified, hasGiven: true });
    return { kind: 'complete' };
  }
  const gainedBytes = file.haveBytes - startBytes;
  return { kind: 'interrupted', gainedBytes, why: `${answer.host} ended before the file did.` };
}

/**
 * Notices a source that keeps the line alive with a few bytes now and then. Only the time counts in which we wait for
 * it, not that in which a limit or the disk holds us up.
 */
function watchSpeed({ clock, limits }: TransferPorts) {
  let sinceMs = 0;
  let waitedMs = 0;
  let bytes = 0;
  return {
    waits() {
      sinceMs = clock.monotonicMs();
    },
    isTooSlow(newBytes: number): boolean {
      waitedMs += clock.monotonicMs() - sinceMs;
      bytes += newBytes;
      if (waitedMs < limits.stallMs * SLOW_STALLS) return false;
      const isTooSlow = bytes < limits.progressBytes;
      waitedMs = 0;
      bytes = 0;
      return isTooSlow;
    },
  };
}

/** @throws TransportFault when nothing comes for too long */
async function unlessStalled<Value>(
  { clock, limits }: TransferPorts,
  promise: Promise<Value>,
  host: string,
): Promise<Value> {
  const stalled = Promise.withResolvers<never>();
  const callOff = clock.after(limits.stallMs, () => {
    const seconds = Math.round(limits.stallMs / 1_000);
    stalled.reject(new TransportFault('interrupted', `${host} sent nothing for ${seconds} s.`));
  });
  try {
    return await Promise.race([promise, stalled.promise]);
  } finally {
    callOff();
  }
}
