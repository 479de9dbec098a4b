/** Relay requests as the Application's key would sign them, with a body of the test's own making. */
import { toHex, type Hex } from '../../electron/protocol/hex.ts';
import { bodyHash, relayRef } from '../../electron/protocol/relay-hash.ts';
import { sessionId } from '../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../electron/protocol/voucher.ts';
import type { RelayBody, RelayRequest } from '../../electron/protocol/wire-relay.ts';
import * as terms from './relay-terms.ts';
import { createShamSigner } from './sham-signer.ts';

const ID = sessionId(terms.SESSION);
const DOMAIN = hashDomain({ chainId: terms.NETWORK.chainId, verifyingContract: terms.NETWORK.hub });
const LIFE_MS = 60_000;

export interface ForgedRelay {
  readonly ref: Hex;
  readonly request: RelayRequest;
}

/** @param number tells one from the other; the voucher covers whatever it may cost */
export async function forgeRelay(
  number: number,
  body: RelayBody,
  over: Partial<Pick<RelayRequest, 'maxCu' | 'topLogprobs'>> = {},
): Promise<ForgedRelay> {
  const text = JSON.stringify(body);
  const asked = {
    salt: toHex(new Uint8Array(32).fill(number)),
    seedNonce: toHex(new Uint8Array(32).fill(7)),
    maxCu: 1_000n,
    deadlineMs: BigInt(terms.NOW_MS + LIFE_MS),
    topLogprobs: 0,
    ...over,
  };
  const cumulative = terms.ALLOWANCE / 2n;
  const ref = relayRef({ session: ID, bodyHash: bodyHash(text), ...asked });
  const digest = digestOf(DOMAIN, VOUCHER, { session: ID, cumulative, ref });
  const signature = await createShamSigner(terms.HOT_KEY).sign(digest);
  const voucher = { cumulative, signature };
  return { ref, request: { session: terms.SESSION, voucher, ...asked, body: text } };
}
