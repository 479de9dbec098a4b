/** A chain as the rest of the app sees it: EIP-1193 requests, and what can go wrong with them. */
import type { ErrorCode } from '../ipc/error-codes.ts';
import { AppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The port behind which a chain is. */
export interface Eip1193 {
  /**
   * @returns what the node answered, unchecked: whoever asks holds the schema.
   * @throws ChainError
   */
  request(call: RpcCall): Promise<unknown>;
}

/**
 * - `unavailable`: no answer came. A transaction that was being sent may or may not have arrived.
 * - `refused`: the node answered with an error; for a call that reverted, `data` says with what.
 * - `malformed`: the node answered something that no node should.
 * - `wrong-chain`: this is another chain than the one that was meant.
 */
export type ChainFault = 'unavailable' | 'refused' | 'malformed' | 'wrong-chain';

const CODES: Readonly<Record<ChainFault, ErrorCode>> = {
  unavailable: 'chain-unreachable',
  refused: 'transaction-failed',
  malformed: 'chain-unreachable',
  'wrong-chain': 'chain-unreachable',
};

export interface ChainErrorOptions {
  readonly cause?: unknown;
  /** The node's JSON-RPC error code. */
  readonly rpcCode?: number | null;
  /** What a reverted call returned. */
  readonly data?: Hex | null;
}

export class ChainError extends AppError {
  readonly fault: ChainFault;
  readonly rpcCode: number | null;
  readonly data: Hex | null;

  /** @param details in plain words; the node's own for `refused` */
  constructor(fault: ChainFault, details: string, options: ChainErrorOptions = {}) {
    super(CODES[fault], { details, cause: options.cause });
    this.name = 'ChainError';
    this.fault = fault;
    this.rpcCode = options.rpcCode ?? null;
    this.data = options.data ?? null;
  }
}

/** Whether nobody can tell if the request had its effect. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof ChainError && error.fault === 'unavailable';
}
