/** What the chain itself says about money: every deposit and every payment, from its logs. */
import { z } from 'zod';
import { createChainClient } from '../../electron/chain/chain-client.ts';
import type { Eip1193 } from '../../electron/chain/eip1193.ts';
import { decodeHubEvents, type HubEvent } from '../../electron/chain/hub-events-adapter.ts';
import {
  addressSchema,
  dataSchema,
  hashSchema,
  toQuantity,
} from '../../electron/chain/rpc-values.ts';
import type { Hex } from '../../electron/protocol/hex.ts';

/** Keeps one answer small. */
const BLOCKS_AT_ONCE = 100;

const logsSchema = z.array(
  z.object({
    address: addressSchema,
    topics: z.array(hashSchema).max(4),
    data: dataSchema,
    transactionHash: hashSchema,
  }),
);

/** Token units. */
export interface ChainMoney {
  deposited(application: Hex): bigint;
  /** Out of the stake of this Application. */
  paidBy(application: Hex): bigint;
  /** In redemptions of this Supplier. */
  paidTo(supplier: Hex): bigint;
  readonly redemptions: number;
  /** Every transaction that the hub had something to tell about. */
  readonly transactions: ReadonlySet<Hex>;
}

export async function readChainMoney(eip1193: Eip1193, hub: Hex): Promise<ChainMoney> {
  const events: HubEvent[] = [];
  const transactions = new Set<Hex>();
  const head = await createChainClient(eip1193).blockNumber();
  for (let from = 0; from <= head; from += BLOCKS_AT_ONCE) {
    const toBlock = toQuantity(from + BLOCKS_AT_ONCE - 1);
    const range = { fromBlock: toQuantity(from), toBlock, address: hub };
    const logs = logsSchema.parse(
      await eip1193.request({ method: 'eth_getLogs', params: [range] }),
    );
    events.push(...decodeHubEvents(hub, logs));
    for (const { transactionHash } of logs) transactions.add(transactionHash);
  }
  const sum = (amountOf: (event: HubEvent) => bigint): bigint =>
    events.reduce((total, event) => total + amountOf(event), 0n);
  return {
    deposited: (application) =>
      sum((event) =>
        event.name === 'Deposited' && event.application === application ? event.amount : 0n,
      ),
    paidBy: (application) =>
      sum((event) => (event.name === 'Row' && event.application === application ? event.paid : 0n)),
    paidTo: (supplier) =>
      sum((event) => (event.name === 'Redeemed' && event.supplier === supplier ? event.total : 0n)),
    redemptions: events.filter(({ name }) => name === 'Redeemed').length,
    transactions,
  };
}
