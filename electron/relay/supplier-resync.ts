/** What a Supplier tells an Application that lost track: the fate of its requests, and the receipts that got lost. */
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import { epochAt, sessionId, type Session } from '../protocol/session.ts';
import { digestOf } from '../protocol/typed-data.ts';
import { VOUCHER } from '../protocol/voucher.ts';
import type { ResyncAnswer, ResyncRequest } from '../protocol/wire-peer.ts';
import { servedModel, type AdmissionParts } from './supplier-admission.ts';
import type { SupplierPorts } from './ports.ts';
import type { SupplierSession } from './supplier-session.ts';
import { KEPT_EPOCHS } from './supplier-sessions.ts';

/** Requests of one session that can be called void; no honest Application comes near it. */
const MAX_VOIDED = 4_096;

export interface ResyncParts extends AdmissionParts {
  /** Settles what runs no more and has no receipt yet. */
  settleLeftovers(session: SupplierSession): Promise<void>;
}

/** @returns the answer, or why there is none. @throws AppError when the ledger cannot be written */
export async function answerResync(
  peerKey: Hex,
  request: ResyncRequest,
  ports: SupplierPorts,
  parts: ResyncParts,
): Promise<ResyncAnswer | RefusalCode> {
  const { session: terms } = request;
  const { network, signer, clock } = ports;
  if (terms.chainId !== network.chainId || terms.hub !== network.hub) return 'wrong-chain';
  if (terms.supplier !== signer.address) return 'wrong-supplier';
  const nowEpoch = epochAt(clock.nowMs(), network.epochSeconds);
  // Nothing of it can be charged any more, so nothing of it is read back either: its terms are public by now.
  if (terms.epoch + KEPT_EPOCHS < nowEpoch) return allVoid(request.refs);
  const id = sessionId(terms);
  const known = parts.sessions.find(id);
  const graceMs = network.graceSeconds * 1000;
  const isOver = terms.epoch < epochAt(clock.nowMs() - graceMs, network.epochSeconds);
  // None of its requests can be served any more, and nothing has to be remembered for that.
  if (known === null && isOver) return allVoid(request.refs);
  const refused = await whyNotTheirs(id, peerKey, request, known, ports, parts);
  if (refused !== null) return refused;
  const session = parts.sessions.find(id) ?? open(id, peerKey, terms, ports, parts);
  if (typeof session === 'string') return session;
  await parts.settleLeftovers(session);
  return answerFor(session, request.refs, isOver, ports);
}

/**
 * Only whoever holds the Application's key hears of its relays: a voucher shows it. One that was taken before may
 * have been redeemed, and then everybody can read it on the chain, so it shows so from its own peer only.
 */
async function whyNotTheirs(
  id: Hex,
  peerKey: Hex,
  { session: terms, lastVoucher }: ResyncRequest,
  known: SupplierSession | null,
  { recover }: SupplierPorts,
  { quotes, domainHash }: AdmissionParts,
): Promise<RefusalCode | null> {
  // A voucher that was taken before was checked then, and needs no chain now.
  if (known?.holds(lastVoucher) === true) {
    return known.peerKey === peerKey ? null : 'key-not-granted';
  }
  const quote = await quotes.quote(id, terms);
  if (quote === null) return 'chain-unreachable';
  const { cumulative, ref, signature } = lastVoucher;
  const signer = recover(
    digestOf(domainHash, VOUCHER, { session: id, cumulative, ref }),
    signature,
  );
  if (!quote.keyValid || signer !== quote.hotKey) return 'key-not-granted';
  return quote.draw === terms.draw ? null : 'wrong-draw';
}

/**
 * A session none of whose requests came through: it exists only to remember that they are void. Only one on which
 * relays could be served now, or whoever has a stake could fill the ledger with sessions.
 */
function open(
  session: Hex,
  peerKey: Hex,
  terms: Session,
  { network, models, clock }: SupplierPorts,
  { sessions }: AdmissionParts,
): SupplierSession | RefusalCode {
  const model = servedModel(models.now(), terms.service);
  if (model === null) return 'unknown-service';
  if (terms.price !== model.price) return 'wrong-price';
  if (terms.epoch > epochAt(clock.nowMs(), network.epochSeconds)) return 'wrong-epoch';
  const role = 'supplier';
  const opened = {
    kind: 'session-opened',
    atMs: clock.nowMs(),
    role,
    session,
    terms,
    model,
    peerKey,
  } as const;
  const begun = sessions.begin(opened);
  begun.append([opened], 'normal');
  sessions.keep(begun);
  return begun;
}

function answerFor(
  session: SupplierSession,
  asked: readonly Hex[],
  isOver: boolean,
  { clock }: SupplierPorts,
): ResyncAnswer | RefusalCode {
  const refs = [...new Set(asked)];
  const unheard = isOver ? [] : refs.filter((ref) => session.record(ref) === null);
  if (session.voided + unheard.length > MAX_VOIDED) return 'queue-full';
  if (unheard.length > 0) {
    const atMs = clock.nowMs();
    const voided = unheard.map((ref): LedgerEntry => ({
      kind: 'relay-voided',
      atMs,
      session: session.id,
      ref,
    }));
    session.append(voided, 'full');
  }
  return {
    bestCumulative: session.bestCumulative,
    lastReceipt: session.lastReceipt,
    refs: refs.map((ref) => fateOf(session, ref)),
  };
}

function allVoid(asked: readonly Hex[]): ResyncAnswer {
  const refs = [...new Set(asked)].map((ref) => ({ ref, state: 'void' as const }));
  return { bestCumulative: 0n, lastReceipt: null, refs };
}

function fateOf(session: SupplierSession, ref: Hex): ResyncAnswer['refs'][number] {
  const record = session.record(ref);
  if (record?.state === 'settled') return { ref, state: 'settled', signed: record.signed };
  return { ref, state: record?.state === 'running' ? 'running' : 'void' };
}
