/** The Supplier: takes relays or refuses them with a code, serves them, and ends every one of them in a receipt. */
import { toAppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import { refusalRow, type RefusalCode } from '../protocol/refusal.ts';
import { epochAt } from '../protocol/session.ts';
import { hashDomain } from '../protocol/typed-data.ts';
import type { CancelRequest, Card, ResyncAnswer, ResyncRequest } from '../protocol/wire-peer.ts';
import {
  holdTermsOf,
  type Refusal,
  type RelayEvent,
  type RelayRequest,
} from '../protocol/wire-relay.ts';
import { createBoughtHolds } from './bought-holds.ts';
import { createHandoff, type Handoff } from './handoff.ts';
import type { Quote, SupplierPorts } from './ports.ts';
import { createQuoteCache } from './quote-cache.ts';
import { runRelay, type RunOutcome } from './relay-run.ts';
import { servedNothing, settle, type Served } from './settle.ts';
import { createStop, type Stop } from './stop.ts';
import {
  askChain,
  candidateOf,
  jobOf,
  judge,
  type Admitted,
  type Candidate,
} from './supplier-admission.ts';
import { afterRelay } from './supplier-holds.ts';
import { answerResync } from './supplier-resync.ts';
import type { SupplierSession } from './supplier-session.ts';
import { createSupplierSessions } from './supplier-sessions.ts';

/** A relay ends after so long whatever its request says; a Supplier's queue must not be held for days. */
export const MAX_RELAY_MS = 15 * 60_000;
const VERSION = 1;

export interface Supplier {
  card(): Card;
  /**
   * Ends after a refusal or a receipt; throws when the receipt could not be made, which `resync` then makes.
   * @param onSaid called when all chunks were given and only the end is still to come
   */
  relay(
    peerKey: Hex,
    request: RelayRequest,
    signal: AbortSignal,
    onSaid?: () => void,
  ): AsyncIterable<RelayEvent>;
  resync(peerKey: Hex, request: ResyncRequest): Promise<ResyncAnswer | Refusal>;
  /** @returns whether that peer had such a relay running */
  cancel(peerKey: Hex, request: CancelRequest): boolean;
  /** After a start: relays that the last process left without a receipt are settled as failed, for nothing. */
  restore(): Promise<void>;
  /** How often each code was given since the start. */
  refusals(): ReadonlyMap<RefusalCode, number>;
  /** Ends every relay as failed and resolves once their receipts are written. */
  dispose(): Promise<void>;
}

interface LiveRelay {
  readonly peerKey: Hex;
  readonly session: Hex;
  readonly stop: Stop;
  /** What is left to settle when the first try failed. */
  leftover: Served | null;
  done: Promise<void>;
}

export function createSupplier(ports: SupplierPorts): Supplier {
  const { network, ledger, signer, models, admission, room, clock, log } = ports;
  const { chainId, hub } = network;
  const domainHash = hashDomain({ chainId, verifyingContract: hub });
  const sessions = createSupplierSessions(ledger);
  const quotes = createQuoteCache(ports.solvency, clock, log);
  const holds = createBoughtHolds(clock);
  const parts = { sessions, quotes, holds, domainHash };
  const live = new Map<Hex, LiveRelay>();
  const counts = new Map<RefusalCode, number>();
  let isDisposed = false;

  function refusal(code: RefusalCode): Refusal {
    counts.set(code, (counts.get(code) ?? 0) + 1);
    return { code, retryElsewhere: refusalRow(code).retryElsewhere };
  }

  /** Everything between the last rule and the ledger, without a pause in between. */
  function accept(peerKey: Hex, admitted: Admitted): SupplierSession {
    const { session, id, ref, request, body, model } = admitted;
    const { holdSeconds, follows } = holdTermsOf(body);
    const atMs = clock.nowMs();
    const opened = {
      kind: 'session-opened',
      atMs,
      role: 'supplier',
      session: id,
      terms: request.session,
      model,
      peerKey,
    } as const;
    const accepted: LedgerEntry = {
      kind: 'relay-accepted',
      atMs,
      session: id,
      ref,
      ...request.voucher,
      maxCu: request.maxCu,
      ...(holdSeconds > 0 && { holdSeconds }),
      ...(follows !== null && { follows }),
    };
    const taken = session ?? sessions.begin(opened);
    taken.append(session === null ? [opened, accepted] : [accepted], 'normal');
    if (session === null) sessions.keep(taken);
    if (holdSeconds > 0) holds.begin(ref, request.session.application);
    return taken;
  }

  function start(
    peerKey: Hex,
    admitted: Admitted,
    signal: AbortSignal,
    onSaid: () => void,
  ): Handoff<RelayEvent> {
    const session = accept(peerKey, admitted);
    const stop = createStop();
    const out = createHandoff<RelayEvent>(() => stop.stop('cancelled'));
    const relay: LiveRelay = {
      peerKey,
      session: session.id,
      stop,
      leftover: null,
      done: Promise.resolve(),
    };
    live.set(admitted.ref, relay);
    relay.done = serve(admitted, session, relay, out, signal, onSaid);
    drop(relay.done, 'a relay', log);
    return out;
  }

  async function serve(
    admitted: Admitted,
    session: SupplierSession,
    relay: LiveRelay,
    out: Handoff<RelayEvent>,
    signal: AbortSignal,
    onSaid: () => void,
  ): Promise<void> {
    const { stop } = relay;
    const { request, ref } = admitted;
    const onGone = (): void => stop.stop('cancelled');
    signal.addEventListener('abort', onGone);
    const leftMs = Math.min(Number(request.deadlineMs) - clock.nowMs(), MAX_RELAY_MS);
    const stopTimer = clock.after(leftMs, () => stop.stop('deadline'));
    try {
      const outcome = await runRelay({ ...jobOf(admitted, session), out, stop }, ports);
      relay.leftover = outcome.served;
      onSaid();
      await finish(outcome, session, admitted, out, stop);
      live.delete(ref);
    } catch (error) {
      tellUnsettled('a receipt could not be made yet', error);
      out.fail(toAppError(error));
    } finally {
      stopTimer();
      signal.removeEventListener('abort', onGone);
    }
  }

  async function finish(
    { served, text, refusal: code }: RunOutcome,
    session: SupplierSession,
    admitted: Admitted,
    out: Handoff<RelayEvent>,
    stop: Stop,
  ): Promise<void> {
    const signed = await settle(session, admitted.ref, served, signer);
    const { application } = session.terms;
    afterRelay(holds, { ...admitted, application, text, receipt: signed.receipt });
    const last: RelayEvent =
      code === null ? { type: 'receipt', signed } : { type: 'refusal', refusal: refusal(code) };
    drop(out.offer(last, stop.signal), 'the end of a relay', log);
    out.end();
  }

  /** A signer that died is started again, and the receipt made when it is asked for; anything else is a fault. */
  function tellUnsettled(what: string, error: unknown): void {
    if (toAppError(error).code === 'signer-unavailable') log.warn(what, { error });
    else log.error(what, { error });
  }

  /** Relays that do not run any more and have no receipt: from before a crash, or not settled for some fault. */
  async function settleLeftovers(session: SupplierSession): Promise<void> {
    for (const ref of session.runningRefs()) {
      const relay = live.get(ref);
      const served =
        relay === undefined ? servedNothing(session.model.profile, clock.nowMs()) : relay.leftover;
      if (served === null) continue;
      await settle(session, ref, served, signer);
      holds.drop(ref);
      live.delete(ref);
    }
  }

  async function* relay(
    peerKey: Hex,
    request: RelayRequest,
    signal: AbortSignal,
    onSaid: () => void = () => undefined,
  ): AsyncGenerator<RelayEvent, void> {
    const candidate = candidateOf(request);
    const quote = isDisposed ? 'not-serving' : await askChain(candidate, ports, parts);
    if (signal.aborted) return;
    const begun =
      typeof quote === 'string' ? quote : begin(peerKey, candidate, quote, signal, onSaid);
    if (typeof begun === 'string') yield { type: 'refusal', refusal: refusal(begun) };
    else yield* begun;
  }

  function begin(
    peerKey: Hex,
    candidate: Candidate,
    quote: Quote,
    signal: AbortSignal,
    onSaid: () => void,
  ): Handoff<RelayEvent> | RefusalCode {
    if (isDisposed) return 'not-serving';
    try {
      const admitted = judge(candidate, quote, ports, parts);
      return typeof admitted === 'string' ? admitted : start(peerKey, admitted, signal, onSaid);
    } catch (error) {
      log.error('a relay could not be written down', { error });
      return 'internal';
    }
  }

  return {
    relay,
    card: () => ({
      version: VERSION,
      chainId,
      hub,
      supplier: signer.address,
      services: models.now(),
      freeSlots: Math.max(0, room.free()),
      serving: !isDisposed && admission.admits() === null,
    }),
    async resync(peerKey, request) {
      try {
        const answer = await answerResync(peerKey, request, ports, { ...parts, settleLeftovers });
        return typeof answer === 'string' ? refusal(answer) : answer;
      } catch (error) {
        tellUnsettled('a resync could not be answered', error);
        return refusal('internal');
      }
    },
    cancel(peerKey, { session, ref }) {
      const relay = live.get(ref);
      if (relay?.session !== session || relay.peerKey !== peerKey) return false;
      relay.stop.stop('cancelled');
      return true;
    },
    async restore() {
      const epoch = epochAt(clock.nowMs(), network.epochSeconds);
      for (const session of sessions.load(epoch)) await settleLeftovers(session);
    },
    refusals: () => counts,
    async dispose() {
      isDisposed = true;
      for (const { stop } of live.values()) stop.stop('failed');
      await Promise.all([...live.values()].map(({ done }) => done));
    },
  };
}
