/** The Application: asks Suppliers, pays by vouchers, checks every receipt, and never loses track of what it owes. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import type { Hex } from '../protocol/hex.ts';
import { epochAt } from '../protocol/session.ts';
import type { Card, ServedModel } from '../protocol/wire-peer.ts';
import type { ApplicationSession, Exposure } from './application-session.ts';
import { createApplicationSessions } from './application-sessions.ts';
import { createBoughtHolds } from './bought-holds.ts';
import { createHandoff, type Handoff } from './handoff.ts';
import type { ApplicationPorts, RelayQuestion } from './ports.ts';
import { offerOf, type Offer, type SessionTerms } from './offer.ts';
import { priceOf, type RelayPrice } from './relay-price.ts';
import { createRelayStream, type AskEvent, type RelayStream } from './relay-stream.ts';
import { resyncSession, type ResyncOutcome } from './resync.ts';
import { sendRelay, type SentRequest } from './send-relay.ts';

export type { Offer, SessionTerms } from './offer.ts';

/** How long an answer may take when nobody says otherwise. */
export const DEFAULT_RELAY_MS = 5 * 60_000;
/** Pauses before a lost receipt is asked for again; after the last only on connect and on demand. */
const RETRY_MS = [1_000, 5_000, 30_000, 120_000] as const;
/** How long an ask waits for older requests to be cleared up. */
const CLEAR_UP_MS = 3_000;

export interface Application {
  /** @throws AppError `peer-broke-rules` for a card of another network, or without that model */
  offer(card: Card, model: ServedModel, terms: SessionTerms): Offer;
  priceOf(request: RelayQuestion, model: ServedModel): RelayPrice;
  /**
   * A question that goes on from a conversation which an earlier one paid to keep finds it, and pays for new tokens
   * only. Aborting `signal` ends it with reason `cancelled`.
   * @throws AppError `bad-request`, `relay-refused` (the details say why), `receipt-wrong`, `stake-used-up`, `peer-unreachable`,
   *   `peer-broke-rules`; whatever the ledger and the signer throw
   */
  ask(offer: Offer, request: RelayQuestion, signal: AbortSignal): AsyncIterable<AskEvent>;
  /** Asks for everything of unknown fate on one session. @throws AppError */
  resync(session: Hex): Promise<ResyncOutcome>;
  /** A peer is there (again): clears up every session with it. Never throws. */
  connected(peerKey: Hex): Promise<void>;
  exposure(session: Hex): Exposure;
  /** After a start: knows again what is owed; asks for lost receipts in the background. */
  restore(): void;
  /** Leaves every stream and resolves once none is read any more. */
  dispose(): Promise<void>;
}

export interface ApplicationOptions {
  /** How long an answer may take, in milliseconds. */
  readonly relayMs?: number;
}

