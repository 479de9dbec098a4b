/** EIP-712 for structs of fixed-size fields: the few that Lull signs, encoded without a general library's cost. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromHex, toHex, type Hex } from './hex.ts';

const WORD_BYTES = 32;
const TYPED_DATA_PREFIX = Uint8Array.of(0x19, 0x01);

type UintBits = 8 | 16 | 32 | 64 | 96 | 256;
export type FieldType = 'address' | 'bytes32' | `uint${UintBits}`;

/** Name to type, in the order of encoding. */
export type Fields = Readonly<Record<string, FieldType>>;

/** Small uints are numbers, wide ones bigints: a uint64 may be past what a number holds exactly. */
export type ValueOf<T extends FieldType> = T extends 'uint8' | 'uint16' | 'uint32'
  ? number
  : T extends `uint${string}`
    ? bigint
    : Hex;
export type Values<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

export interface Struct<F extends Fields> {
  readonly name: string;
  readonly fields: F;
  /** `Name(type field,…)`, EIP-712 section "Definition of encodeType". */
  readonly signature: string;
  readonly typeHash: Uint8Array;
}

export interface Domain {
  readonly chainId: bigint;
  /** The RelayHub. */
  readonly verifyingContract: Hex;
}

export const DOMAIN_NAME = 'Lull RelayHub';
export const DOMAIN_VERSION = '1';
const DOMAIN_TYPE_HASH = keccak(
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)',
);

export function defineStruct<const F extends Fields>(name: string, fields: F): Struct<F> {
  const list = Object.entries(fields).map(([field, type]) => `${type} ${field}`);
  const signature = `${name}(${list.join(',')})`;
  return { name, fields, signature, typeHash: keccak(signature) };
}

/** keccak256(typeHash ‖ one word per field), EIP-712 `hashStruct`. @throws RangeError for a value that does not fit. */
export function hashStruct<F extends Fields>(struct: Struct<F>, values: Values<F>): Uint8Array {
  const names = Object.keys(struct.fields);
  const bytes = new Uint8Array(WORD_BYTES * (names.length + 1));
  bytes.set(struct.typeHash);
  names.forEach((name, index) => {
    const type = struct.fields[name];
    const value = values[name];
    if (type === undefined || value === undefined) throw new RangeError(`${name} is missing`);
    bytes.set(encodeWord(type, value, name), WORD_BYTES * (index + 1));
  });
  return keccak_256(bytes);
}

export function hashDomain({ chainId, verifyingContract }: Domain): Uint8Array {
  return keccak_256(
    concatBytes(
      DOMAIN_TYPE_HASH,
      keccak(DOMAIN_NAME),
      keccak(DOMAIN_VERSION),
      encodeWord('uint256', chainId, 'chainId'),
      encodeWord('address', verifyingContract, 'verifyingContract'),
    ),
  );
}

/** The 32 bytes that are signed. @param domainHash from `hashDomain`, so that it is made once per chain. */
export function digestOf<F extends Fields>(
  domainHash: Uint8Array,
  struct: Struct<F>,
  values: Values<F>,
): Uint8Array {
  return keccak_256(concatBytes(TYPED_DATA_PREFIX, domainHash, hashStruct(struct, values)));
}

/** The same in the JSON form of `eth_signTypedData_v4`, for people and other tools to check. */
export function typedDataJson<F extends Fields>(
  domain: Domain,
  struct: Struct<F>,
  values: Values<F>,
): Readonly<Record<string, unknown>> {
  const fields = Object.entries(struct.fields).map(([name, type]) => ({ name, type }));
  const plain: Readonly<Record<string, Hex | number | bigint>> = values;
  const message = Object.entries(plain).map(([name, value]): [string, string | number] => [
    name,
    typeof value === 'bigint' ? value.toString() : value,
  ]);
  return {
    domain: {
      name: DOMAIN_NAME,
      version: DOMAIN_VERSION,
      chainId: domain.chainId.toString(),
      verifyingContract: domain.verifyingContract,
    },
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'chainId', type: 'uint256' },
        { name: 'verifyingContract', type: 'address' },
      ],
      [struct.name]: fields,
    },
    primaryType: struct.name,
    message: Object.fromEntries(message),
  };
}

export function keccakHex(bytes: Uint8Array): Hex {
  return toHex(keccak_256(bytes));
}

function keccak(text: string): Uint8Array {
  return keccak_256(utf8ToBytes(text));
}

function encodeWord(type: FieldType, value: Hex | number | bigint, name: string): Uint8Array {
  const fault = (): RangeError => new RangeError(`${name} does not fit ${type}`);
  if (type === 'address' || type === 'bytes32') {
    if (typeof value !== 'string') throw fault();
    const bytes = fromHex(value);
    if (bytes.length !== (type === 'address' ? 20 : WORD_BYTES)) throw fault();
    const word = new Uint8Array(WORD_BYTES);
    word.set(bytes, WORD_BYTES - bytes.length);
    return word;
  }
  if (typeof value === 'string') throw fault();
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw fault();
  const wide = BigInt(value);
  if (wide < 0n || wide >> BigInt(type.slice('uint'.length)) !== 0n) throw fault();
  return fromHex(`0x${wide.toString(16).padStart(WORD_BYTES * 2, '0')}`);
}
