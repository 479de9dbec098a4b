/** Wires one node's part in the network: keys, ledger, journal, Supplier, Application, redemptions. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Eip1193 } from '../chain/eip1193.ts';
import { createHubReader, type HubReader } from '../chain/hub-reader-adapter.ts';
import { createJournal, type Journal } from '../chain/journal.ts';
import { keyGrantDigest } from '../chain/key-grant.ts';
import type { TransactionSigner } from '../chain/ports.ts';
import type { PracticeContracts } from '../chain/practice-contracts.ts';
import { PRACTICE_CHAIN_ID } from '../chain/practice-genesis.ts';
import type { HotKey } from '../chain/practice-network.ts';
import { addressOf, keySigner } from '../chain/sign-transaction-adapter.ts';
import { openSqliteJournal } from '../chain/sqlite-journal.ts';
import type { PeerClient as EdgePeers, PeerServerHandlers } from '../edge/peer-ports.ts';
import { openLedgerDatabase } from '../ledger/ledger-database.ts';
import type { Ledger } from '../ledger/ports.ts';
import { createSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { createTotals, type Totals } from '../ledger/totals.ts';
import type { CollectReport } from '../market/collect.ts';
import { createRedeemer, type Redeemer } from '../market/redeemer.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { PRACTICE_PARAMETERS } from '../protocol/practice-terms.ts';
import { fromHex } from '../protocol/hex.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import { createApplication, type Application } from '../relay/application.ts';
import type { RelayEngine, RelayNetwork } from '../relay/ports.ts';
import { recoverSigner, signDigest } from '../relay/secp256k1-adapter.ts';
import { createSupplier, type Supplier } from '../relay/supplier.ts';
import { createKeySigner } from '../wallet/private-key.ts';
import { readPracticeKeys } from '../wallet/practice-keys.ts';
import type { Paths } from './paths.ts';
import { createRedeemPort } from './redeem-port.ts';
import { solvencyOf } from './solvency.ts';

/** Relays that are served or wait at once. */
const MAX_RELAYS = 8;
/** How often transactions that are in no block are looked after. */
const SETTLE_MS = 30_000;

export interface MarketPorts {
  readonly chain: Eip1193;
  readonly contracts: PracticeContracts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The node's own engine; fails when another file than the one asked for is loaded. */
  readonly engine: RelayEngine;
  readonly peers: EdgePeers;
  readonly onCollected: (report: CollectReport) => void;
}

export interface Market {
  readonly network: RelayNetwork;
  readonly ledger: Ledger;
  readonly totals: Totals;
  readonly journal: Journal;
  readonly reader: HubReader;
  readonly supplier: Supplier;
  readonly application: Application;
  readonly redeemer: Redeemer;
  readonly peerSeed: Uint8Array;
  /** Holds the stake. */
  readonly owner: TransactionSigner;
  /** Signs vouchers. */
  readonly hotKey: HotKey;
  /** Signs receipts; sends redemptions. */
  readonly supplierKey: TransactionSigner;
  /** What other peers may ask. */
  readonly handlers: PeerServerHandlers;
  /** What is served; nothing when null. The same object as long as nothing changed. */
  setServed(model: ServedModel | null): void;
  served(): ServedModel | null;
  /** Whether relays are taken. */
  setServing(isServing: boolean): void;
  /**
   * Brings up what the last process left: settles, asks for receipts, writes down what the chain paid. A chain that
   * does not answer is asked again later.
   */
  restore(): Promise<void>;
  dispose(): Promise<void>;
}

