/** The few questions that are asked of a chain directly, with their answers checked. */
import { z } from 'zod';
import type { Hex } from '../protocol/hex.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import {
  addressSchema,
  countSchema,
  dataSchema,
  hashSchema,
  quantitySchema,
  toQuantity,
} from './rpc-values.ts';

const logSchema = z.object({
  address: addressSchema,
  topics: z.array(hashSchema).max(4).readonly(),
  data: dataSchema,
});

const receiptSchema = z.object({
  transactionHash: hashSchema,
  blockHash: hashSchema,
  blockNumber: countSchema,
  status: quantitySchema,
  gasUsed: countSchema,
  effectiveGasPrice: quantitySchema,
  logs: z.array(logSchema).readonly(),
});

const blockSchema = z.object({
  hash: hashSchema,
  timestamp: countSchema,
  baseFeePerGas: quantitySchema.nullish(),
});

const transactionSchema = z.object({ hash: hashSchema }).nullable();

export type ChainLog = Readonly<z.infer<typeof logSchema>>;
export type ChainReceipt = Readonly<z.infer<typeof receiptSchema>>;

/** A call as a node takes it for simulation. */
export interface CallRequest {
  readonly from?: Hex;
  /** Null creates a contract. */
  readonly to: Hex | null;
  readonly data: Hex;
  readonly valueWei?: bigint;
}

export interface Fees {
  readonly maxFeePerGasWei: bigint;
  readonly maxPriorityFeePerGasWei: bigint;
}

/** Everything throws ChainError. */
export interface ChainClient {
  chainId(): Promise<number>;
  blockNumber(): Promise<number>;
  /** Null when there is no block of that number. */
  blockHash(blockNumber: number): Promise<Hex | null>;
  /** Transactions of this account that are in blocks, as of a block or of the latest. */
  nonceOf(address: Hex, blockNumber?: number): Promise<number>;
  balanceOf(address: Hex): Promise<bigint>;
  codeAt(address: Hex): Promise<Hex>;
  /** Null when it is in no block. */
  receipt(hash: Hex): Promise<ChainReceipt | null>;
  /** Whether the node has it, in a block or waiting for one. */
  knows(hash: Hex): Promise<boolean>;
  estimateGas(call: CallRequest): Promise<number>;
  call(call: CallRequest): Promise<Hex>;
  /** Enough for the base fee to double before the transaction is mined. */
  fees(): Promise<Fees>;
  sendRaw(raw: Hex): Promise<void>;
}

export function createChainClient(eip1193: Eip1193): ChainClient {
  async function ask<Value>(
    schema: z.ZodType<Value>,
    method: string,
    ...params: readonly unknown[]
  ): Promise<Value> {
    const answer = schema.safeParse(await eip1193.request({ method, params }));
    if (answer.success) return answer.data;
    throw new ChainError('malformed', `The chain's answer to ${method} makes no sense.`, {
      cause: answer.error,
    });
  }
  const block = (tag: Hex | 'latest') =>
    ask(blockSchema.nullable(), 'eth_getBlockByNumber', tag, false);

  return {
    chainId: () => ask(countSchema, 'eth_chainId'),
    blockNumber: () => ask(countSchema, 'eth_blockNumber'),
    async blockHash(blockNumber) {
      return (await block(toQuantity(blockNumber)))?.hash ?? null;
    },
    nonceOf: (address, blockNumber) => {
      const tag = blockNumber === undefined ? 'latest' : toQuantity(blockNumber);
      return ask(countSchema, 'eth_getTransactionCount', address, tag);
    },
    balanceOf: (address) => ask(quantitySchema, 'eth_getBalance', address, 'latest'),
    codeAt: (address) => ask(dataSchema, 'eth_getCode', address, 'latest'),
    receipt: (hash) => ask(receiptSchema.nullable(), 'eth_getTransactionReceipt', hash),
    async knows(hash) {
      return (await ask(transactionSchema, 'eth_getTransactionByHash', hash)) !== null;
    },
    estimateGas: (call) => ask(countSchema, 'eth_estimateGas', toRpcCall(call)),
    call: (call) => ask(dataSchema, 'eth_call', toRpcCall(call), 'latest'),
    async fees() {
      const latest = await block('latest');
      const tip = await ask(quantitySchema, 'eth_maxPriorityFeePerGas');
      const base = latest?.baseFeePerGas ?? 0n;
      return { maxFeePerGasWei: 2n * base + tip, maxPriorityFeePerGasWei: tip };
    },
    async sendRaw(raw) {
      await ask(hashSchema, 'eth_sendRawTransaction', raw);
    },
  };
}

function toRpcCall({ from, to, data, valueWei = 0n }: CallRequest) {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === null ? {} : { to }),
    data,
    value: toQuantity(valueWei),
  };
}
