/** A Supplier and an Application joined without a network, each on a ledger in memory. */
import type { GenerateEvent } from '../../electron/protocol/generate.ts';
import type { LedgerEntry, LedgerKind, EntryOf } from '../../electron/protocol/ledger-entries.ts';
import {
  createApplication,
  type Application,
  type Offer,
} from '../../electron/relay/application.ts';
import type {
  ApplicationPorts,
  PeerClient,
  RelayEngineRequest,
  SupplierPorts,
} from '../../electron/relay/ports.ts';
import { createSupplier, type Supplier } from '../../electron/relay/supplier.ts';
import { createCountedRandom } from './counted-random.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryLog } from './memory-log.ts';
import { createMemoryRelayLedger, type MemoryRelayLedger } from './memory-relay-ledger.ts';
import * as terms from './relay-terms.ts';
import { createShamSigner, recoverSham } from './sham-signer.ts';

export type ScriptedGenerate = (
  request: RelayEngineRequest,
  signal: AbortSignal,
) => AsyncIterable<GenerateEvent>;

export interface RelayPair {
  readonly clock: ManualClock;
  readonly supplier: Supplier;
  readonly application: Application;
  readonly supplierLedger: MemoryRelayLedger;
  readonly applicationLedger: MemoryRelayLedger;
  /** What the engine was asked. */
  readonly asked: readonly RelayEngineRequest[];
  offer(): Offer;
  /** Another life of each side on the same ledgers. */
  restartSupplier(over?: Partial<SupplierPorts>): Supplier;
  restartApplication(over?: Partial<ApplicationPorts>): Application;
}

export interface PairOptions {
  readonly generate?: ScriptedGenerate;
  readonly supplier?: Partial<SupplierPorts>;
  readonly application?: Partial<ApplicationPorts>;
  /** Stands between the two, given the honest way. */
  readonly client?: (honest: PeerClient) => PeerClient;
}

const TIMINGS = { queuedMs: 1, prefillMs: 2, firstTokenMs: 3, totalMs: 4 };

/** An answer of these tokens, one event each. */
export function answerOf(texts: readonly string[], prompt = 20, cached = 0): ScriptedGenerate {
  return async function* (_request, signal) {
    yield { type: 'start', seed: 1, counts: { prompt, cached, output: 0 } };
    let output = 0;
    for (const text of texts) {
      if (signal.aborted) break;
      output += 1;
      yield { type: 'tokens', text, tokenIds: [output] };
    }
    const reason = signal.aborted ? 'cancelled' : 'stop';
    yield { type: 'end', reason, counts: { prompt, cached, output }, timings: TIMINGS };
  };
}

/** Says `texts` and then nothing more until it is stopped. */
export function endlessAnswer(texts: readonly string[]): ScriptedGenerate {
  return async function* (request, signal) {
    for await (const event of answerOf(texts)(request, signal)) {
      if (event.type !== 'end') yield event;
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
    const counts = { prompt: 20, cached: 0, output: texts.length };
    yield { type: 'end', reason: 'cancelled', counts, timings: TIMINGS };
  };
}

export function createRelayPair(options: PairOptions = {}): RelayPair {
  const { generate = answerOf(['Hello', ' there']) } = options;
  const clock = createManualClock(terms.NOW_MS);
  const supplierLedger = createMemoryRelayLedger();
  const applicationLedger = createMemoryRelayLedger();
  const asked: RelayEngineRequest[] = [];
  const random = createCountedRandom();
  let drawn = 0;

  const supplierPorts: SupplierPorts = {
    network: terms.NETWORK,
    ledger: supplierLedger,
    signer: createShamSigner(terms.SUPPLIER),
    recover: recoverSham,
    engine: {
      generate(request, signal) {
        asked.push(request);
        return generate(request, signal);
      },
    },
    models: { now: () => [terms.MODEL] },
    solvency: { quote: async () => terms.QUOTE },
    admission: { admits: () => null },
    room: { free: () => 4 },
    clock,
    log: createMemoryLog(),
    ...options.supplier,
  };
  let supplier = createSupplier(supplierPorts);

  const honest: PeerClient = {
    relay: (_peer, request, signal) => supplier.relay(terms.APPLICATION_PEER, request, signal),
    resync: (_peer, request) => supplier.resync(terms.APPLICATION_PEER, request),
    async cancel(_peer, request) {
      supplier.cancel(terms.APPLICATION_PEER, request);
    },
  };
  const applicationPorts: ApplicationPorts = {
    network: terms.NETWORK,
    ledger: applicationLedger,
    signer: createShamSigner(terms.HOT_KEY),
    recover: recoverSham,
    client: options.client?.(honest) ?? honest,
    clock,
    random: { ...random, bytes: (count) => random.bytes(count).fill((drawn += 1)) },
    log: createMemoryLog(),
    ...options.application,
  };
  let application = createApplication(applicationPorts);

  return {
    clock,
    supplierLedger,
    applicationLedger,
    asked,
    get supplier() {
      return supplier;
    },
    get application() {
      return application;
    },
    offer: () => application.offer(terms.CARD, terms.MODEL, terms.TERMS),
    restartSupplier(over = {}) {
      supplier = createSupplier({ ...supplierPorts, ...over });
      return supplier;
    },
    restartApplication(over = {}) {
      application = createApplication({ ...applicationPorts, ...over });
      return application;
    },
  };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export function entriesOfKind<Kind extends LedgerKind>(
  entries: readonly LedgerEntry[],
  kind: Kind,
): readonly EntryOf<Kind>[] {
  return entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
}
