/** Judges the head of a server's answer: whether its body is what was asked for, and from which byte on. */

/** What tells one version of a file on a server from another; null where the server does not say. */
export interface Validator {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface AnswerHead extends Validator {
  readonly status: number;
  readonly contentLength: number | null;
  readonly contentRange: string | null;
  readonly contentEncoding: string | null;
  readonly retryAfter: string | null;
}

export interface Asked {
  /** Bytes that are here already, so the first one wanted; 0 asked for the whole file. */
  readonly haveBytes: number;
  /** What the whole file has, where it is known. */
  readonly sizeBytes: number | null;
  /** A file of unknown size is not larger. */
  readonly maxBytes: number;
  /** What this source said of the file before. */
  readonly known: Validator | null;
}

export type Judgement =
  | {
      readonly kind: 'take';
      /** Bytes at the start of the body that are here already: the server ignored the range. */
      readonly skipBytes: number;
      readonly totalBytes: number | null;
    }
  /** The source will never give it. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It has another file now. */
  | { readonly kind: 'changed'; readonly why: string }
  /** It wants to be left alone for a while. */
  | { readonly kind: 'busy'; readonly retryAfter: string | null; readonly why: string }
  /** Worth another try. */
  | { readonly kind: 'interrupted'; readonly why: string };

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/;
const TRY_AGAIN = [408, 425, 500, 502, 504];
const BUSY = [429, 503];

export function judgeAnswer(head: AnswerHead, asked: Asked): Judgement {
  const { status } = head;
  if (BUSY.includes(status)) {
    return { kind: 'busy', retryAfter: head.retryAfter, why: `The source is busy (${status}).` };
  }
  if (TRY_AGAIN.includes(status)) {
    return { kind: 'interrupted', why: `The source has a fault (${status}).` };
  }
  if (status === 416) return changed('The source has fewer bytes than have arrived.');
  if (status !== 200 && status !== 206) return refused(`The source answers with ${status}.`);
  if (head.contentEncoding !== null && head.contentEncoding !== 'identity') {
    return refused('The source packs the file on the way, so its bytes cannot be counted.');
  }
  if (asked.known && !isSame(asked.known, head)) {
    return changed('The source says itself that its file is another one.');
  }
  return status === 206 ? judgePart(head, asked) : judgeWhole(head, asked);
}

function judgePart(head: AnswerHead, asked: Asked): Judgement {
  const [, start, end, total] = CONTENT_RANGE.exec(head.contentRange ?? '') ?? [];
  if (start === undefined || end === undefined || asked.haveBytes === 0) {
    return refused('The source sends a part that was not asked for.');
  }
  if (Number(start) !== asked.haveBytes || Number(end) < Number(start)) {
    return refused('The source sends another part than the one asked for.');
  }
  return withTotal(total === undefined || total === '*' ? null : Number(total), 0, asked);
}

function judgeWhole(head: AnswerHead, asked: Asked): Judgement {
  return withTotal(head.contentLength, asked.haveBytes, asked);
}

function withTotal(totalBytes: number | null, skipBytes: number, asked: Asked): Judgement {
  const { sizeBytes, maxBytes } = asked;
  if (totalBytes !== null && sizeBytes !== null && totalBytes !== sizeBytes) {
    return changed(`The source’s file has ${totalBytes} bytes, not ${sizeBytes}.`);
  }
  if (totalBytes !== null && totalBytes > maxBytes) {
    return changed(`The source’s file has ${totalBytes} bytes, more than it may have.`);
  }
  return { kind: 'take', skipBytes, totalBytes: totalBytes ?? sizeBytes };
}

/** What one of both does not say cannot differ; in the end it is the hash that decides. */
function isSame(known: Validator, now: Validator): boolean {
  if (known.etag !== null && now.etag !== null) return opaque(known.etag) === opaque(now.etag);
  if (known.lastModified !== null && now.lastModified !== null) {
    return known.lastModified === now.lastModified;
  }
  return true;
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** The headers of the request; only a strong tag may guard a range. */
export function rangeHeaders(asked: Asked): Readonly<Record<string, string>> {
  if (asked.haveBytes === 0) return {};
  const range = `bytes=${asked.haveBytes}-`;
  const etag = asked.known?.etag ?? null;
  return etag?.startsWith('"') === true ? { range, 'if-range': etag } : { range };
}

/** @returns milliseconds, at most `maxMs`; null for what is no such header */
export function retryAfterMs(text: string | null, nowMs: number, maxMs: number): number | null {
  if (text === null) return null;
  const waitMs = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.min(maxMs, Math.max(0, waitMs));
}

function refused(why: string): Judgement {
  return { kind: 'refused', why };
}

function changed(why: string): Judgement {
  return { kind: 'changed', why };
}
