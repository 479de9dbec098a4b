/** What this node offers to peers: its current model for as long as it serves, and the engine behind it. */
import { FAUCET_ADDRESS } from '../chain/practice-genesis.ts';
import type { PacedEngine } from '../governor/ports.ts';
import type { Hub } from '../hub/hub.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
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
      if (current !== ggufSha256) throw anotherModel();
      // So that whoever pays can have an answer drawn again.
      const asked = { ...request, relay, isReplayable: true };
      for await (const event of engine.generate(asked, signal)) {
        // From its first event on an answer ends with the model that gives it; until then it may have been changed.
        if (event.type === 'start' && !isSameFile(library.current(), model)) throw anotherModel();
        yield event;
      }
    },
  };
}

/** Its owner opened another one after the relay was taken. */
function anotherModel(): AppError {
  return new AppError('engine-restarted');
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
  /** Told whenever relays are taken, or are not any more. */
  readonly onOffering: (isOffering: boolean) => void;
  readonly log: Log;
}

export function createServing(ports: ServingPorts): Serving {
  const { hub, library, preparation, hashes, market, onOffering, log } = ports;
  /** Where relays are taken; null while none are. */
  let open: ServingMarket | null = null;
  /** What peers are told of, as the library has it. */
  let offered: ModelInfo | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const tell = (): void => {
    onOffering(open?.served() != null);
  };

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
    const { engine, settings } = hub.snapshot();
    const parts = { model, engine, settings: settings.engine, source: FAUCET_ADDRESS, hashes };
    const fresh = await describeServedModel(parts);
    offered = model;
    const before = place.served();
    if (before && isSame(before, fresh)) return before;
    place.setServed(fresh);
    tell();
    return fresh;
  }

  // A model that is opened, or a backend or setting that turns out to be another, is another offer.
  hub.onPatch(({ changes }) => {
    if (!open || !(changes.model ?? changes.engine ?? changes.settings)) return;
    // The file that was offered does not answer any more, and reading the next one may take a minute.
    if (!isSameFile(library.current(), offered)) {
      open.setServed(null);
      tell();
    }
    drop(offer(), 'offering a model', log);
  });

  return {
    async start() {
      const model = await offer();
      open = await market();
      open.setServing(true);
      tell();
      return model;
    },
    stop() {
      open?.setServing(false);
      open = null;
      tell();
    },
  };
}

function isSameFile(one: ModelInfo | null, other: ModelInfo | null): boolean {
  return one?.path === other?.path && one?.version === other?.version;
}

function isSame(one: ServedModel, other: ServedModel): boolean {
  return (
    one.ggufSha256 === other.ggufSha256 &&
    one.profile === other.profile &&
    one.contextTokens === other.contextTokens &&
    one.name === other.name
  );
}
