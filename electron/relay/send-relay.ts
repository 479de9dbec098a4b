/** Makes a relay request with its voucher, and writes both down before either leaves. */
import { AppError } from '../platform/app-error.ts';
import type { ChatTurn } from '../protocol/generate.ts';
import { toHex, type Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import { bodyHash, relayRef, samplerSeed } from '../protocol/relay-hash.ts';
import {
  MAX_LOGPROBS,
  toRelayBody,
  type HoldTerms,
  type RelayRequest,
} from '../protocol/wire-relay.ts';
import type { ApplicationSession } from './application-session.ts';
import type { ApplicationPorts, RelayQuestion } from './ports.ts';
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
  /** As it was asked, for whoever asks the next one. */
  readonly turns: readonly ChatTurn[];
  readonly holdSeconds: number;
}

export interface SendTerms {
  /** Token units that the session can pay in all. */
  readonly allowance: bigint;
  /** How long the answer may take. */
  readonly relayMs: number;
  /** The request whose hold this one goes on from. */
  readonly follows: Hex | null;
}

/**
 * @throws AppError `stake-used-up`, `bad-request` for more probabilities than a relay can carry; whatever the signer and the ledger throw. Nothing has left then.
 */
export async function sendRelay(
  session: ApplicationSession,
  question: RelayQuestion,
  { allowance, relayMs, follows }: SendTerms,
  { signer, clock, random }: ApplicationPorts,
): Promise<SentRequest> {
  const { maxCu, maxCharge, maxTokens, promptTokens } = priceOf(question, session.model);
  const { turns, holdSeconds = 0, topLogprobs = 0 } = question;
  if (topLogprobs > MAX_LOGPROBS) throw new AppError('bad-request');
  const hold = { holdSeconds, follows };
  const body = JSON.stringify(toRelayBody({ ...question, maxTokens }, hold));
  const asked = {
    salt: toHex(random.bytes(WORD_BYTES)),
    seedNonce: toHex(random.bytes(WORD_BYTES)),
    maxCu,
    deadlineMs: BigInt(clock.nowMs() + relayMs),
    topLogprobs,
  };
  const ref = relayRef({ session: session.id, bodyHash: bodyHash(body), ...asked });
  // Set aside before the signature, which takes time: a second relay must already count this one.
  const { cumulative, release } = session.reserve(maxCu);
  try {
    if (cumulative > allowance) throw new AppError('stake-used-up');
    const voucher = { session: session.id, cumulative, ref };
    const signature = await signer.signVoucher(voucher);
    writeDown(session, { ...asked, ...hold, ref, cumulative, signature }, clock.nowMs());
    const request = { session: session.terms, voucher: { cumulative, signature }, ...asked, body };
    const seed = samplerSeed(asked.seedNonce, ref, session.terms.supplier);
    const limits = { promptTokens, outputTokens: maxTokens };
    return { ref, request, maxCharge, seed, limits, turns, holdSeconds };
  } finally {
    release();
  }
}

function writeDown(
  session: ApplicationSession,
  sent: HoldTerms & {
    readonly ref: Hex;
    readonly cumulative: bigint;
    readonly signature: Hex;
    readonly maxCu: bigint;
    readonly deadlineMs: bigint;
  },
  atMs: number,
): void {
  const { ref, cumulative, signature, maxCu, deadlineMs, holdSeconds, follows } = sent;
  const entry: LedgerEntry = {
    kind: 'relay-sent',
    atMs,
    session: session.id,
    ref,
    cumulative,
    signature,
    maxCu,
    deadlineMs,
    ...(holdSeconds > 0 && { holdSeconds }),
    ...(follows !== null && { follows }),
  };
  session.append(session.best === null ? [session.opened, entry] : [entry], 'full');
  // Until its stream has ended, nobody asks for its fate.
  session.active.add(ref);
}
