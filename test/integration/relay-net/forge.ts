/** Relay requests as the Application would sign them, with any part of them changed before or after the signature. */
import { fromHex, toHex, type Hex } from '../../../electron/protocol/hex.ts';
import { bodyHash, relayRef } from '../../../electron/protocol/relay-hash.ts';
import { sessionId, type Session } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import { toRelayBody, type RelayRequest } from '../../../electron/protocol/wire-relay.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { signDigest } from '../../../electron/relay/secp256k1-adapter.ts';

/** Covers more than all tests together cost, and less than the budget. */
const CUMULATIVE = 5_000_000n;
const MAX_CU = 1_000n;
const LIFE_MS = 60_000;

export interface Changes extends Partial<Omit<RelayRequest, 'session' | 'voucher'>> {
  readonly terms?: Partial<Session>;
  readonly cumulative?: bigint;
  readonly key?: Uint8Array;
  /** What the signature is for, when not for the session's own network. */
  readonly signedChainId?: bigint;
  readonly signedSession?: Hex;
}

export type Forge = (changes?: Changes) => RelayRequest;

/** @param key the Application's hot key */
export function createForge(session: Session, key: Uint8Array): Forge {
  let salts = 0;
  return ({
    terms = {},
    cumulative = CUMULATIVE,
    key: other = key,
    signedChainId,
    signedSession,
    ...rest
  } = {}) => {
    salts += 1;
    const mine = { ...session, ...terms };
    const asked = {
      salt: toHex(new Uint8Array(32).fill(salts % 256)),
      seedNonce: toHex(new Uint8Array(32).fill(Math.floor(salts / 256))),
      maxCu: MAX_CU,
      deadlineMs: BigInt(Date.now() + LIFE_MS),
      topLogprobs: 0,
      body: bodyOf('say 3'),
      ...rest,
    };
    const id = sessionId(mine);
    const { body, ...hashed } = asked;
    const ref = relayRef({ session: id, bodyHash: bodyHash(body), ...hashed });
    const domain = hashDomain({
      chainId: signedChainId ?? mine.chainId,
      verifyingContract: mine.hub,
    });
    const voucher = { session: signedSession ?? id, cumulative, ref };
    const signature = signDigest(other, digestOf(domain, VOUCHER, voucher));
    return { session: mine, voucher: { cumulative, signature }, ...asked };
  };
}

export function bodyOf(text: string): string {
  const turns = [{ role: 'user', text }] as const;
  return JSON.stringify(
    toRelayBody({ turns, sampling: DEFAULT_SAMPLING, maxTokens: 20, stop: [] }),
  );
}

/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The same signature with the other s, which every verifier of plain ECDSA takes as well. */
export function withHighS(signature: Hex): Hex {
  const bytes = fromHex(signature);
  const low = BigInt(toHex(bytes.subarray(32))) & ((1n << 255n) - 1n);
  const high = (ORDER - low).toString(16).padStart(64, '0');
  return `0x${signature.slice(2, 66)}${high}`;
}
