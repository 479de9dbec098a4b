/** Sets up who may ask whom on the practice chain: contracts, listing, accounts, stakes, keys. */
import type { Eip1193 } from '../chain/eip1193.ts';
import type { PracticeContracts } from '../chain/practice-contracts.ts';
import { faucetKey } from '../chain/practice-genesis.ts';
import { createPracticeNetwork } from '../chain/practice-network.ts';
import { keySigner } from '../chain/sign-transaction-adapter.ts';
import { PRACTICE_BUDGET, PRACTICE_DEPOSIT } from '../market/prices.ts';
import type { Clock } from '../platform/clock.ts';
import { weightsHash } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { Market } from './compose-market.ts';

export interface PracticeSetupPorts {
  readonly chain: Eip1193;
  readonly contracts: () => PracticeContracts;
  readonly clock: Clock;
}

/** Both look first and do only what is missing. They throw AppError `chain-unreachable`, `transaction-failed` … */
export interface PracticeSetup {
  /** So that this node's Supplier can be paid, and its Application can pay. */
  openAccounts(market: Market): Promise<void>;
  /** So that the Application of `asker` may ask that Supplier for that model. */
  allow(asker: Market, supplier: Hex, model: ServedModel): Promise<void>;
}

export function createPracticeSetup({
  chain,
  contracts,
  clock,
}: PracticeSetupPorts): PracticeSetup {
  const networkFor = (market: Market) =>
    createPracticeNetwork(
      { journal: market.journal, eip1193: chain, clock, faucet: keySigner(faucetKey()) },
      contracts(),
    );
  return {
    async openAccounts(market) {
      const network = networkFor(market);
      const { owner, supplierKey, hotKey } = market;
      await network.deploy();
      await network.giveGas(owner.address);
      await network.giveGas(supplierKey.address);
      await network.registerSupplier(supplierKey, owner.address);
      // A gift for a newcomer, and only then: what its owner takes out of the stake later stays out.
      const isNew = (await network.reader.hotKeyOf(owner.address)) !== hotKey.address;
      if (isNew) await network.fillStake(owner, PRACTICE_DEPOSIT);
      await network.grantHotKey(owner, hotKey);
    },
    async allow(asker, supplier, model) {
      const network = networkFor(asker);
      const service = await network.listModel(keySigner(faucetKey()), {
        ggufSha256: model.ggufSha256,
        weightsHash: weightsHash(model.weights),
        royaltyBps: 0,
        uri: '',
      });
      await network.enrol(asker.owner, service, PRACTICE_BUDGET, [supplier]);
    },
  };
}
