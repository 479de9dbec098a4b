/** JSON-RPC 2.0 as it travels: which methods there are, and the shapes of requests and replies. */
import { z } from 'zod';
import { dataSchema } from './rpc-values.ts';

export const MAX_REQUEST_BYTES = 1024 * 1024;
export const MAX_REPLY_BYTES = 4 * 1024 * 1024;
const MAX_METHOD_LENGTH = 64;
const MAX_PARAMS = 8;
const MAX_MESSAGE_LENGTH = 2048;

export const RPC_ERROR = {
  parse: -32_700,
  invalidRequest: -32_600,
  unknownMethod: -32_601,
  internal: -32_603,
  server: -32_000,
  limit: -32_005,
} as const;

/** All that is ever asked of a chain: reading, simulating, and sending what was signed elsewhere. */
const METHODS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getStorageAt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'net_version',
  'web3_clientVersion',
]);

export function isServed(method: string): boolean {
  return METHODS.has(method);
}

export const methodSchema = z.string().min(1).max(MAX_METHOD_LENGTH);
export const paramsSchema = z.array(z.json()).max(MAX_PARAMS).readonly();

export const rpcRequestSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.int(), z.string().max(64), z.null()]),
  method: methodSchema,
  params: paramsSchema.optional(),
});

/** Nodes put what a reverted call returned at different depths. */
const errorDataSchema = z.union([
  dataSchema,
  z.object({ data: dataSchema }).transform(({ data }) => data),
]);

export const rpcErrorSchema = z.object({
  code: z.int(),
  message: z.string().transform((text) => text.slice(0, MAX_MESSAGE_LENGTH)),
  data: errorDataSchema.nullish().catch(null),
});

export const rpcReplySchema = z.union([
  z.object({ error: rpcErrorSchema }),
  z.object({ result: z.json() }),
]);