/** @throws AppError when ledger, journal or keys cannot be used */
export function composeMarket(paths: Paths, ports: MarketPorts): Market {
  const { chain, contracts, clock, random, log } = ports;
  mkdirSync(dirname(paths.ledger), { recursive: true, mode: 0o700 });
  const keys = readPracticeKeys(paths.practiceKeys, { random, log });
  const hub = contracts.hub.address;
  const network: RelayNetwork = {
    chainId: BigInt(PRACTICE_CHAIN_ID),
    hub,
    epochSeconds: PRACTICE_PARAMETERS.epochSeconds,
    graceSeconds: PRACTICE_PARAMETERS.graceSeconds,
  };
  const ledger = createSqliteLedger(openLedgerDatabase(paths.ledger), log);
  const totals = readTotals(ledger);
  const store = openSqliteJournal(paths.journal);
  const journal = createJournal({ store, eip1193: chain, clock, log }, PRACTICE_CHAIN_ID);
  const reader = createHubReader(chain, hub, contracts.token.address);
  const math = { addressOf, signDigest };
  const supplierKey = keySigner(keys.supplier);
  const relaySigner = createKeySigner(keys.relay, math);
  let served: readonly ServedModel[] = [];
  let isServing = false;
  let running = 0;

  const shared = { network, ledger, recover: recoverSigner, clock, log };
  const supplier = createSupplier({
    ...shared,
    signer: createKeySigner(keys.supplier, math),
    engine: {
      async *generate(request, signal) {
        running += 1;
        try {
          yield* ports.engine.generate(request, signal);
        } finally {
          running -= 1;
        }
      },
    },
    models: { now: () => served },
    solvency: solvencyOf(reader),
    admission: { admits: () => (isServing && served.length > 0 ? null : 'not-serving') },
    room: { free: () => MAX_RELAYS - running },
  });
  const application = createApplication({
    ...shared,
    signer: relaySigner,
    client: ports.peers,
    random,
  });
  const redeemer = createRedeemer(
    {
      book: {
        sessions: (sinceEpoch) => totals.sessions('supplier', sinceEpoch),
        append: (entries) => {
          ledger.append(entries, 'full');
        },
        onAppend: (listener) => ledger.onAppend(listener),
      },
      chain: createRedeemPort({ journal, eip1193: chain, reader, hub, sender: supplierKey }),
      clock,
      log,
      onReport: ports.onCollected,
    },
    { rules: PRACTICE_PARAMETERS },
  );

  let stopSettling: (() => void) | null = null;
  let isDisposed = false;
  /** A chain that does not answer now is asked again; nothing else has to wait for it. */
  async function settleAgain(): Promise<void> {
    await journal.settle().catch((error: unknown) => {
      log.warn('the journal could not be compared with the chain', { error });
    });
  }
  async function settlePending(): Promise<void> {
    if (journal.pending().length > 0) await settleAgain();
  }

  return {
    network,
    ledger,
    totals,
    journal,
    reader,
    supplier,
    application,
    redeemer,
    peerSeed: keys.peerSeed,
    owner: keySigner(keys.owner),
    hotKey: {
      address: relaySigner.address,
      signGrant: (grant) => {
        const domain = { chainId: network.chainId, verifyingContract: hub };
        return relaySigner.sign(fromHex(keyGrantDigest(domain, grant)));
      },
    },
    supplierKey,
    handlers: {
      card: () => supplier.card(),
      resync: (peerKey, request) => supplier.resync(peerKey, request),
      relay: (peerKey, request, signal) => supplier.relay(peerKey, request, signal),
      cancel: (peerKey, request) => {
        supplier.cancel(peerKey, request);
      },
    },
    setServed(model) {
      served = model === null ? [] : [model];
    },
    served: () => served[0] ?? null,
    setServing(next) {
      isServing = next;
    },
    async restore() {
      await supplier.restore();
      application.restore();
      await settleAgain();
      // The chain may have taken its time, and its owner has quit meanwhile.
      if (isDisposed) throw new AppError('cancelled');
      stopSettling ??= clock.every(SETTLE_MS, () => {
        drop(settlePending(), 'settling the journal', log);
      });
      await redeemer.start();
    },
    async dispose() {
      isDisposed = true;
      isServing = false;
      stopSettling?.();
      redeemer.dispose();
      journal.dispose();
      await application.dispose();
      await supplier.dispose();
      store.dispose();
      ledger.dispose();
      keys.dispose();
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
