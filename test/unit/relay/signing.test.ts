/** Signatures and recovery: two libraries and viem agree, on honest input and on hostile. */
import fc from 'fast-check';
import { compactSignatureToSignature, parseCompactSignature, recoverAddress } from 'viem';
import { sign as viemSign } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, type Hex } from '../../../electron/protocol/hex.ts';
import { recoverOffline } from '../../../electron/relay/offline-recover-adapter.ts';
import { recoverSigner, signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import { hexOf } from '../../fakes/arbitrary-protocol.ts';
import { addressOfKey } from '../../fakes/test-keys.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF = ORDER / 2n;
const PARITY = 1n << 255n;

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const key = fc.bigInt(1n, ORDER - 1n).map((value) => fromHex(wordOf(value)));

function wordOf(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, '0')}`;
}

function compact(r: bigint, s: bigint): Hex {
  return `0x${wordOf(r).slice(2)}${wordOf(s).slice(2)}`;
}

function parts(signature: Hex): {
  readonly r: bigint;
  readonly s: bigint;
  readonly parity: bigint;
} {
  const r = BigInt(`0x${signature.slice(2, 66)}`);
  const vs = BigInt(`0x${signature.slice(66)}`);
  return { r, s: vs & (PARITY - 1n), parity: vs & PARITY };
}

/** @returns what both of ours say, once they are seen to agree */
function recoverBoth(hash: Uint8Array, signature: Hex): Hex | null {
  const fast = recoverSigner(hash, signature);
  expect(recoverOffline(hash, signature)).toBe(fast);
  return fast;
}

describe('a signature', () => {
  it('is the one that viem makes, and names its signer in lower case', async () => {
    await fc.assert(
      fc.asyncProperty(key, digest, async (secret, hash) => {
        const ours = signDigest(secret, hash);
        const { r, s, yParity } = await viemSign({ hash: toHex(hash), privateKey: toHex(secret) });
        const parity = yParity === 1 ? PARITY : 0n;
        expect(ours).toBe(compact(BigInt(r), BigInt(s) | parity));
        expect(parts(ours).s).toBeLessThanOrEqual(HALF);
        expect(recoverBoth(hash, ours)).toBe(addressOfKey(secret));
      }),
      { numRuns: 50 },
    );
  });

  it('with the high s of the same point is not its signer’s', () => {
    fc.assert(
      fc.property(key, digest, (secret, hash) => {
        const { r, s, parity } = parts(signDigest(secret, hash));
        // Nearly every high s needs the bit that ERC-2098 has for the parity, so it reads as another number.
        const twin = compact(r, (ORDER - s) | (parity ^ PARITY));
        expect(recoverBoth(hash, twin)).not.toBe(addressOfKey(secret));
      }),
      { numRuns: 30 },
    );
  });

  it('with one bit changed names somebody else or nobody', () => {
    fc.assert(
      fc.property(key, digest, fc.nat(511), (secret, hash, bit) => {
        const bytes = fromHex(signDigest(secret, hash));
        const at = bit >> 3;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        expect(recoverBoth(hash, toHex(bytes))).not.toBe(addressOfKey(secret));
      }),
      { numRuns: 30 },
    );
  });
});

describe('nonsense', () => {
  const hash = new Uint8Array(32).fill(9);

  it('is nobody’s at every border', () => {
    const { r, s } = parts(signDigest(new Uint8Array(32).fill(1), hash));
    const hostile = [
      compact(0n, s),
      compact(r, 0n),
      compact(0n, 0n),
      compact(ORDER, s),
      compact(ORDER + 1n, s),
      compact(2n ** 256n - 1n, s),
      compact(r, HALF + 1n),
      compact(r, PARITY - 1n),
      compact(r, 2n ** 256n - 1n),
    ];
    for (const signature of hostile) expect(recoverBoth(hash, signature)).toBeNull();
    for (const signature of [
      '0x',
      '0x00',
      `0x${'00'.repeat(63)}`,
      `0x${'00'.repeat(65)}`,
    ] as const) {
      expect(recoverBoth(hash, signature)).toBeNull();
    }
  });

  it('at random is judged alike by all three', async () => {
    await fc.assert(
      fc.asyncProperty(hexOf(64), digest, async (signature, of) => {
        const ours = recoverBoth(of, signature);
        if (ours === null) return;
        const full = compactSignatureToSignature(parseCompactSignature(signature));
        const theirs = await recoverAddress({ hash: toHex(of), signature: full });
        expect(ours).toBe(theirs.toLowerCase());
      }),
      { numRuns: 60 },
    );
  });

  it('is no key either', () => {
    expect(() => signDigest(new Uint8Array(31), hash)).toThrow(RangeError);
    expect(() => signDigest(new Uint8Array(32), hash)).toThrow();
    expect(() => signDigest(fromHex(wordOf(ORDER)), hash)).toThrow();
  });
});
