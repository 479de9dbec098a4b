/** Makes a relay request with its voucher, and writes both down before either leaves. */
import { AppError } from '../platform/app-error.ts';
import type { GenerateRequest } from '../protocol/generate.ts';
import { toHex, type Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import { bodyHash, relayRef, samplerSeed } from '../protocol/relay-hash.ts';
import { toRelayBody, type RelayRequest } from '../protocol/wire-relay.ts';
import type { ApplicationSession } from './application-session.ts';
import type { ApplicationPorts } from './ports.ts';
import type { Limits } from './receipt-checks.ts';
import { priceOf } from './relay-price.ts';

const WORD_BYTES = 32;

export interface SentRequest {
  readonly ref: Hex;
  readonly request: RelayRequest;
  readonly maxCharge: bigint;
  /** What the Supplier has to sample with. */
  readonly seed: number;
  readonly limits: Limits;
}

/**
 * @param allowance token units that the session can pay in all
 * @param relayMs how long the answer may take
 * @throws AppError `stake-used-up`; whatever the signer and the ledger throw. Nothing has left then.
 */
export async function sendRelay(
  session: ApplicationSession,
  question: GenerateRequest,
  { allowance, relayMs }: { readonly allowance: bigint; readonly relayMs: number },
  { signer, clock, random }: ApplicationPorts,
): Promise<SentRequest> {
  const { maxCu, maxCharge, maxTokens, promptTokens } = priceOf(question, session.model);
  const body = JSON.stringify(toRelayBody({ ...question, maxTokens }));
  const asked = {
    salt: toHex(random.bytes(WORD_BYTES)),
    seedNonce: toHex(random.bytes(WORD_BYTES)),
    maxCu,
    deadlineMs: BigInt(clock.nowMs() + relayMs),
    topLogprobs: 0,
  };
  const ref = relayRef({ session: session.id, bodyHash: bodyHash(body), ...asked });
  // Set aside before the signature, which takes time: a second relay must already count this one.
  const { cumulative, release } = session.reserve(maxCu);
  try {
    if (cumulative > allowance) throw new AppError('stake-used-up');
    const voucher = { session: session.id, cumulative, ref };
    const signature = await signer.signVoucher(voucher);
    writeDown(session, { ...asked, ref, cumulative, signature }, clock.nowMs());
    const request = { session: session.terms, voucher: { cumulative, signature }, ...asked, body };
    const seed = samplerSeed(asked.seedNonce, ref, session.terms.supplier);
    return { ref, request, maxCharge, seed, limits: { promptTokens, outputTokens: maxTokens } };
  } finally {
    release();
  }
}

function writeDown(
  session: ApplicationSession,
  sent: {
    readonly ref: Hex;
    readonly cumulative: bigint;
    readonly signature: Hex;
    readonly maxCu: bigint;
    readonly deadlineMs: bigint;
  },
  atMs: number,
): void {
  const { ref, cumulative, signature, maxCu, deadlineMs } = sent;
  const entry: LedgerEntry = {
    kind: 'relay-sent',
    atMs,
    session: session.id,
    ref,
    cumulative,
    signature,
    maxCu,
    deadlineMs,
  };
  session.append(session.best === null ? [session.opened, entry] : [entry], 'full');
  // Until its stream has ended, nobody asks for its fate.
  session.active.add(ref);
}
