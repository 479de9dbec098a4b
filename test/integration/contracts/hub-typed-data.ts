/** What is signed and what is hashed, spelled out once more for the contracts' tests, on viem alone. */
import {
  encodeAbiParameters,
  hashTypedData,
  keccak256,
  parseAbiParameters,
  parseSignature,
  signatureToCompactSignature,
  stringToHex,
  type Address,
  type Hex,
} from 'viem';
import { sign } from 'viem/accounts';

export const TYPES = {
  Voucher: [
    { name: 'session', type: 'bytes32' },
    { name: 'cumulative', type: 'uint96' },
    { name: 'ref', type: 'bytes32' },
  ],
  Receipt: [
    { name: 'session', type: 'bytes32' },
    { name: 'ref', type: 'bytes32' },
    { name: 'sequence', type: 'uint32' },
    { name: 'cumulative', type: 'uint96' },
    { name: 'responseHash', type: 'bytes32' },
    { name: 'modelSha256', type: 'bytes32' },
    { name: 'profile', type: 'bytes32' },
    { name: 'promptTokens', type: 'uint32' },
    { name: 'cachedTokens', type: 'uint32' },
    { name: 'heldTokens', type: 'uint32' },
    { name: 'outputTokens', type: 'uint32' },
    { name: 'heldTokenSeconds', type: 'uint64' },
    { name: 'refundTokenSeconds', type: 'uint64' },
    { name: 'owedTokenSeconds', type: 'uint64' },
    { name: 'cu', type: 'uint64' },
    { name: 'totalCu', type: 'uint64' },
    { name: 'charged', type: 'uint96' },
    { name: 'totalCharged', type: 'uint96' },
    { name: 'finish', type: 'uint8' },
    { name: 'queuedMs', type: 'uint32' },
    { name: 'firstTokenMs', type: 'uint32' },
    { name: 'totalMs', type: 'uint32' },
    { name: 'endedAtMs', type: 'uint64' },
  ],
  KeyGrant: [
    { name: 'application', type: 'address' },
    { name: 'key', type: 'address' },
    { name: 'fromEpoch', type: 'uint32' },
    { name: 'untilEpoch', type: 'uint32' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint64' },
  ],
} as const;

export const NO_END = 0xffff_ffff;

export interface Place {
  readonly chainId: number;
  readonly hub: Address;
}

export interface SessionFields {
  readonly application: Address;
  readonly service: Hex;
  readonly epoch: number;
  readonly draw: number;
  readonly supplier: Address;
  readonly price: bigint;
}

export interface VoucherFields {
  readonly session: Hex;
  readonly cumulative: bigint;
  readonly ref: Hex;
}

export interface KeyGrantFields {
  readonly application: Address;
  readonly key: Address;
  readonly fromEpoch: number;
  readonly untilEpoch: number;
  readonly nonce: bigint;
  readonly deadline: bigint;
}

export interface CompactSignature {
  readonly r: Hex;
  readonly vs: Hex;
}

export interface CuWeights {
  readonly promptMilli: number;
  readonly cachedMilli: number;
  readonly outputMilli: number;
  readonly heldMilli: number;
}

const typehash = (text: string) => keccak256(stringToHex(text));
const SERVICE = typehash('Service(bytes32 ggufSha256,address source,bytes32 weightsHash)');
const WEIGHTS = typehash(
  'CuWeights(uint32 promptMilli,uint32 cachedMilli,uint32 outputMilli,uint32 heldMilli)',
);
const SESSION = typehash(
  'Session(uint256 chainId,address hub,address application,bytes32 service,uint32 epoch,uint8 draw,address supplier,uint96 price)',
);

export function domainOf({ chainId, hub }: Place) {
  return { name: 'Lull RelayHub', version: '1', chainId, verifyingContract: hub };
}

export function weightsHash(weights: CuWeights): Hex {
  const { promptMilli, cachedMilli, outputMilli, heldMilli } = weights;
  return keccak256(
    encodeAbiParameters(parseAbiParameters('bytes32, uint32, uint32, uint32, uint32'), [
      WEIGHTS,
      promptMilli,
      cachedMilli,
      outputMilli,
      heldMilli,
    ]),
  );
}

export function serviceId(ggufSha256: Hex, source: Address, weights: Hex): Hex {
  return keccak256(
    encodeAbiParameters(parseAbiParameters('bytes32, bytes32, address, bytes32'), [
      SERVICE,
      ggufSha256,
      source,
      weights,
    ]),
  );
}

export function sessionId(place: Place, session: SessionFields): Hex {
  return keccak256(
    encodeAbiParameters(
      parseAbiParameters(
        'bytes32, uint256, address, address, bytes32, uint32, uint8, address, uint96',
      ),
      [
        SESSION,
        BigInt(place.chainId),
        place.hub,
        session.application,
        session.service,
        session.epoch,
        session.draw,
        session.supplier,
        session.price,
      ],
    ),
  );
}

export function voucherDigest(place: Place, message: VoucherFields): Hex {
  const domain = domainOf(place);
  return hashTypedData({ domain, types: TYPES, primaryType: 'Voucher', message });
}

export function keyGrantDigest(place: Place, message: KeyGrantFields): Hex {
  const domain = domainOf(place);
  return hashTypedData({ domain, types: TYPES, primaryType: 'KeyGrant', message });
}

/** As it goes over the wire: r, and s with the parity in its highest bit. */
export async function signDigest(hash: Hex, privateKey: Hex): Promise<CompactSignature> {
  const signature = parseSignature(await sign({ hash, privateKey, to: 'hex' }));
  const { r, yParityAndS } = signatureToCompactSignature(signature);
  return { r, vs: yParityAndS };
}
