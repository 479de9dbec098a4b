/** Reads the answer to one sent relay to its end, whatever end it takes. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import { finishOf, type Finish } from '../protocol/finish.ts';
import type { SignedReceipt } from '../protocol/receipt.ts';
import { refusalRow, type RefusalCode } from '../protocol/refusal.ts';
import { createResponseHasher, type StreamPart } from '../protocol/relay-hash.ts';
import type { ReceiptCheck } from '../protocol/verify-receipt.ts';
import type { RelayChunk } from '../protocol/wire-relay.ts';
import type { Hex } from '../protocol/hex.ts';
import { holdOf } from '../protocol/hold.ts';
import type { ApplicationSession } from './application-session.ts';
import type { BoughtHolds } from './bought-holds.ts';
import type { Handoff } from './handoff.ts';
import type { ApplicationPorts } from './ports.ts';
import { recordReceipt } from './record-receipt.ts';
import type { SentRequest } from './send-relay.ts';
import { logprobFaults } from './top-logprobs.ts';

/** How long a receipt is waited for after a cancel, and after the deadline. */
const RECEIPT_MS = 5_000;

/** By the Application's own clock, from sending; milliseconds. */
export interface AskTimings {
  /** Null when no text came. */
  readonly firstTextMs: number | null;
  readonly totalMs: number;
}

export interface AskEnd {
  readonly type: 'end';
  readonly reason: Finish;
  /** Null when it was cancelled and the receipt is still to come. */
  readonly signed: SignedReceipt | null;
  readonly checks: readonly ReceiptCheck[];
  /** Token units; null without a receipt. */
  readonly charged: bigint | null;
  /** Tokens that came. */
  readonly tokens: number;
  readonly timings: AskTimings;
}

export type AskEvent =
  | { readonly type: 'sent'; readonly ref: Hex; readonly maxCharge: bigint; readonly seed: number }
  | ({ readonly type: 'tokens' } & StreamPart)
  | AskEnd;

export interface StreamJob {
  readonly session: ApplicationSession;
  readonly sent: SentRequest;
  readonly out: Handoff<AskEvent>;
  /** Aborts when the asker wants no more. */
  readonly cancelled: AbortSignal;
  /** Aborts when this Application closes. */
  readonly closing: AbortSignal;
  /** Where the conversation is remembered when it was paid to be kept. */
  readonly holds: BoughtHolds;
}

/** The last word of a stream: a receipt, a refusal, or nothing. */
type LastWord =
  | { readonly word: 'receipt'; readonly signed: SignedReceipt }
  | { readonly word: 'refusal'; readonly code: RefusalCode }
  | { readonly word: 'lost'; readonly error: AppError };

/** What came of the stream, for whoever has to look after the request from here on. */
export type StreamEnd =
  { readonly fate: 'known' } | { readonly fate: 'unknown'; readonly error: AppError };

export interface RelayStream {
  /** Reads to the end and delivers it, unless the fate of the request is unknown. Never throws. */
  read(): Promise<StreamEnd>;
  /** The end for an asker who cancelled. */
  cancelledEnd(signed: SignedReceipt | null): AskEnd;
}

