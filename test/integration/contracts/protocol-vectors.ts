/** Makes the published vectors: what any other code that speaks this protocol is checked against. */
import {
  getAddress,
  hashTypedData,
  keccak256,
  pad,
  stringToHex,
  type Address,
  type Hex,
} from 'viem';
import { actor } from './hub-fixture.ts';
import {
  domainOf,
  keyGrantDigest,
  NO_END,
  serviceId,
  sessionId,
  signDigest,
  TYPES,
  voucherDigest,
  weightsHash,
  type Place,
  type SessionFields,
} from './hub-typed-data.ts';

const MAX_32 = 2 ** 32 - 1;
const MAX_64 = 2n ** 64n - 1n;
const MAX_96 = 2n ** 96n - 1n;
const MAX_256 = 2n ** 256n - 1n;
const TOP = getAddress(`0x${'ff'.repeat(20)}`);
const ZERO: Address = `0x${'00'.repeat(20)}`;
const ONES: Hex = `0x${'ff'.repeat(32)}`;
const ZEROS: Hex = `0x${'00'.repeat(32)}`;

/** Keys that are secret to nobody: 31 zero bytes and one small number. */
const HOT = actor(7);
const SUPPLIER = actor(8);
const OWNER = actor(9);

const word = (label: string): Hex => keccak256(stringToHex(label));

/** @param live where a test has a real hub, so that the contract itself can be asked */
export async function buildVectors(live: Place) {
  const places: readonly Place[] = [
    live,
    { chainId: 1, hub: TOP },
    { chainId: Number.MAX_SAFE_INTEGER, hub: pad('0x01', { size: 20 }) },
  ];
  const services = serviceCases();
  const sessions = sessionCases(services.map(({ id }) => id));
  return {
    about:
      'Identities, digests and signatures of the relay protocol. Integers are decimal strings; signatures are ERC-2098 (r, then s with the parity in its highest bit).',
    weights: weightsCases(),
    services,
    sessions: places.flatMap((place) =>
      sessions.map((session) => ({
        ...at(place),
        ...text(session),
        id: sessionId(place, session),
      })),
    ),
    vouchers: await signed(places, voucherCases(), HOT.key, voucherDigest),
    receipts: await signed(places, receiptCases(), SUPPLIER.key, (place, message) =>
      hashTypedData({ domain: domainOf(place), types: TYPES, primaryType: 'Receipt', message }),
    ),
    keyGrants: await signed(places, keyGrantCases(), HOT.key, keyGrantDigest),
  };
}

function weightsCases() {
  const cases = [
    [0, 0, 0, 0],
    [1_000, 100, 4_000, 1],
    [1, 2, 3, 4],
    [MAX_32, MAX_32, MAX_32, MAX_32],
    [0, MAX_32, 0, 1],
  ] as const;
  return cases.map(([promptMilli, cachedMilli, outputMilli, heldMilli]) => {
    const weights = { promptMilli, cachedMilli, outputMilli, heldMilli };
    return { ...text(weights), hash: weightsHash(weights) };
  });
}

function serviceCases() {
  const weights = weightsCases();
  const files = [ZEROS, word('starter'), word('small'), ONES, pad('0x01')];
  const sources = [ZERO, OWNER.address, SUPPLIER.address, TOP, HOT.address];
  return files.map((ggufSha256, index) => {
    const source = sources[index] ?? ZERO;
    const hash = weights[index]?.hash ?? ZEROS;
    return { ggufSha256, source, weightsHash: hash, id: serviceId(ggufSha256, source, hash) };
  });
}

function sessionCases(services: readonly Hex[]): readonly SessionFields[] {
  const [first = ZEROS, second = ZEROS] = services;
  const usual = {
    application: OWNER.address,
    service: second,
    epoch: 41_667,
    draw: 0,
    supplier: SUPPLIER.address,
    price: 200_000n,
  };
  return [
    usual,
    { ...usual, draw: 15, price: 1n },
    { ...usual, epoch: 41_668, supplier: HOT.address },
    { ...usual, application: TOP, service: ONES, epoch: MAX_32, draw: 255, price: MAX_96 },
    { application: ZERO, service: first, epoch: 0, draw: 0, supplier: ZERO, price: 0n },
  ];
}

