/** What can be done with RelayHub and its token, as calls that the journal sends. */
import { encodeDeployData, encodeFunctionData } from 'viem';
import { fromHex, toHex, type Hex } from '../protocol/hex.ts';
import { practiceTokenAbi, relayHubAbi } from './hub-abi-adapter.ts';
import type { TxCall } from './ports.ts';

const ADDRESS_SHIFT = 96n;
const DRAW_SHIFT = 192n;
const CUMULATIVE_SHIFT = 96n;

/** One draw of one Application in one epoch, shown by its latest voucher. Amounts in token units. */
export interface RedeemRow {
  readonly application: Hex;
  /** Token units per 1,000,000 CU. */
  readonly price: bigint;
  readonly draw: number;
  /** What the voucher allows. */
  readonly cumulative: bigint;
  /** Charged on this draw and epoch so far, in all. */
  readonly amount: bigint;
  readonly ref: Hex;
  /** The voucher's: ERC-2098, 64 bytes. */
  readonly signature: Hex;
}

export interface HubParameters {
  readonly epochSeconds: number;
  readonly redeemSeconds: number;
  readonly proofSeconds: number;
  readonly graceSeconds: number;
}

export interface HubCalls {
  depositFor(application: Hex, amount: bigint): TxCall;
  thaw(amount: bigint): TxCall;
  cancelThaw(): TxCall;
  withdraw(): TxCall;
  /** @param deadlineS Unix time in seconds @param signature the key's, over its KeyGrant: ERC-2098, 64 bytes */
  grantHotKey(key: Hex, deadlineS: bigint, signature: Hex): TxCall;
  revokeKey(key: Hex): TxCall;
  listModel(listing: ModelListing): TxCall;
  /** Draw j goes to `suppliers[j]`. */
  enrol(service: Hex, budgetPerEpoch: bigint, suppliers: readonly Hex[]): TxCall;
  setBudget(service: Hex, budgetPerEpoch: bigint): TxCall;
  registerSupplier(payout: Hex): TxCall;
  redeem(supplier: Hex, service: Hex, epoch: number, rows: readonly RedeemRow[]): TxCall;
  withdrawCredit(owner: Hex): TxCall;
  stakeCredit(application: Hex, amount: bigint): TxCall;
}

export interface ModelListing {
  readonly ggufSha256: Hex;
  readonly weightsHash: Hex;
  /** Hundredths of a per cent of every payment; at most 2,000. */
  readonly royaltyBps: number;
  readonly uri: string;
}

/** All of these throw when a value does not fit its field. */
export function hubCalls(hub: Hex): HubCalls {
  const abi = relayHubAbi;
  const call = (data: Hex): TxCall => ({ to: hub, data });
  return {
    depositFor: (...args) => call(encodeFunctionData({ abi, functionName: 'depositFor', args })),
    thaw: (...args) => call(encodeFunctionData({ abi, functionName: 'thaw', args })),
    cancelThaw: () => call(encodeFunctionData({ abi, functionName: 'cancelThaw' })),
    withdraw: () => call(encodeFunctionData({ abi, functionName: 'withdraw' })),
    grantHotKey(key, deadlineS, signature) {
      const args = [key, deadlineS, ...splitSignature(signature)] as const;
      return call(encodeFunctionData({ abi, functionName: 'grantHotKey', args }));
    },
    revokeKey: (...args) => call(encodeFunctionData({ abi, functionName: 'revokeKey', args })),
    listModel({ ggufSha256, weightsHash, royaltyBps, uri }) {
      const args = [ggufSha256, weightsHash, royaltyBps, uri] as const;
      return call(encodeFunctionData({ abi, functionName: 'listModel', args }));
    },
    enrol: (...args) => call(encodeFunctionData({ abi, functionName: 'enrol', args })),
    setBudget: (...args) => call(encodeFunctionData({ abi, functionName: 'setBudget', args })),
    registerSupplier: (...args) =>
      call(encodeFunctionData({ abi, functionName: 'registerSupplier', args })),
    redeem(supplier, service, epoch, rows) {
      const args = [supplier, service, epoch, rows.map(packRow)] as const;
      return call(encodeFunctionData({ abi, functionName: 'redeem', args }));
    },
    withdrawCredit: (...args) =>
      call(encodeFunctionData({ abi, functionName: 'withdrawCredit', args })),
    stakeCredit: (...args) => call(encodeFunctionData({ abi, functionName: 'stakeCredit', args })),
  };
}

export interface TokenCalls {
  /** Practice only: anybody may have as much as they like. */
  faucet(to: Hex, amount: bigint): TxCall;
  approve(spender: Hex, amount: bigint): TxCall;
  transfer(to: Hex, amount: bigint): TxCall;
}

export function tokenCalls(token: Hex): TokenCalls {
  const abi = practiceTokenAbi;
  const call = (data: Hex): TxCall => ({ to: token, data });
  return {
    faucet: (...args) => call(encodeFunctionData({ abi, functionName: 'faucet', args })),
    approve: (...args) => call(encodeFunctionData({ abi, functionName: 'approve', args })),
    transfer: (...args) => call(encodeFunctionData({ abi, functionName: 'transfer', args })),
  };
}

/** @param bytecode compiled RelayHub @returns it with its constructor's arguments */
export function hubCreation(bytecode: Hex, token: Hex, parameters: HubParameters): Hex {
  const { epochSeconds, redeemSeconds, proofSeconds, graceSeconds } = parameters;
  const args = [token, epochSeconds, redeemSeconds, proofSeconds, graceSeconds] as const;
  return encodeDeployData({ abi: relayHubAbi, bytecode, args });
}

function packRow({ application, price, draw, cumulative, amount, ref, signature }: RedeemRow) {
  const [r, vs] = splitSignature(signature);
  const amounts = (fits96(cumulative) << CUMULATIVE_SHIFT) | fits96(amount);
  return {
    appAndPrice: (BigInt(application) << ADDRESS_SHIFT) | fits96(price),
    drawAndAmounts: (BigInt(draw) << DRAW_SHIFT) | amounts,
    ref,
    r,
    vs,
  };
}

/** What does not fit would flow over into its neighbour. */
function fits96(value: bigint): bigint {
  if (value < 0n || value >> 96n !== 0n) throw new RangeError('an amount does not fit uint96');
  return value;
}

function splitSignature(signature: Hex): readonly [r: Hex, vs: Hex] {
  const bytes = fromHex(signature);
  if (bytes.length !== 64) throw new RangeError('a signature has 64 bytes');
  return [toHex(bytes.subarray(0, 32)), toHex(bytes.subarray(32))];
}
