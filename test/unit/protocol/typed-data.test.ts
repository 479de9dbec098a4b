/** The encoder of signed structs against viem's, and against the vectors that the contract agrees with. */
import fc from 'fast-check';
import { hashTypedData, type Hex as ViemHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEFAULT_WEIGHTS, weightsHash } from '../../../electron/protocol/cu.ts';
import { toHex, type Hex } from '../../../electron/protocol/hex.ts';
import { RECEIPT } from '../../../electron/protocol/receipt.ts';
import { serviceId, SESSION, sessionId } from '../../../electron/protocol/session.ts';
import {
  digestOf,
  hashDomain,
  hashStruct,
  typedDataJson,
  type Fields,
  type Struct,
  type Values,
} from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import { recoverOffline } from '../../../electron/relay/offline-recover-adapter.ts';
import { recoverSigner, signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import vectors from '../../fixtures/protocol-vectors.json' with { type: 'json' };
import { address, receipt, session, uint, voucher, word } from '../../fakes/arbitrary-protocol.ts';

const domain = fc.record({ chainId: uint(64), verifyingContract: address });

function viemDigest<F extends Fields>(
  { chainId, verifyingContract }: { readonly chainId: bigint; readonly verifyingContract: Hex },
  struct: Struct<F>,
  values: Values<F>,
): ViemHex {
  const fields = Object.entries(struct.fields).map(([name, type]) => ({ name, type }));
  return hashTypedData({
    domain: { name: 'Lull RelayHub', version: '1', chainId, verifyingContract },
    types: { [struct.name]: fields },
    primaryType: struct.name,
    message: values,
  });
}

describe('a digest', () => {
  it('is the one that viem makes', () => {
    fc.assert(
      fc.property(domain, voucher, receipt, (where, aVoucher, aReceipt) => {
        const hash = hashDomain(where);
        expect(toHex(digestOf(hash, VOUCHER, aVoucher))).toBe(viemDigest(where, VOUCHER, aVoucher));
        expect(toHex(digestOf(hash, RECEIPT, aReceipt))).toBe(viemDigest(where, RECEIPT, aReceipt));
      }),
    );
  });

  it('is also the one of its JSON form, which holds nothing but JSON', () => {
    fc.assert(
      fc.property(domain, receipt, (where, value) => {
        const json: unknown = JSON.parse(JSON.stringify(typedDataJson(where, RECEIPT, value)));
        const { message } = z.object({ message: z.record(z.string(), z.json()) }).parse(json);
        const fields = Object.entries(RECEIPT.fields).map(([name, type]) => ({ name, type }));
        const digest = hashTypedData({
          domain: { name: 'Lull RelayHub', version: '1', ...where },
          types: { Receipt: fields },
          primaryType: 'Receipt',
          message,
        });
        expect(digest).toBe(toHex(digestOf(hashDomain(where), RECEIPT, value)));
      }),
    );
  });

  it('is of values that fit their fields, or not at all', () => {
    const at = { session: word, ref: word };
    fc.assert(
      fc.property(fc.record(at), ({ session: id, ref }) => {
        const hash = (cumulative: bigint) => hashStruct(VOUCHER, { session: id, cumulative, ref });
        expect(() => hash(2n ** 96n)).toThrow(RangeError);
        expect(() => hash(-1n)).toThrow(RangeError);
        expect(() => hashStruct(VOUCHER, { session: '0x12', cumulative: 0n, ref })).toThrow();
      }),
    );
  });

  it('differs for every field that differs', () => {
    fc.assert(
      fc.property(session, session, (one, other) => {
        for (const name of Object.keys(SESSION.fields)) {
          const changed = { ...one, ...pick(other, name) };
          const isSame = JSON.stringify(changed, asText) === JSON.stringify(one, asText);
          expect(sessionId(changed) === sessionId(one)).toBe(isSame);
        }
      }),
      { numRuns: 20 },
    );
  });
});

function pick<T extends object>(from: T, name: string): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key === name)) as Partial<T>;
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** The vectors spell addresses with a checksum; on the wire they are lower case. */
const hex = z.string().transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
const small = z.coerce.number();
const wide = z.coerce.bigint();
const weights = z.object({
  promptMilli: small,
  cachedMilli: small,
  outputMilli: small,
  heldMilli: small,
  hash: hex,
});
const service = z.object({ ggufSha256: hex, source: hex, weightsHash: hex, id: hex });
const knownSession = z.object({
  chainId: wide,
  hub: hex,
  application: hex,
  service: hex,
  epoch: small,
  draw: small,
  supplier: hex,
  price: wide,
  id: hex,
});
const signed = z.object({
  chainId: wide,
  hub: hex,
  message: z.record(z.string(), z.string()),
  digest: hex,
  privateKey: hex,
  signature: hex,
});

/** Reads a vector's decimal strings as the struct's own types. */
function valuesOf<F extends Fields>(struct: Struct<F>, message: Readonly<Record<string, string>>) {
  const values = Object.entries(struct.fields).map(([name, type]) => {
    const text = message[name] ?? '';
    if (type === 'address' || type === 'bytes32') return [name, text.toLowerCase()];
    return [name, ['uint8', 'uint16', 'uint32'].includes(type) ? Number(text) : BigInt(text)];
  });
  // The struct itself says which type each of its fields has.
  return Object.fromEntries(values) as Values<F>;
}

describe('the published vectors', () => {
  it('are what ids and weights come to', () => {
    for (const { hash, ...known } of z.array(weights).parse(vectors.weights)) {
      expect(weightsHash(known)).toBe(hash);
    }
    for (const { id, ...known } of z.array(service).parse(vectors.services)) {
      expect(serviceId(known)).toBe(id);
    }
    for (const { id, ...known } of z.array(knownSession).parse(vectors.sessions)) {
      expect(sessionId(known)).toBe(id);
    }
    expect(weightsHash(DEFAULT_WEIGHTS)).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it.each([
    ['vouchers', VOUCHER, vectors.vouchers] as const,
    ['receipts', RECEIPT, vectors.receipts] as const,
  ])('are what %s hash and sign to', (_name, struct: Struct<Fields>, list) => {
    for (const known of z.array(signed).parse(list)) {
      const where = hashDomain({ chainId: known.chainId, verifyingContract: known.hub });
      const digest = digestOf(where, struct, valuesOf(struct, known.message));
      expect(toHex(digest)).toBe(known.digest);
      const key = Uint8Array.from(Buffer.from(known.privateKey.slice(2), 'hex'));
      expect(signDigest(key, digest)).toBe(known.signature);
      expect(recoverOffline(digest, known.signature)).toBe(recoverSigner(digest, known.signature));
    }
  });
});