export function createApplication(
  ports: ApplicationPorts,
  { relayMs = DEFAULT_RELAY_MS }: ApplicationOptions = {},
): Application {
  const { network, ledger, clock, log } = ports;
  const sessions = createApplicationSessions(ledger, clock);
  const holds = createBoughtHolds(clock);
  const closing = new AbortController();
  const resyncs = new Map<Hex, Promise<ResyncOutcome>>();
  const retries = new Map<Hex, () => void>();
  const reading = new Set<Promise<void>>();

  function resync(session: ApplicationSession): Promise<ResyncOutcome> {
    const running = resyncs.get(session.id);
    if (running !== undefined) return running;
    const fresh = resyncSession(session, ports, closing.signal).finally(() => {
      resyncs.delete(session.id);
    });
    resyncs.set(session.id, fresh);
    return fresh;
  }

  /** Asks again and again, ever more rarely, until nothing is unknown. */
  function retryLater(session: ApplicationSession, attempt = 0): void {
    const waitMs = RETRY_MS[attempt];
    if (waitMs === undefined || closing.signal.aborted || retries.has(session.id)) return;
    const stop = clock.after(waitMs, () => {
      retries.delete(session.id);
      const again = resync(session).then(
        ({ unknown }) => {
          if (unknown > 0) retryLater(session, attempt + 1);
        },
        (error: unknown) => {
          log.info('a receipt is still missing', { error });
          retryLater(session, attempt + 1);
        },
      );
      drop(again, 'asking for a receipt', log);
    });
    retries.set(session.id, stop);
  }

  /** Older requests of unknown fate hold money back; a Supplier that answers frees it before more is set aside. */
  async function clearUp(session: ApplicationSession): Promise<void> {
    if (session.lostRefs().length === 0 && !session.isBehind) return;
    await new Promise<void>((resolve) => {
      const stopTimer = clock.after(CLEAR_UP_MS, resolve);
      const tried = resync(session).then(
        () => undefined,
        (error: unknown) => log.info('older requests could not be cleared up', { error }),
      );
      drop(
        tried.then(() => {
          stopTimer();
          resolve();
        }),
        'clearing up',
        log,
      );
    });
  }

  /** Reads one answer to its end, and looks after the request when that end is not a clear one. */
  async function follow(
    session: ApplicationSession,
    sent: SentRequest,
    out: Handoff<AskEvent>,
    cancelled: AbortSignal,
  ): Promise<void> {
    const job = { session, sent, out, cancelled, closing: closing.signal, holds };
    const stream = createRelayStream(job, ports);
    drop(
      out.offer(
        { type: 'sent', ref: sent.ref, maxCharge: sent.maxCharge, seed: sent.seed },
        cancelled,
      ),
      'sent',
      log,
    );
    const end = await stream.read();
    if (end.fate === 'known') return;
    if (cancelled.aborted) await endCancelled(session, sent, stream, out);
    else out.fail(lostError(end.error));
    if (session.lostRefs().length > 0) retryLater(session);
  }

  async function endCancelled(
    session: ApplicationSession,
    { ref }: SentRequest,
    stream: RelayStream,
    out: Handoff<AskEvent>,
  ): Promise<void> {
    await clearUp(session);
    const relay = session.relay(ref);
    const end = stream.cancelledEnd(relay?.state === 'paid' ? relay.signed : null);
    drop(out.offer(end, closing.signal), 'the end of a cancelled answer', log);
    out.end();
  }

  async function* ask(
    offer: Offer,
    request: RelayQuestion,
    signal: AbortSignal,
  ): AsyncGenerator<AskEvent, void> {
    const session = sessions.open(offer);
    await clearUp(session);
    if (session.isDisputed) {
      throw new AppError('receipt-wrong', {
        details: 'An earlier receipt of this session was wrong.',
      });
    }
    if (closing.signal.aborted) throw new AppError('cancelled');
    if (signal.aborted) {
      yield NEVER_SENT;
      return;
    }
    const { allowance } = offer;
    const follows = holds.find(session.id, request.turns, session.isHoldFree);
    const sent = await sendRelay(session, request, { allowance, relayMs, follows }, ports);
    const left = new AbortController();
    const out = createHandoff<AskEvent>(() => left.abort());
    const followed = follow(session, sent, out, AbortSignal.any([signal, left.signal]));
    reading.add(followed);
    drop(
      followed.finally(() => reading.delete(followed)),
      'reading an answer',
      log,
    );
    yield* out;
  }

  return {
    priceOf,
    ask,
    offer: (card, model, terms) => offerOf(card, model, terms, ports),
    resync: (id) => resync(sessions.get(id)),
    exposure: (id) => sessions.get(id).exposure(),
    async connected(peerKey) {
      const theirs = sessions.withLost().filter((session) => session.peerKey === peerKey);
      await Promise.all(theirs.map((session) => clearUp(session)));
    },
    restore() {
      sessions.load(epochAt(clock.nowMs(), network.epochSeconds));
      for (const session of sessions.withLost()) retryLater(session);
    },
    async dispose() {
      closing.abort();
      for (const stop of retries.values()) stop();
      retries.clear();
      await Promise.allSettled([...reading, ...resyncs.values()]);
    },
  };
}

/** The end of a question that was cancelled before it left. */
const NEVER_SENT: AskEvent = {
  type: 'end',
  reason: 'cancelled',
  signed: null,
  checks: [],
  charged: 0n,
  tokens: 0,
  timings: { firstTextMs: null, totalMs: 0 },
};

function lostError(error: AppError): AppError {
  if (error.code === 'peer-unreachable' || error.code === 'peer-broke-rules') return error;
  return new AppError('peer-unreachable', { cause: toAppError(error) });
}
