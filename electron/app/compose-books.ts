/** What a node knows of its relays without any key: the ledger, its sums, and what it owes as an Application. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRACTICE_CHAIN_ID } from '../chain/practice-genesis.ts';
import type { PracticeContracts } from '../chain/practice-contracts.ts';
import type { PeerClient as EdgePeers } from '../edge/peer-ports.ts';
import { openLedgerDatabase } from '../ledger/ledger-database.ts';
import type { Ledger } from '../ledger/ports.ts';
import { createSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { createTotals, type Totals } from '../ledger/totals.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { PRACTICE_PARAMETERS } from '../protocol/practice-terms.ts';
import { createApplication, type Application } from '../relay/application.ts';
import type { RelayNetwork, VoucherSigner } from '../relay/ports.ts';
import { recoverSigner } from '../relay/secp256k1-adapter.ts';
import type { Paths } from './paths.ts';

export interface BooksPorts {
  readonly contracts: PracticeContracts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly peers: EdgePeers;
}

export interface Books {
  readonly network: RelayNetwork;
  readonly ledger: Ledger;
  readonly totals: Totals;
  /** Asks nobody anything before it has its signer. */
  readonly application: Application;
  /** Who signs its vouchers from now on. */
  setSigner(signer: VoucherSigner): void;
  dispose(): Promise<void>;
}

/** @throws AppError when the ledger cannot be used */
export function openBooks(paths: Paths, ports: BooksPorts): Books {
  const { contracts, clock, random, log } = ports;
  mkdirSync(dirname(paths.ledger), { recursive: true, mode: 0o700 });
  const network: RelayNetwork = {
    chainId: BigInt(PRACTICE_CHAIN_ID),
    hub: contracts.hub.address,
    epochSeconds: PRACTICE_PARAMETERS.epochSeconds,
    graceSeconds: PRACTICE_PARAMETERS.graceSeconds,
  };
  const ledger = createSqliteLedger(openLedgerDatabase(paths.ledger), log);
  const totals = readTotals(ledger);
  let signer: VoucherSigner | null = null;
  const application = createApplication({
    network,
    ledger,
    recover: recoverSigner,
    client: ports.peers,
    clock,
    random,
    log,
    signer: {
      async signVoucher(voucher) {
        if (!signer) throw new AppError('signer-unavailable');
        return signer.signVoucher(voucher);
      },
    },
  });
  return {
    network,
    ledger,
    totals,
    application,
    setSigner(next) {
      signer = next;
    },
    async dispose() {
      await application.dispose();
      ledger.dispose();
    },
  };
}

function readTotals(ledger: Ledger): Totals {
  const totals = createTotals((atMs) => -new Date(atMs).getTimezoneOffset() * 60_000);
  for (const { entry } of ledger.all()) totals.apply(entry);
  ledger.onAppend((lines) => {
    for (const { entry } of lines) totals.apply(entry);
  });
  return totals;
}