function voucherCases() {
  const session = word('session');
  return [
    { session, cumulative: 1_234_567n, ref: word('request') },
    { session, cumulative: 0n, ref: ZEROS },
    { session: ZEROS, cumulative: 1n, ref: ONES },
    { session: ONES, cumulative: MAX_96, ref: ONES },
    { session: word('another'), cumulative: 2n ** 64n, ref: pad('0x01') },
  ];
}

function receiptCases() {
  const usual = {
    session: word('session'),
    ref: word('request'),
    sequence: 3,
    cumulative: 1_234_567n,
    responseHash: word('response'),
    modelSha256: word('model'),
    profile: word('profile'),
    promptTokens: 512,
    cachedTokens: 384,
    heldTokens: 256,
    outputTokens: 96,
    heldTokenSeconds: 72_960n,
    refundTokenSeconds: 7_200n,
    owedTokenSeconds: 0n,
    cu: 551n,
    totalCu: 1_702n,
    charged: 110n,
    totalCharged: 340n,
    finish: 1,
    queuedMs: 12,
    firstTokenMs: 85,
    totalMs: 1_900,
    endedAtMs: 1_800_021_600_123n,
  };
  const least = Object.fromEntries(TYPES.Receipt.map(({ name, type }) => [name, leastOf(type)]));
  const most = Object.fromEntries(TYPES.Receipt.map(({ name, type }) => [name, mostOf(type)]));
  return [
    usual,
    { ...usual, sequence: 4, finish: 0, outputTokens: 0, cu: 0n, charged: 0n },
    { ...usual, ref: word('other request'), finish: 3, totalMs: MAX_32 },
    { ...usual, ...least },
    { ...usual, ...most },
  ];
}

function keyGrantCases() {
  const usual = {
    application: OWNER.address,
    key: HOT.address,
    fromEpoch: 41_667,
    untilEpoch: NO_END,
    nonce: 0n,
    deadline: 1_800_022_200n,
  };
  return [
    usual,
    { ...usual, fromEpoch: 41_668, nonce: 1n },
    { ...usual, application: TOP, untilEpoch: 41_669 },
    { ...usual, fromEpoch: MAX_32, nonce: MAX_256, deadline: MAX_64 },
    { application: ZERO, key: ZERO, fromEpoch: 0, untilEpoch: 0, nonce: 0n, deadline: 0n },
  ];
}

async function signed<T extends object>(
  places: readonly Place[],
  messages: readonly T[],
  key: Hex,
  digestOf: (place: Place, message: T) => Hex,
) {
  const vectors = places.flatMap((place) =>
    messages.map(async (message) => {
      const digest = digestOf(place, message);
      const { r, vs } = await signDigest(digest, key);
      return {
        ...at(place),
        message: text(message),
        digest,
        privateKey: key,
        signature: `${r}${vs.slice(2)}`,
      };
    }),
  );
  return Promise.all(vectors);
}

const at = ({ chainId, hub }: Place) => ({ chainId: String(chainId), hub });

/** JSON has no integers of this size. */
function text(fields: object): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

function leastOf(type: string): Hex | bigint | number {
  if (type === 'bytes32') return ZEROS;
  return isBig(type) ? 0n : 0;
}

function mostOf(type: string): Hex | bigint | number {
  if (type === 'bytes32') return ONES;
  const most = 2n ** BigInt(type.slice('uint'.length)) - 1n;
  return isBig(type) ? most : Number(most);
}

function isBig(type: string): boolean {
  return Number(type.slice('uint'.length)) > 32;
}

export function vectorText(vectors: object): string {
  return `${JSON.stringify(vectors, null, 2)}\n`;
}
