/** What this node offers to peers: its current model for as long as it serves, and the engine behind it. */
import { FAUCET_ADDRESS } from '../chain/practice-genesis.ts';
import type { PacedEngine } from '../governor/ports.ts';
import type { Hub } from '../hub/hub.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { ModelHashes } from '../models/model-sha256.ts';
import { AppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { RelayEngineRequest } from '../relay/ports.ts';
import type { NodeAnswers } from './compose-engine.ts';
import type { Market } from './compose-market.ts';
import type { Preparation } from './prepare.ts';
import { describeServedModel } from './served-model.ts';

interface EngineParts {
  readonly engine: NodeAnswers;
  readonly library: Pick<ModelLibrary, 'current'>;
  readonly preparation: Pick<Preparation, 'ready'>;
  readonly hashes: ModelHashes;
}

/** The node's engine, for a relay that names the file which must answer and the share it may have. */
export function relayEngine(parts: EngineParts): PacedEngine<RelayEngineRequest> {
  const { engine, library, preparation, hashes } = parts;
  return {
    async *generate({ ggufSha256, relay, ...request }, signal) {
      await preparation.ready(signal);
      const model = library.current();
      const current = model && (await hashes.sha256Of(model));
      // Its owner opened another one after the relay was taken.
      if (current !== ggufSha256) throw new AppError('engine-restarted');
      yield* engine.generate({ ...request, relay }, signal);
    },
  };
}

export interface Serving {
  /** Offers the current model, and takes relays for it. @throws AppError when there is none */
  readonly start: () => Promise<ServedModel>;
  readonly stop: () => void;
}

type ServingMarket = Pick<Market, 'served' | 'setServed' | 'setServing'>;

export interface ServingPorts extends Omit<EngineParts, 'engine'> {
  readonly hub: Hub;
  readonly market: () => Promise<ServingMarket>;
  readonly log: Log;
}

export function createServing(ports: ServingPorts): Serving {
  const { hub, library, preparation, hashes, market, log } = ports;
  /** Where relays are taken; null while none are. */
  let open: ServingMarket | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: a large file whose hash takes long must not be offered after one that was opened later. */
  function offer(): Promise<ServedModel> {
    const next = last.then(offerNow, offerNow);
    last = next;
    return next;
  }

  async function offerNow(): Promise<ServedModel> {
    await preparation.ready();
    const place = await market();
    const model = library.current();
    if (!model) {
      place.setServed(null);
      throw new AppError('no-model');
    }
    const { engine } = hub.snapshot();
    const fresh = await describeServedModel({ model, engine, source: FAUCET_ADDRESS, hashes });
    const before = place.served();
    if (before && isSame(before, fresh)) return before;
    place.setServed(fresh);
    return fresh;
  }

  // A model that is opened, or a backend that turns out to be another, is another offer.
  hub.onPatch(({ changes }) => {
    if (open && (changes.model ?? changes.engine)) drop(offer(), 'offering a model', log);
  });

  return {
    async start() {
      const offered = await offer();
      open = await market();
      open.setServing(true);
      return offered;
    },
    stop() {
      open?.setServing(false);
      open = null;
    },
  };
}

function isSame(one: ServedModel, other: ServedModel): boolean {
  return (
    one.ggufSha256 === other.ggufSha256 &&
    one.profile === other.profile &&
    one.contextTokens === other.contextTokens &&
    one.name === other.name
  );
}
