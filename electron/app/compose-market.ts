/** Wires one node's part in the network: books, keys, journal, Supplier, redemptions. */
import type { Eip1193 } from '../chain/eip1193.ts';
import type { KnownContracts } from '../chain/decode-call-adapter.ts';
import { createHubReader, type HubReader } from '../chain/hub-reader-adapter.ts';
import { createJournal, type Journal } from '../chain/journal.ts';
import type { TransactionSigner } from '../chain/ports.ts';
import { PRACTICE_CHAIN_ID } from '../chain/practice-genesis.ts';
import type { HotKey } from '../chain/practice-network.ts';
import { openSqliteJournal } from '../chain/sqlite-journal.ts';
import type { PeerServerHandlers } from '../edge/peer-ports.ts';
import type { CollectReport } from '../market/collect.ts';
import { createRedeemer, type Redeemer } from '../market/redeemer.ts';
import { AppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import { PRACTICE_PARAMETERS } from '../protocol/practice-terms.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { RelayEngine } from '../relay/ports.ts';
import { recoverSigner } from '../relay/secp256k1-adapter.ts';
import { createSupplier, type Supplier } from '../relay/supplier.ts';
import type { KeyAddresses, KeptIn } from '../wallet/key-messages.ts';
import { openBooks, type Books, type BooksPorts } from './compose-books.ts';
import type { NodeKeys, OpenKeys } from './compose-keys.ts';
import type { Paths } from './paths.ts';
import { createRedeemPort } from './redeem-port.ts';
import { solvencyOf } from './solvency.ts';

/** Relays that are served or wait at once. */
const MAX_RELAYS = 8;
/** How often transactions that are in no block are looked after. */
const SETTLE_MS = 30_000;

export interface MarketPorts extends BooksPorts {
  readonly chain: Eip1193;
  readonly openKeys: OpenKeys;
  /** The node's own engine; fails when another file than the one asked for is loaded. */
  readonly engine: RelayEngine;
  /** Whether a relay may start now, beyond there being a model to serve; null means yes. */
  readonly admits?: () => RefusalCode | null;
  readonly onCollected: (report: CollectReport) => void;
}

export interface Market extends Omit<Books, 'setSigner'> {
  readonly journal: Journal;
  /** As shipped, and as the keys' policy pins them. */
  readonly contracts: KnownContracts;
  readonly reader: HubReader;
  readonly supplier: Supplier;
  readonly redeemer: Redeemer;
  /** Of the node's accounts, lower case. */
  readonly addresses: KeyAddresses;
  /** Where the keys lie. */
  readonly keptIn: KeptIn;
  /** 32 bytes that are the caller's to overwrite. @throws AppError `signer-unavailable` */
  readonly peerSeed: () => Promise<Uint8Array<ArrayBuffer>>;
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
}

/** @throws AppError when ledger, journal or keys cannot be used */
export async function composeMarket(paths: Paths, ports: MarketPorts): Promise<Market> {
  const books = openBooks(paths, ports);
  return openMarket(paths, books, ports).catch(async (error: unknown) => {
    await books.dispose();
    throw error;
  });
}

/**
 * @param books disposed of with the market; the caller's as long as there is none
 * @throws AppError when journal or keys cannot be used
 */
export async function openMarket(paths: Paths, books: Books, ports: MarketPorts): Promise<Market> {
  const { hub, token } = ports.contracts;
  const keys = await ports.openKeys(paths.practiceKeys, {
    chainId: PRACTICE_CHAIN_ID,
    hub: hub.address,
    token: token.address,
  });
  try {
    return wireMarket(paths, books, keys, ports);
  } catch (error) {
    await keys.dispose();
    throw error;
  }
}

function wireMarket(paths: Paths, books: Books, keys: NodeKeys, ports: MarketPorts): Market {
  const { chain, contracts, clock, log } = ports;
  const { network, ledger, totals, application } = books;
  const { hot, keyring } = keys;
  const { addresses } = hot;
  const hub = contracts.hub.address;
  const token = contracts.token.address;
  const store = openSqliteJournal(paths.journal);
  const journal = createJournal({ store, eip1193: chain, clock, log }, PRACTICE_CHAIN_ID);
  const reader = createHubReader(chain, hub, token);
  const supplierKey = { address: addresses.supplier, sign: hot.signTransaction };
  let served: readonly ServedModel[] = [];
  let isServing = false;
  let running = 0;

  books.setSigner(hot);
  const supplier = createSupplier({
    network,
    ledger,
    recover: recoverSigner,
    clock,
    log,
    signer: { address: addresses.supplier, signReceipt: hot.signReceipt },
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
    admission: {
      admits: () => (isServing && served.length > 0 ? (ports.admits?.() ?? null) : 'not-serving'),
    },
    room: { free: () => MAX_RELAYS - running },
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
    application,
    journal,
    contracts: { hub, token },
    reader,
    supplier,
    redeemer,
    addresses,
    keptIn: hot.keptIn,
    peerSeed: hot.peerSeed,
    owner: { address: addresses.owner, sign: keyring.signTransaction },
    hotKey: { address: addresses.relay, signGrant: hot.signGrant },
    supplierKey,
    handlers: {
      card: () => supplier.card(),
      resync: (peerKey, request) => supplier.resync(peerKey, request),
      relay: supplier.relay,
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
      await books.dispose();
      await keys.dispose();
    },
  };
}
