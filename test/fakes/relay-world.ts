/** A Supplier, an Application and a network between them that loses, repeats and delays; both can crash at any wait. */
import { AppError } from '../../electron/platform/app-error.ts';
import type { Clock } from '../../electron/platform/clock.ts';
import type { GenerateEvent } from '../../electron/protocol/generate.ts';
import type { RelayEvent, RelayRequest } from '../../electron/protocol/wire-relay.ts';
import { createApplication, type Application } from '../../electron/relay/application.ts';
import type { PeerClient, RelayLedger } from '../../electron/relay/ports.ts';
import { createSupplier, type Supplier } from '../../electron/relay/supplier.ts';
import { createDigestSigner, type DigestSigner } from './digest-signer.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryLog } from './memory-log.ts';
import { createMemoryRelayLedger, type MemoryRelayLedger } from './memory-relay-ledger.ts';
import * as terms from './relay-terms.ts';
import { createShamSigner, recoverSham } from './sham-signer.ts';
import { createStepQueue, type StepQueue } from './step-queue.ts';

export interface RelayWorld {
  readonly queue: StepQueue;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly supplierLedger: MemoryRelayLedger;
  readonly applicationLedger: MemoryRelayLedger;
  readonly application: Application;
  readonly supplier: Supplier;
  crashSupplier(): void;
  crashApplication(): void;
  /** From now on nothing is lost, repeated, refused or broken. */
  calm(): void;
}

/** One life of a side, from a start to a crash. */
interface Life<Side> {
  readonly owner: object;
  readonly side: Side;
}

