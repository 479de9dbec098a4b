/** What each key may sign, as data: by process, by contract, by function, by first argument, and by what it costs. */
import type { Hex } from '../protocol/hex.ts';
import type { KeyAddresses, KeyIntent, KeyPolicy, TransactionIntent } from './key-messages.ts';

/** Which process holds a key. */
export type KeyHolder = 'signer' | 'keyring';
export type KeyRole = 'owner' | 'relay' | 'supplier';

/** The key that signs each kind of intent; what is not named is not signed. */
const USES = {
  signer: { voucher: 'relay', receipt: 'supplier', grant: 'relay', transaction: 'supplier' },
  keyring: { transaction: 'owner' },
} as const satisfies Record<KeyHolder, Partial<Record<KeyIntent['kind'], KeyRole>>>;

/** Whose address the first argument must be; `any` where nothing can be lost by it. */
type FirstArgument = 'hub' | KeyRole | 'any';

interface AllowedCall {
  readonly to: 'hub' | 'token';
  /** As in Solidity; its selector is the first four bytes of its hash. */
  readonly signature: string;
  readonly first: FirstArgument;
  /** That its arguments take; for a list at the end, the one that says where it begins. */
  readonly words: number;
  /** Of each row of that list. */
  readonly rowWords?: number;
}

/** Every function that may be called. Money leaves only to the owner's own stake and account. */
export const ALLOWED_CALLS = {
  signer: [
    {
      to: 'hub',
      signature: 'redeem(address,bytes32,uint32,(uint256,uint256,bytes32,bytes32,bytes32)[])',
      first: 'any',
      words: 4,
      rowWords: 5,
    },
    { to: 'hub', signature: 'registerSupplier(address)', first: 'owner', words: 1 },
  ],
  keyring: [
    { to: 'token', signature: 'approve(address,uint256)', first: 'hub', words: 2 },
    { to: 'hub', signature: 'depositFor(address,uint96)', first: 'owner', words: 2 },
    { to: 'hub', signature: 'thaw(uint96)', first: 'any', words: 1 },
    { to: 'hub', signature: 'cancelThaw()', first: 'any', words: 0 },
    { to: 'hub', signature: 'withdraw()', first: 'any', words: 0 },
    {
      to: 'hub',
      signature: 'grantHotKey(address,uint64,bytes32,bytes32)',
      first: 'relay',
      words: 4,
    },
    { to: 'hub', signature: 'revokeKey(address)', first: 'any', words: 1 },
    {
      to: 'hub',
      signature: 'enrol(bytes32,uint96,address[])',
      first: 'any',
      words: 3,
      rowWords: 1,
    },
    { to: 'hub', signature: 'setBudget(bytes32,uint96)', first: 'any', words: 2 },
    { to: 'hub', signature: 'withdrawCredit(address)', first: 'owner', words: 1 },
    { to: 'hub', signature: 'stakeCredit(address,uint96)', first: 'owner', words: 2 },
  ],
} as const satisfies Record<KeyHolder, readonly AllowedCall[]>;

/** A tenth of the coin that pays for gas: many times what the longest redemption costs on a practice chain. */
export const MAX_FEE_WEI = 10n ** 17n;

const SELECTOR_CHARS = 10;
const WORD_CHARS = 64;
const WORD_BYTES = 32;
const ADDRESS_PADDING = '0'.repeat(24);

export interface KeyRulesParts {
  readonly holder: KeyHolder;
  readonly policy: KeyPolicy;
  readonly addresses: KeyAddresses;
  /** Of a function. @returns 0x and 8 hex digits */
  readonly selectorOf: (signature: string) => Hex;
}

/** What a policy says about one intent: the key that signs it, or why none does. */
export type Verdict =
  { readonly key: KeyRole; readonly fault: null } | { readonly key: null; readonly fault: string };

/** @returns decides about each intent */
export function createKeyRules(parts: KeyRulesParts): (intent: KeyIntent) => Verdict {
  const { holder, policy, addresses, selectorOf } = parts;
  const uses: Partial<Record<KeyIntent['kind'], KeyRole>> = USES[holder];
  const calls = ALLOWED_CALLS[holder].map((call: AllowedCall) => ({
    ...call,
    to: policy[call.to],
    selector: selectorOf(call.signature),
    first: call.first === 'any' ? null : { hub: policy.hub, ...addresses }[call.first],
  }));

  function transactionFault(transaction: TransactionIntent): string | null {
    const { chainId, to, data, valueWei, gas, maxFeePerGasWei } = transaction;
    if (chainId !== policy.chainId) return 'It is for another chain.';
    if (valueWei !== 0n) return 'It would send coins away.';
    if (BigInt(gas) * maxFeePerGasWei > MAX_FEE_WEI) return 'Its fee could be too high.';
    if (transaction.maxPriorityFeePerGasWei > maxFeePerGasWei) return 'Its tip is above its fee.';
    const call = calls.find((each) => each.to === to && data.startsWith(each.selector));
    if (!call) return 'It calls something that this key does not call.';
    if (!isWhole(data, call)) return 'It says more than its arguments, or less.';
    if (call.first === null) return null;
    const isRight = wordAt(data, 0) === ADDRESS_PADDING + call.first.slice(2);
    return isRight ? null : 'It names an address that it must not.';
  }

  function faultOf(intent: KeyIntent): string | null {
    if (intent.kind === 'transaction') return transactionFault(intent.transaction);
    if (intent.kind !== 'grant') return null;
    const { application, key } = intent.grant;
    if (key !== addresses.relay) return 'It is the grant of another key.';
    return application === addresses.owner ? null : 'It is a grant to another Application.';
  }

  return (intent) => {
    const key = uses[intent.kind];
    if (key === undefined) return { key: null, fault: 'This process does not sign that.' };
    const fault = faultOf(intent);
    return fault === null ? { key, fault } : { key: null, fault };
  };
}

function wordAt(data: Hex, index: number): string {
  const start = SELECTOR_CHARS + index * WORD_CHARS;
  return data.slice(start, start + WORD_CHARS);
}

/** Nothing before, between or behind the arguments: so many words, and as many rows as the list says. */
function isWhole(data: Hex, { words, rowWords }: Pick<AllowedCall, 'words' | 'rowWords'>): boolean {
  const found = (data.length - SELECTOR_CHARS) / WORD_CHARS;
  if (rowWords === undefined) return found === words;
  if (found <= words || BigInt(`0x${wordAt(data, words - 1)}`) !== BigInt(words * WORD_BYTES)) {
    return false;
  }
  const rows = BigInt(`0x${wordAt(data, words)}`);
  return Number.isInteger(found) && BigInt(found) === BigInt(words + 1) + rows * BigInt(rowWords);
}
