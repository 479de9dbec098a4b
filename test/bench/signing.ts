/** What the signatures of one relay cost in CPU, with the libraries that could make them. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { recoverAddress, compactSignatureToSignature, parseCompactSignature } from 'viem';
import { sign as viemSign } from 'viem/accounts';
import { fromHex, toHex, type Hex } from '../../electron/protocol/hex.ts';
import { RECEIPT, type Receipt } from '../../electron/protocol/receipt.ts';
import { bodyHash, relayRef } from '../../electron/protocol/relay-hash.ts';
import { sessionId, type Session } from '../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../electron/protocol/voucher.ts';
import { recoverOffline } from '../../electron/relay/offline-recover-adapter.ts';
import { recoverSigner, signDigest } from '../../electron/relay/secp256k1-adapter.ts';
import type { Bench, BenchOptions, SamplePair } from './bench-types.ts';

const ROUNDS = 40;
const QUICK_ROUNDS = 5;
/** Relays in one sample, because one alone is too short to be measured. */
const RELAYS = 20;
const MICROSECONDS_PER_MS = 1_000;

/** Signs and recovers, in whatever way a library offers. */
interface Library {
  sign(key: Uint8Array, digest: Uint8Array): Hex | Promise<Hex>;
  recover(digest: Uint8Array, signature: Hex): Hex | null | Promise<Hex | null>;
}

const PARITY_BIT = 0x80;

function withParity(compact: Uint8Array, parity: number): Hex {
  const bytes = Uint8Array.from(compact);
  if (parity === 1) bytes[32] = (bytes[32] ?? 0) | PARITY_BIT;
  return toHex(bytes);
}

const LIBRARIES: Readonly<Record<'tiny-secp256k1' | '@noble/curves' | 'viem', Library>> = {
  'tiny-secp256k1': { sign: signDigest, recover: recoverSigner },
  '@noble/curves': {
    sign(key, digest) {
      const made = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' });
      return withParity(made.subarray(1), made[0] ?? 0);
    },
    recover: recoverOffline,
  },
  viem: {
    async sign(key, digest) {
      const { r, s, yParity } = await viemSign({ hash: toHex(digest), privateKey: toHex(key) });
      return withParity(fromHex(`0x${r.slice(2)}${s.slice(2)}`), yParity ?? 0);
    },
    recover: async (digest, signature) =>
      toLower(
        await recoverAddress({
          hash: toHex(digest),
          signature: compactSignatureToSignature(parseCompactSignature(signature)),
        }),
      ),
  },
};

function toLower(address: string): Hex {
  return `0x${address.slice(2).toLowerCase()}`;
}

const word = (pair: string): Hex => `0x${pair.repeat(32)}`;
const address = (pair: string): Hex => `0x${pair.repeat(20)}`;
const HOT_KEY = new Uint8Array(32).fill(3);
const SUPPLIER_KEY = new Uint8Array(32).fill(4);
const SESSION: Session = {
  chainId: 31_337n,
  hub: address('aa'),
  application: address('bb'),
  service: word('cc'),
  epoch: 39_351,
  draw: 0,
  supplier: address('dd'),
  price: 200_000n,
};
const BODY = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(1_000) }] });

/** All hashes and signatures of one relay, at both ends: request, voucher, receipt. */
async function signRelay({ sign, recover }: Library, number: number): Promise<void> {
  const domain = hashDomain({ chainId: SESSION.chainId, verifyingContract: SESSION.hub });
  const session = sessionId(SESSION);
  const ref = relayRef({
    session,
    salt: word('01'),
    bodyHash: bodyHash(BODY),
    seedNonce: word('02'),
    maxCu: BigInt(number),
    deadlineMs: 0n,
    topLogprobs: 0,
  });
  const voucher = digestOf(domain, VOUCHER, { session, cumulative: BigInt(number), ref });
  const given = await sign(HOT_KEY, voucher);
  const receipt = digestOf(domain, RECEIPT, receiptOf(session, ref, number));
  const answered = await sign(SUPPLIER_KEY, receipt);
  const signers = [await recover(voucher, given), await recover(receipt, answered)];
  if (signers.includes(null)) throw new Error('a signature was not recovered');
}

function receiptOf(session: Hex, ref: Hex, sequence: number): Receipt {
  return {
    session,
    ref,
    sequence,
    cumulative: 1_000n,
    responseHash: word('03'),
    modelSha256: word('04'),
    profile: word('05'),
    promptTokens: 100,
    cachedTokens: 0,
    outputTokens: 64,
    heldTokens: 0,
    heldTokenSeconds: 0n,
    refundTokenSeconds: 0n,
    owedTokenSeconds: 0n,
    cu: 292n,
    totalCu: 292n,
    charged: 58n,
    totalCharged: 58n,
    finish: 0,
    queuedMs: 1,
    firstTokenMs: 10,
    totalMs: 100,
    endedAtMs: 1_700_000_000_000n,
  };
}

/** CPU milliseconds of this process for one relay. */
async function cpuMs(library: Library): Promise<number> {
  const before = process.cpuUsage();
  for (let number = 1; number <= RELAYS; number += 1) await signRelay(library, number);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MICROSECONDS_PER_MS / RELAYS;
}

async function measure({ quick, log }: BenchOptions): Promise<Record<string, SamplePair>> {
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const taken: Record<keyof typeof LIBRARIES, number[]> = {
    'tiny-secp256k1': [],
    '@noble/curves': [],
    viem: [],
  };
  for (const library of Object.values(LIBRARIES)) await cpuMs(library);
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of ['tiny-secp256k1', '@noble/curves', 'viem'] as const) {
      taken[name].push(await cpuMs(LIBRARIES[name]));
    }
  }
  log(`${rounds} rounds of ${RELAYS} relays with each library`);
  return {
    'one relay, against @noble/curves': {
      ours: taken['tiny-secp256k1'],
      peer: taken['@noble/curves'],
    },
    'one relay, against viem': { ours: taken['tiny-secp256k1'], peer: taken.viem },
  };
}

export const bench: Bench = {
  name: 'signing',
  about:
    'CPU of all signatures and hashes of one relay: tiny-secp256k1 against @noble/curves and viem',
  run: async (options) => ({
    name: 'signing',
    config: {
      rounds: options.quick ? QUICK_ROUNDS : ROUNDS,
      relaysPerSample: RELAYS,
      signatures: 2,
      recoveries: 2,
      bodyCharacters: BODY.length,
    },
    samples: await measure(options),
    unit: 'ms CPU per relay',
    warmUp: `${RELAYS} relays with each library`,
  }),
};
