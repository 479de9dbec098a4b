/** The practice chain: an EVM whose transactions are logged before they are executed, and replayed at the start. */
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { ChainError, type Eip1193, type RpcCall } from './eip1193.ts';
import { RPC_ERROR, isServed } from './json-rpc.ts';
import { dataSchema, quantitySchema, toQuantity } from './rpc-values.ts';
import type { LoggedTransaction, TransactionLog } from './transaction-log.ts';

export interface PracticeChain extends Eip1193 {
  readonly replayed: number;
  /** Transactions of the log that this EVM did not take again; none, unless EDR changed. */
  readonly skipped: number;
}

export interface PracticeChainPorts {
  /** Fresh, at its genesis block. */
  readonly evm: Eip1193;
  readonly log: TransactionLog;
  readonly clock: Clock;
  /** Told when the EVM did something else than answer: what it holds is not known any more, so it has to go. */
  readonly onBroken: (error: unknown) => void;
}

const MS_PER_S = 1000;
const SIMULATIONS: readonly string[] = ['eth_call', 'eth_estimateGas'];
const blockSchema = z.object({ timestamp: quantitySchema });

/** @throws whatever the EVM fails at while the log is replayed, except transactions that it refuses */
export async function openPracticeChain(ports: PracticeChainPorts): Promise<PracticeChain> {
  const { evm, log, clock, onBroken } = ports;
  let skipped = 0;
  let lastTimeS = await blockTime(evm, 'latest');
  for (const transaction of log.transactions) {
    // The order of blocks is the order of lines, so a refused one changes nothing for the others.
    if (!(await execute(evm, transaction))) skipped += 1;
    lastTimeS = Math.max(lastTimeS, transaction.timeS);
  }
  await bringToPresent(evm, nowS(clock));
  let queue: Promise<unknown> = Promise.resolve();

  async function send(raw: unknown): Promise<unknown> {
    const checked = dataSchema.safeParse(raw);
    if (!checked.success) {
      throw new ChainError('refused', 'This is no signed transaction.', {
        rpcCode: RPC_ERROR.server,
      });
    }
    // The computer's clock may have been set back; a chain's never is.
    const transaction = { timeS: Math.max(lastTimeS, nowS(clock)), raw: checked.data };
    append(log, transaction);
    try {
      await pinTime(evm, transaction.timeS);
      const hash = await evm.request({
        method: 'eth_sendRawTransaction',
        params: [transaction.raw],
      });
      lastTimeS = transaction.timeS;
      return hash;
    } catch (error) {
      if (isRefusal(error)) log.removeLast();
      else onBroken(error);
      throw error;
    }
  }

  return {
    replayed: log.transactions.length - skipped,
    skipped,
    async request(call) {
      if (!isServed(call.method)) {
        throw new ChainError('refused', `There is no method ${call.method}.`, {
          rpcCode: RPC_ERROR.unknownMethod,
        });
      }
      if (call.method !== 'eth_sendRawTransaction') return evm.request(asOfNow(call));
      // One after another, or lines and blocks could come in different orders.
      const sent = queue.then(() => send(call.params[0]));
      queue = sent.catch(() => undefined);
      return sent;
    },
  };
}

/** A full disk is an answer too: the transaction had no effect. */
function append(log: TransactionLog, transaction: LoggedTransaction): void {
  try {
    log.append(transaction);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChainError('refused', `The practice chain cannot write its log: ${reason}`, {
      rpcCode: RPC_ERROR.internal,
      cause: error,
    });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChainError && error.fault === 'refused';
}

/** @returns false when the EVM refused it, as it did the first time if a crash kept the line from being removed */
async function execute(evm: Eip1193, { timeS, raw }: LoggedTransaction): Promise<boolean> {
  try {
    await pinTime(evm, timeS);
    await evm.request({ method: 'eth_sendRawTransaction', params: [raw] });
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/**
 * Between transactions there are no blocks, and so "latest" would show contracts the time of the last one, however
 * long ago. The block to come holds the same state and the present time, as the latest block of a live chain does.
 */
function asOfNow(call: RpcCall): RpcCall {
  if (!SIMULATIONS.includes(call.method)) return call;
  const [transaction, block = 'latest', ...rest] = call.params;
  return block === 'latest' ? { ...call, params: [transaction, 'pending', ...rest] } : call;
}

async function pinTime(evm: Eip1193, timeS: number): Promise<void> {
  await evm.request({ method: 'evm_setNextBlockTimestamp', params: [toQuantity(timeS)] });
}

/** After a replay the EVM's clock stands at the last block, in a new chain at the first. */
async function bringToPresent(evm: Eip1193, nowS: number): Promise<void> {
  const behindS = nowS - (await blockTime(evm, 'pending'));
  if (behindS <= 0) return;
  await evm.request({ method: 'evm_increaseTime', params: [toQuantity(behindS)] });
}

async function blockTime(evm: Eip1193, block: 'latest' | 'pending'): Promise<number> {
  const found = await evm.request({ method: 'eth_getBlockByNumber', params: [block, false] });
  return Number(blockSchema.parse(found).timestamp);
}

function nowS(clock: Clock): number {
  return Math.floor(clock.nowMs() / MS_PER_S);
}
