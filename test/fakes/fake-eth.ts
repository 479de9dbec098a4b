/** A chain of the test's own: nonces, blocks and receipts behind EIP-1193, and every way in which one forgets. */
import { createHash } from 'node:crypto';
import { ChainError, type Eip1193, type RpcCall } from '../../electron/chain/eip1193.ts';
import type { TransactionSigner } from '../../electron/chain/ports.ts';
import { toQuantity } from '../../electron/chain/rpc-values.ts';
import { fromHex, toHex, type Hex } from '../../electron/protocol/hex.ts';

export const FAKE_CHAIN_ID = 1_234;
/** Mined, without effect. */
export const REVERTS: Hex = '0xdead';
/** Refused in simulation. */
export const REFUSES: Hex = '0xbad0';
/** Passes simulation, and is refused as a transaction. */
export const REJECTED: Hex = '0xbeef';

export interface FakeTransaction {
  readonly from: Hex;
  readonly nonce: number;
  readonly data: Hex;
  readonly hash: Hex;
}

export interface FakeEth extends Eip1193 {
  /** Whether each transaction gets a block at once; otherwise `mine` does it. */
  automine: boolean;
  /** Whether it has no room for transactions. */
  refusing: boolean;
  /** Every transaction in blocks, oldest first. */
  readonly mined: readonly FakeTransaction[];
  /** How often each method was asked. */
  count(method: string): number;
  mine(): void;
  /** Puts a transaction into the pool that is not the journal's. */
  submit(raw: Hex): void;
  /** Takes blocks off the end. @param pooled whether their transactions wait again, or are forgotten */
  reorg(depth: number, pooled: boolean): void;
  blockHash(number: number): Hex | null;
}

interface Block {
  readonly hash: Hex;
  readonly transactions: readonly FakeTransaction[];
}

export function createFakeEth(chainId = FAKE_CHAIN_ID): FakeEth {
  let blocks: Block[] = [{ hash: hashOf('genesis'), transactions: [] }];
  let pool: FakeTransaction[] = [];
  let blocksEver = 0;
  const counts = new Map<string, number>();

  const transactions = (): FakeTransaction[] => blocks.flatMap((block) => block.transactions);
  const nonceOf = (from: unknown, upTo = blocks.length): number =>
    blocks
      .slice(0, upTo)
      .flatMap((block) => block.transactions)
      .filter((one) => one.from === from).length;

  function mine(): void {
    const next = pool.find((one) => one.nonce === nonceOf(one.from));
    if (!next) return;
    pool = pool.filter((one) => one !== next);
    blocksEver += 1;
    blocks.push({ hash: hashOf(`block ${String(blocksEver)}`), transactions: [next] });
    mine();
  }

  function submit(raw: Hex): Hex {
    const transaction = decode(raw);
    const { from, nonce, hash } = transaction;
    if (eth.refusing) throw refusal('the pool is full');
    if (transaction.data === REJECTED) throw refusal('intrinsic gas too low');
    const known = [...transactions(), ...pool];
    if (known.some((one) => one.hash === hash)) throw refusal('already known');
    if (nonce < nonceOf(from)) throw refusal('nonce too low');
    if (eth.automine && nonce > nonceOf(from)) throw refusal('nonce too high');
    if (pool.some((one) => one.from === from && one.nonce === nonce)) throw refusal('underpriced');
    pool.push(transaction);
    if (eth.automine) mine();
    return hash;
  }

  function receipt(hash: unknown): unknown {
    const number = blocks.findIndex((block) => block.transactions.some((one) => one.hash === hash));
    const block = blocks[number];
    const transaction = block?.transactions.find((one) => one.hash === hash);
    if (!block || !transaction) return null;
    return {
      transactionHash: hash,
      blockHash: block.hash,
      blockNumber: toQuantity(number),
      status: transaction.data === REVERTS ? '0x0' : '0x1',
      gasUsed: toQuantity(21_000),
      effectiveGasPrice: toQuantity(7),
      logs: [],
    };
  }

  function answer({ method, params }: RpcCall): unknown {
    const [first, second] = params;
    switch (method) {
      case 'eth_chainId':
        return toQuantity(chainId);
      case 'eth_blockNumber':
        return toQuantity(blocks.length - 1);
      case 'eth_getBlockByNumber': {
        const number = first === 'latest' ? blocks.length - 1 : Number(first);
        const block = blocks[number];
        return block ? { hash: block.hash, timestamp: '0x1', baseFeePerGas: '0x7' } : null;
      }
      case 'eth_getTransactionCount':
        return toQuantity(nonceOf(first, second === 'latest' ? blocks.length : Number(second) + 1));
      case 'eth_getTransactionReceipt':
        return receipt(first);
      case 'eth_getTransactionByHash':
        return [...transactions(), ...pool].find((one) => one.hash === first) ?? null;
      case 'eth_maxPriorityFeePerGas':
        return '0x1';
      case 'eth_estimateGas':
        if (JSON.stringify(first).includes(REFUSES)) throw refusal('reverted', '0x1234');
        return toQuantity(21_000);
      case 'eth_sendRawTransaction':
        return submit(first as Hex);
      default:
        throw refusal(`no method ${method}`);
    }
  }

  const eth: FakeEth = {
    automine: true,
    refusing: false,
    get mined() {
      return transactions();
    },
    count: (method) => counts.get(method) ?? 0,
    mine,
    submit,
    reorg(depth, pooled) {
      const kept = Math.max(1, blocks.length - depth);
      const lost = blocks.slice(kept).flatMap((block) => block.transactions);
      blocks = blocks.slice(0, kept);
      pool = pooled ? [...lost, ...pool] : [];
      if (eth.automine) mine();
    },
    blockHash: (number) => blocks[number]?.hash ?? null,
    async request(call) {
      counts.set(call.method, (counts.get(call.method) ?? 0) + 1);
      return answer(call);
    },
  };
  return eth;
}

/** Signs with nothing but its name. */
export function fakeSigner(number: number): TransactionSigner {
  const address: Hex = `0x${number.toString(16).padStart(40, '0')}`;
  return {
    address,
    async sign({ nonce, data, to }) {
      const raw = toHex(Buffer.from(JSON.stringify({ from: address, nonce, data, to })));
      return { raw, hash: hashOf(raw) };
    },
  };
}

function decode(raw: Hex): FakeTransaction {
  const { from, nonce, data } = JSON.parse(Buffer.from(fromHex(raw)).toString()) as FakeTransaction;
  return { from, nonce, data, hash: hashOf(raw) };
}

function refusal(message: string, data: Hex | null = null): ChainError {
  return new ChainError('refused', message, { rpcCode: -32_000, data });
}

function hashOf(text: string): Hex {
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}