/** @param choose a whole number below its argument; decides every fault */
export function createRelayWorld(choose: (count: number) => number): RelayWorld {
  const queue = createStepQueue();
  const clock = createManualClock(terms.NOW_MS);
  const log = createMemoryLog();
  const supplierLedger = createMemoryRelayLedger();
  const applicationLedger = createMemoryRelayLedger();
  const faults = { on: true };
  const oneIn = (count: number): boolean => faults.on && choose(count) === 0;
  const cuts = new Set<() => void>();
  let words = 0;

  function clockOf(owner: object): Clock {
    const guarded = (callback: () => void) => () => {
      if (queue.isAlive(owner)) callback();
    };
    return {
      ...clock,
      after: (ms, callback) => clock.after(ms, guarded(callback)),
      every: (ms, callback) => clock.every(ms, guarded(callback)),
    };
  }

  function ledgerOf(owner: object, ledger: MemoryRelayLedger): RelayLedger {
    const only = <Value>(read: () => Value): Value => {
      if (!queue.isAlive(owner)) throw new Error('a process that is dead wrote on');
      return read();
    };
    return {
      append: (entries, durability) => only(() => ledger.append(entries, durability)),
      entriesOf: (role, session) => only(() => ledger.entriesOf(role, session)),
      openSessions: (role, epoch) => only(() => ledger.openSessions(role, epoch)),
    };
  }

  function signerOf(owner: object, address: typeof terms.SUPPLIER): DigestSigner {
    const signer = createShamSigner(address);
    return createDigestSigner(address, async (digest) => {
      await queue.step(owner);
      return signer.sign(digest);
    });
  }

  async function* generate(owner: object, signal: AbortSignal): AsyncGenerator<GenerateEvent> {
    await queue.step(owner);
    if (oneIn(20)) throw new AppError('engine-busy');
    const prompt = oneIn(20) ? 1_000_000 : 1 + choose(100);
    const cached = choose(prompt);
    // Conversations that were paid for are kept whole, in part, or not at all.
    const counts = {
      prompt,
      cached,
      held: choose(2) === 0 ? cached : choose(cached + 1),
      output: 0,
    };
    yield { type: 'start', seed: 1, counts };
    const length = choose(4);
    for (let token = 0; token < length && !signal.aborted; token += 1) {
      await queue.step(owner);
      if (oneIn(30)) throw new AppError('engine-crashed');
      yield { type: 'tokens', text: 'a ', tokenIds: [token] };
    }
    await queue.step(owner);
    const reason = signal.aborted ? 'cancelled' : 'stop';
    const timings = { queuedMs: 0, prefillMs: 0, firstTokenMs: null, totalMs: 1 };
    yield { type: 'end', reason, counts, timings };
  }

  function startSupplier(): Life<Supplier> {
    const owner = {};
    const side = createSupplier({
      network: terms.NETWORK,
      ledger: ledgerOf(owner, supplierLedger),
      signer: signerOf(owner, terms.SUPPLIER),
      recover: recoverSham,
      engine: { generate: (_request, signal) => generate(owner, signal) },
      models: { now: () => [terms.MODEL] },
      solvency: {
        async quote() {
          await queue.step(owner);
          if (oneIn(10)) throw new Error('no chain');
          return terms.QUOTE;
        },
      },
      admission: { admits: () => (oneIn(10) ? 'not-serving' : null) },
      room: { free: () => (oneIn(10) ? 0 : 4) },
      clock: clockOf(owner),
      log,
    });
    void side.restore();
    return { owner, side };
  }

  const unreachable = (): AppError => new AppError('peer-unreachable');

  async function deliverAgain(request: RelayRequest): Promise<void> {
    await queue.step(queue);
    const copy = supplier.side.relay(terms.APPLICATION_PEER, request, new AbortController().signal);
    const events = copy[Symbol.asyncIterator]();
    while ((await events.next()).done !== true);
  }

  /** The answer to one delivered request, until one of both sides or the way between them breaks. */
  async function* carry(
    owner: object,
    request: RelayRequest,
    signal: AbortSignal,
  ): AsyncGenerator<RelayEvent> {
    const { side } = supplier;
    const far = new AbortController();
    const broken = Promise.withResolvers<'broken'>();
    const cut = (): void => {
      far.abort();
      broken.resolve('broken');
    };
    cuts.add(cut);
    signal.addEventListener('abort', cut);
    const events = side.relay(terms.APPLICATION_PEER, request, far.signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const got = await Promise.race([events.next(), broken.promise]);
        if (got === 'broken' || oneIn(12)) throw unreachable();
        if (got.done === true) return;
        await queue.step(owner);
        yield got.value;
      }
    } finally {
      cut();
      cuts.delete(cut);
    }
  }

  function clientOf(owner: object): PeerClient {
    return {
      async *relay(_peer, request, signal) {
        await queue.step(owner);
        if (oneIn(10)) throw unreachable();
        if (oneIn(8)) void deliverAgain(request);
        if (oneIn(8)) {
          void deliverAgain(request);
          throw unreachable();
        }
        yield* carry(owner, request, signal);
      },
      async resync(_peer, request, signal) {
        await queue.step(owner);
        if (signal.aborted || oneIn(6)) throw unreachable();
        const broken = Promise.withResolvers<'broken'>();
        const cut = (): void => broken.resolve('broken');
        cuts.add(cut);
        signal.addEventListener('abort', cut);
        const asked = supplier.side.resync(terms.APPLICATION_PEER, request);
        const answer = await Promise.race([asked, broken.promise]);
        cuts.delete(cut);
        await queue.step(owner);
        if (answer === 'broken' || oneIn(6)) throw unreachable();
        return answer;
      },
      async cancel(_peer, request) {
        await queue.step(owner);
        if (!oneIn(4)) supplier.side.cancel(terms.APPLICATION_PEER, request);
      },
    };
  }

  function startApplication(): Life<Application> {
    const owner = {};
    const side = createApplication({
      network: terms.NETWORK,
      ledger: ledgerOf(owner, applicationLedger),
      signer: signerOf(owner, terms.HOT_KEY),
      recover: recoverSham,
      client: clientOf(owner),
      clock: clockOf(owner),
      random: {
        id: () => String(++words),
        seed: () => ++words,
        bytes: (count) => {
          const bytes = new Uint8Array(count);
          new DataView(bytes.buffer).setUint32(0, ++words);
          return bytes;
        },
      },
      log,
    });
    side.restore();
    return { owner, side };
  }

  function cutAll(): void {
    for (const cut of cuts) cut();
    cuts.clear();
  }

  let supplier = startSupplier();
  let application = startApplication();
  return {
    queue,
    clock,
    supplierLedger,
    applicationLedger,
    get application() {
      return application.side;
    },
    get supplier() {
      return supplier.side;
    },
    crashSupplier() {
      queue.crash(supplier.owner);
      cutAll();
      supplier = startSupplier();
    },
    crashApplication() {
      queue.crash(application.owner);
      cutAll();
      application = startApplication();
    },
    calm() {
      faults.on = false;
    },
  };
}
