/** Collects the facts that the rules of admission are asked about, cheap ones first. */
import type { Hex } from '../protocol/hex.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import { bodyHash, relayRef, samplerSeed } from '../protocol/relay-hash.ts';
import { serviceId, sessionId } from '../protocol/session.ts';
import { weightsHash } from '../protocol/cu.ts';
import { digestOf } from '../protocol/typed-data.ts';
import { VOUCHER } from '../protocol/voucher.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import {
  fromRelayBody,
  holdTermsOf,
  parseRelayBody,
  type RelayBody,
  type RelayRequest,
} from '../protocol/wire-relay.ts';
import {
  firstRefusal,
  MONEY_RULES,
  REQUEST_RULES,
  type MoneyFacts,
  type RequestFacts,
} from './admission-rules.ts';
import type { BoughtHolds } from './bought-holds.ts';
import type { Quote, SupplierPorts } from './ports.ts';
import type { QuoteCache } from './quote-cache.ts';
import type { RunJob } from './relay-run.ts';
import { holdRoom, isHoldUsable } from './supplier-holds.ts';
import type { SupplierSession } from './supplier-session.ts';
import type { SupplierSessions } from './supplier-sessions.ts';

/** A request that was looked at: its names, and what it asks. */
export interface Candidate {
  readonly request: RelayRequest;
  readonly id: Hex;
  /** Made when it is first read: hashing a long question takes longer than all else that a refusal costs. */
  readonly ref: Hex;
  readonly body: RelayBody | null;
}

/** A request that may be served now. */
export interface Admitted extends Candidate {
  readonly body: RelayBody;
  readonly model: ServedModel;
  /** Null when this relay is the session's first. */
  readonly session: SupplierSession | null;
}

export interface AdmissionParts {
  readonly sessions: SupplierSessions;
  readonly quotes: QuoteCache;
  readonly holds: BoughtHolds;
  readonly domainHash: Uint8Array;
}

export function candidateOf(request: RelayRequest): Candidate {
  const id = sessionId(request.session);
  let ref: Hex | null = null;
  return {
    request,
    id,
    body: parseRelayBody(request.body),
    get ref() {
      ref ??= refOf(id, request);
      return ref;
    },
  };
}

function refOf(id: Hex, request: RelayRequest): Hex {
  const { salt, seedNonce, maxCu, deadlineMs, topLogprobs, body } = request;
  const hash = bodyHash(body);
  return relayRef({
    session: id,
    salt,
    bodyHash: hash,
    seedNonce,
    maxCu,
    deadlineMs,
    topLogprobs,
  });
}

/** The model that a session's service names, as it is served now. */
export function servedModel(models: readonly ServedModel[], service: Hex): ServedModel | null {
  return models.find((model) => serviceOf(model) === service) ?? null;
}

/** Asked for twice a relay, and as long as nothing changes it is the same object that is served. */
const SERVICES = new WeakMap<ServedModel, Hex>();

function serviceOf(model: ServedModel): Hex {
  const known = SERVICES.get(model);
  if (known !== undefined) return known;
  const { ggufSha256, source, weights } = model;
  const service = serviceId({ ggufSha256, source, weightsHash: weightsHash(weights) });
  SERVICES.set(model, service);
  return service;
}

/** The rules that cost no question to the chain, then the question. @returns its answer, or why not to serve */
export async function askChain(
  candidate: Candidate,
  ports: SupplierPorts,
  parts: AdmissionParts,
): Promise<Quote | RefusalCode> {
  const early = firstRefusal(REQUEST_RULES, requestFacts(candidate, ports, parts));
  if (early !== null) return early;
  const quote = await parts.quotes.quote(candidate.id, candidate.request.session);
  return quote ?? 'chain-unreachable';
}

/**
 * Every rule, those asked before the chain too: much may have changed meanwhile. What is admitted has to be
 * written down before anything else runs, or two relays could count on the same money.
 */
export function judge(
  candidate: Candidate,
  quote: Quote,
  ports: SupplierPorts,
  parts: AdmissionParts,
): Admitted | RefusalCode {
  const facts = requestFacts(candidate, ports, parts);
  const again = firstRefusal(REQUEST_RULES, facts);
  if (again !== null) return again;
  const session = parts.sessions.find(candidate.id);
  const money = moneyFacts(facts, candidate, session, quote, ports, parts);
  const refused = firstRefusal(MONEY_RULES, money);
  if (refused !== null) return refused;
  const { body, model } = facts;
  if (body === null || model === null) throw new Error('a rule let an unreadable request pass');
  return { ...candidate, body, model, session };
}

function requestFacts(
  candidate: Candidate,
  { network, signer, models, clock }: SupplierPorts,
  { sessions }: AdmissionParts,
): RequestFacts {
  const { request, id, body } = candidate;
  return {
    request,
    body,
    network,
    supplier: signer.address,
    model: servedModel(models.now(), request.session.service),
    nowMs: clock.nowMs(),
    get isKnown() {
      const session = sessions.find(id);
      return session !== null && session.record(candidate.ref) !== null;
    },
  };
}

function moneyFacts(
  facts: RequestFacts,
  { request, id, ref, body }: Candidate,
  session: SupplierSession | null,
  quote: Quote,
  { recover, admission, room }: SupplierPorts,
  { sessions, holds, domainHash }: AdmissionParts,
): MoneyFacts {
  const { cumulative, signature } = request.voucher;
  const digest = digestOf(domainHash, VOUCHER, { session: id, cumulative, ref });
  return {
    ...facts,
    quote,
    voucherSigner: recover(digest, signature),
    commitment: session?.commitment() ?? {
      settledCu: 0n,
      inFlightCu: 0n,
      price: request.session.price,
    },
    charged: session?.charged ?? 0n,
    bestCumulative: session?.bestCumulative ?? 0n,
    isDrawShared: sessions.isDrawShared(id, request.session),
    isHoldUsable: body === null || isHoldUsable(body, session, holds),
    holdRoom: holdRoom(holds, request.session.application),
    governor: admission.admits(),
    freeRoom: room.free(),
  };
}

/** What an admitted request asks of the engine. */
export function jobOf(
  { request, ref, body, model }: Admitted,
  session: SupplierSession,
): Omit<RunJob, 'out' | 'stop'> {
  const { topLogprobs, maxCu } = request;
  const { application, supplier } = request.session;
  const { holdSeconds, follows } = holdTermsOf(body);
  const asked = {
    ...fromRelayBody(body, samplerSeed(request.seedNonce, ref, supplier)),
    ggufSha256: model.ggufSha256,
    cacheKey: application,
    ...(holdSeconds > 0 && { holdSeconds }),
    ...(topLogprobs > 0 && { topLogprobs }),
  };
  return { request: asked, model, maxCu, hold: follows === null ? null : session.holdOf(follows) };
}
