/** Reads a call back from the very bytes that would be signed, as names and values for a person. */
import {
  decodeFunctionData,
  encodeFunctionData,
  getAddress,
  type Abi,
  type AbiFunction,
} from 'viem';
import { AppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import { practiceTokenAbi, relayHubAbi } from './hub-abi-adapter.ts';
import type { TxCall } from './ports.ts';

/** The only contracts that Lull sends anything to. */
export interface KnownContracts {
  readonly hub: Hex;
  readonly token: Hex;
}

export type ArgumentValue =
  /** Token units. */
  | { readonly kind: 'amount'; readonly units: bigint }
  /** With its checksum. */
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'text'; readonly text: string };

export interface DecodedCall {
  readonly contract: string;
  /** With its checksum. */
  readonly address: string;
  /** As the contract calls it. */
  readonly functionName: string;
  /** What it does, in words. */
  readonly meaning: string;
  readonly args: readonly { readonly label: string; readonly value: ArgumentValue }[];
}

/** What each function does. One that is not here is not decoded, so it is never shown as something harmless. */
const HUB_MEANINGS: Readonly<Record<string, string>> = {
  depositFor: 'adds to the stake of an Application',
  thaw: 'asks for a part of the stake back',
  cancelThaw: 'keeps in the stake what was asked back',
  withdraw: 'pays out all that has thawed',
  grantHotKey: 'lets a relay key sign for this account',
  revokeKey: 'ends what a relay key may sign',
  listModel: 'lists a model',
  enrol: 'sets a budget and who may be paid from it',
  setBudget: 'changes a budget',
  registerSupplier: 'says who is paid for a Supplier',
  redeem: 'asks for payment of vouchers',
  withdrawCredit: 'pays out all that was collected',
  stakeCredit: 'moves what was collected into a stake',
};

const TOKEN_MEANINGS: Readonly<Record<string, string>> = {
  approve: 'lets RelayHub take as much as this, and no more',
};

const LABELS: Readonly<Record<string, string>> = {
  application: 'Application',
  amount: 'Amount',
  value: 'Amount',
  spender: 'Allowed to',
  owner: 'Paid to',
  payout: 'Paid to',
  supplier: 'Supplier',
  suppliers: 'Suppliers',
  key: 'Relay key',
  deadline: 'Valid until',
  r: 'Signature, first half',
  vs: 'Signature, second half',
  service: 'Service',
  budgetPerEpoch: 'Budget per settlement period',
  epoch: 'Settlement period',
  rows: 'Vouchers',
  ggufSha256: 'Model SHA-256',
  weightsHash: 'Weights hash',
  royaltyBps: 'Royalty in hundredths of a per cent',
  uri: 'Where it is described',
};

const AMOUNTS: ReadonlySet<string> = new Set(['amount', 'value', 'budgetPerEpoch']);

/** @throws AppError `signing-refused` for anything that is not exactly one known call to a known contract */
export function decodeCall(call: TxCall, { hub, token }: KnownContracts): DecodedCall {
  if (call.to === null) throw refused('It would create a contract.');
  if ((call.valueWei ?? 0n) !== 0n) throw refused('It would send coins along.');
  if (call.to === hub) {
    return decodeWith({ name: 'RelayHub', address: hub, abi: relayHubAbi }, HUB_MEANINGS, call);
  }
  if (call.to !== token) throw refused('It goes to a contract that Lull does not know.');
  const contract = { name: 'Practice coin', address: token, abi: practiceTokenAbi };
  const decoded = decodeWith(contract, TOKEN_MEANINGS, call);
  const spender = decoded.args[0]?.value;
  if (spender?.kind === 'address' && spender.address === getAddress(hub)) return decoded;
  throw refused('It would let somebody else than RelayHub take money.');
}

/** EIP-55: the checksum is in the case of the letters. */
export function checksummed(address: Hex): string {
  return getAddress(address);
}

interface Contract {
  readonly name: string;
  readonly address: Hex;
  readonly abi: Abi;
}

function decodeWith(
  { name, address, abi }: Contract,
  meanings: Readonly<Record<string, string>>,
  { data }: TxCall,
): DecodedCall {
  const { functionName, args } = readData(abi, data);
  const meaning = Object.hasOwn(meanings, functionName) ? meanings[functionName] : undefined;
  const { inputs } = functionOf(abi, functionName);
  if (meaning === undefined) throw refused(`Lull never calls ${functionName}.`);
  return {
    contract: name,
    address: checksummed(address),
    functionName,
    meaning,
    args: inputs.map((input, index) => ({
      label: LABELS[input.name ?? ''] ?? input.name ?? `Argument ${String(index + 1)}`,
      value: valueOf(input.name ?? '', input.type, args[index]),
    })),
  };
}

/** The same bytes again when written anew: nothing hides behind the arguments, and no field holds more than it may. */
function readData(
  abi: Abi,
  data: Hex,
): { readonly functionName: string; readonly args: readonly unknown[] } {
  let again: Hex;
  let functionName: string;
  let args: readonly unknown[];
  try {
    ({ functionName, args = [] } = decodeFunctionData({ abi, data }));
    again = encodeFunctionData({ abi, functionName, args });
  } catch (error) {
    throw refused('Its bytes are no call that Lull knows.', error);
  }
  if (again !== data.toLowerCase()) throw refused('Its bytes say more than what can be shown.');
  return { functionName, args };
}

function functionOf(abi: Abi, name: string): AbiFunction {
  for (const item of abi) if (item.type === 'function' && item.name === name) return item;
  throw refused(`There is no function ${name}.`);
}

function valueOf(name: string, type: string, value: unknown): ArgumentValue {
  if (typeof value === 'bigint' && AMOUNTS.has(name)) return { kind: 'amount', units: value };
  if (type === 'address' && typeof value === 'string') return { kind: 'address', address: value };
  return { kind: 'text', text: textOf(name, value) };
}

function textOf(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    const all: readonly unknown[] = value;
    // Rows are packed words that nobody reads; whoever is paid is in the call itself.
    return name === 'rows' ? String(all.length) : all.map(String).join(', ');
  }
  if (name === 'deadline' && typeof value === 'bigint') return timeOf(value);
  return String(value);
}

const LAST_SECOND = 8_640_000_000_000n;

/** @param seconds Unix time; what lies beyond every calendar stays a number */
function timeOf(seconds: bigint): string {
  if (seconds > LAST_SECOND) return String(seconds);
  return new Date(Number(seconds) * 1000).toISOString();
}

function refused(details: string, cause?: unknown): AppError {
  return new AppError('signing-refused', { details, cause });
}
