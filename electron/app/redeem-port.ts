/** Lets the market redeem: each batch becomes one journalled transaction, its logs the rows that were paid. */
import { createChainClient } from '../chain/chain-client.ts';
import { ChainError, type Eip1193 } from '../chain/eip1193.ts';
import { hubCalls } from '../chain/hub-calls-adapter.ts';
import { decodeContractError } from '../chain/hub-errors-adapter.ts';
import { decodeHubEvents } from '../chain/hub-events-adapter.ts';
import type { HubReader } from '../chain/hub-reader-adapter.ts';
import type { TxOutcome } from '../chain/journal-entry.ts';
import type { Journal } from '../chain/journal.ts';
import type { TransactionSigner } from '../chain/ports.ts';
import type { RedeemBatch, RedeemPort } from '../market/ports.ts';
import type { Hex } from '../protocol/hex.ts';
import { keccakHex } from '../protocol/typed-data.ts';

export interface RedeemPortParts {
  readonly journal: Journal;
  readonly eip1193: Eip1193;
  readonly reader: HubReader;
  readonly hub: Hex;
  /** Sends the transactions; anybody may, the money goes to the Supplier's payout address. */
  readonly sender: TransactionSigner;
}

export function createRedeemPort(parts: RedeemPortParts): RedeemPort {
  const { journal, eip1193, reader, hub, sender } = parts;
  const client = createChainClient(eip1193);
  const calls = hubCalls(hub);
  return {
    async redeem(batch) {
      const { supplier, service, epoch, rows } = batch;
      const call = calls.redeem(supplier, service, epoch, rows);
      const outcome = await journal.send('redeem', sender, call, { key: keyOf(batch) });
      if (outcome.state !== 'mined') throw refused(outcome);
      const transaction = outcome.entry.hash;
      const receipt = await client.receipt(transaction);
      if (receipt === null) throw new ChainError('unavailable', 'The chain lost the transaction.');
      const paid = decodeHubEvents(hub, receipt.logs).flatMap((event) =>
        event.name === 'Row'
          ? [{ application: event.application, draw: event.draw, totalPaid: event.totalPaid }]
          : [],
      );
      return { transaction, paid };
    },
    standingOf: ({ application, service, epoch, draw }) =>
      reader.drawAt(application, service, epoch, draw),
  };
}

/** The same rows are the same transaction, however often they are asked for; any other rows are another. */
export function keyOf({ supplier, service, epoch, rows }: RedeemBatch): string {
  const parts = rows.map(({ application, price, draw, cumulative, amount, ref }) =>
    [application, price, draw, cumulative, amount, ref].join(' '),
  );
  const text = [supplier, service, String(epoch), ...parts].join('\n');
  return `redeem ${keccakHex(new TextEncoder().encode(text))}`;
}

function refused(outcome: Exclude<TxOutcome, { readonly state: 'mined' }>): ChainError {
  if (outcome.state === 'pending') {
    return new ChainError('unavailable', 'It was sent, and is not in a block yet.');
  }
  if (outcome.state === 'would-revert') {
    const known = decodeContractError(outcome.data);
    return new ChainError('refused', known?.sentence ?? outcome.reason);
  }
  return new ChainError('refused', outcome.entry.reason ?? `The transaction was ${outcome.state}.`);
}