export function createRelayStream(job: StreamJob, ports: ApplicationPorts): RelayStream {
  const { session, sent, out, cancelled, closing, holds } = job;
  const { client, clock, log } = ports;
  const { peerKey } = session;
  const hasher = createResponseHasher();
  const sentMs = clock.monotonicMs();
  const { topLogprobs } = sent.request;
  const came: { tokens: number; unrated: number; chunks: number; firstTextMs: number | null } = {
    tokens: 0,
    unrated: 0,
    chunks: 0,
    firstTextMs: null,
  };
  const sinceMs = (): number => Math.round(clock.monotonicMs() - sentMs);

  let text = '';

  async function take({ number, ...part }: RelayChunk, hurry: AbortSignal): Promise<void> {
    if (number !== came.chunks) {
      throw new AppError('peer-broke-rules', { details: 'A part of the answer is missing.' });
    }
    came.chunks += 1;
    came.tokens += part.tokenIds.length;
    came.unrated += logprobFaults(part, topLogprobs);
    if (part.text !== '') came.firstTextMs ??= sinceMs();
    if (sent.holdSeconds > 0) text += part.text;
    hasher.add(part);
    await out.offer({ ...part, type: 'tokens' }, hurry);
  }

  async function lastWord({ signal, hurry }: Link): Promise<LastWord> {
    try {
      for await (const event of client.relay(peerKey, sent.request, signal)) {
        if (event.type === 'receipt') return { word: 'receipt', signed: event.signed };
        if (event.type === 'chunk') await take(event, hurry);
        else return { word: 'refusal', code: event.refusal.code };
      }
      return { word: 'lost', error: new AppError('peer-unreachable') };
    } catch (error) {
      return { word: 'lost', error: toAppError(error) };
    }
  }

  function onReceipt(signed: SignedReceipt): void {
    const { tokens, unrated, firstTextMs } = came;
    const seen = { responseHash: hasher.finish(), tokens, unrated, firstTextMs };
    const { ref, limits, turns } = sent;
    const checks = recordReceipt(session, { ref, signed, seen, limits }, ports);
    const bought = holdOf(signed.receipt);
    if (bought !== null) holds.keep(ref, session.id, { turns, answer: text }, bought.seconds);
    const reason = finishOf(signed.receipt.finish) ?? 'failed';
    const { charged } = signed.receipt;
    deliver({
      ...endOf(signed),
      reason: cancelled.aborted ? 'cancelled' : reason,
      checks,
      charged,
    });
  }

  /** @returns false when the refusal leaves open whether the request was served */
  function onRefusal(code: RefusalCode): boolean {
    // A Supplier that knows the request may be serving it; after text came, a refusal is none.
    if (code === 'replayed' || came.chunks > 0) return false;
    const { ref } = sent;
    const atMs = clock.nowMs();
    session.append(
      [{ kind: 'relay-released', atMs, session: session.id, ref, reason: code }],
      'normal',
    );
    // Its sums differ from ours, so something that we gave back was served: ask before the next one.
    if (code === 'voucher-too-low') session.isBehind = true;
    const { follows } = session.relay(ref)?.sent ?? {};
    if (code === 'hold-unusable' && follows !== undefined) holds.drop(follows);
    if (cancelled.aborted) deliver({ ...endOf(null), charged: 0n });
    else out.fail(new AppError('relay-refused', { details: refusalRow(code).sentence }));
    return true;
  }

  function endOf(signed: SignedReceipt | null): AskEnd {
    const { tokens, firstTextMs } = came;
    return {
      type: 'end',
      reason: 'cancelled',
      signed,
      checks: [],
      charged: signed?.receipt.charged ?? null,
      tokens,
      timings: { firstTextMs, totalMs: sinceMs() },
    };
  }

  function deliver(end: AskEnd): void {
    drop(out.offer(end, closing), 'the end of an answer', log);
    out.end();
  }

  function settle(last: LastWord): StreamEnd {
    try {
      if (last.word === 'receipt') onReceipt(last.signed);
      else if (last.word === 'lost') return { fate: 'unknown', error: last.error };
      else if (!onRefusal(last.code)) {
        const details = refusalRow(last.code).sentence;
        return { fate: 'unknown', error: new AppError('peer-broke-rules', { details }) };
      }
    } catch (error) {
      out.fail(toAppError(error));
    }
    return { fate: 'known' };
  }

  return {
    cancelledEnd: endOf,
    async read() {
      const link = createLink(job, ports);
      const last = await lastWord(link);
      link.close();
      // From here on its fate may be asked for, unless it is known.
      session.active.delete(sent.ref);
      return settle(last);
    },
  };
}

interface Link {
  readonly signal: AbortSignal;
  /** Aborts when there is no more time to wait for a slow reader. */
  readonly hurry: AbortSignal;
  close(): void;
}

/** The connection's life: cut at the deadline and some time after a cancel, so that a receipt can still come. */
function createLink(
  { session, sent, cancelled, closing }: StreamJob,
  { client, clock, log }: ApplicationPorts,
): Link {
  const controller = new AbortController();
  const cut = (): void => controller.abort();
  const timers = [clock.after(Number(sent.request.deadlineMs) - clock.nowMs() + RECEIPT_MS, cut)];
  const onCancelled = (): void => {
    timers.push(clock.after(RECEIPT_MS, cut));
    const named = { session: session.id, ref: sent.ref };
    const cancel = client.cancel(session.peerKey, named, controller.signal);
    drop(cancel, 'cancelling a relay', log);
  };
  if (cancelled.aborted) onCancelled();
  cancelled.addEventListener('abort', onCancelled);
  closing.addEventListener('abort', cut);
  if (closing.aborted) cut();
  return {
    signal: controller.signal,
    hurry: AbortSignal.any([cancelled, controller.signal]),
    close() {
      for (const stop of timers) stop();
      cancelled.removeEventListener('abort', onCancelled);
      closing.removeEventListener('abort', cut);
    },
  };
}
