/** What this node serves: its current model, named by the hash of its file, with its terms. */
import type { EngineSettings, ModelInfo, Snapshot } from '../ipc/snapshot.ts';
import type { ModelHashes } from '../models/model-sha256.ts';
import { PRACTICE_PRICE } from '../market/prices.ts';
import { DEFAULT_WEIGHTS } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import { profileHash, type EngineProfile } from '../protocol/profile.ts';
import { SAMPLER_NAME } from '../protocol/sampler.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';

/** As in package.json, which a test compares: another version may round differently. */
export const ENGINE = 'node-llama-cpp 3.21.1';
/** What a context holds at most before the engine has said how much it holds. */
const ASSUMED_CONTEXT_TOKENS = 8192;
const MAX_NAME_LENGTH = 200;

export interface ServedModelParts {
  readonly model: ModelInfo;
  readonly engine: Snapshot['engine'];
  readonly settings: EngineSettings;
  /** Who listed the model on the chain. */
  readonly source: Hex;
  readonly hashes: ModelHashes;
}

/** @throws AppError `model-missing` when the file cannot be read */
export async function describeServedModel(parts: ServedModelParts): Promise<ServedModel> {
  const { model, engine, settings, source, hashes } = parts;
  const trained = model.contextTokens ?? ASSUMED_CONTEXT_TOKENS;
  const assumed = Math.min(trained, ASSUMED_CONTEXT_TOKENS);
  return {
    name: model.name.slice(0, MAX_NAME_LENGTH),
    ggufSha256: await hashes.sha256Of(model),
    source,
    weights: DEFAULT_WEIGHTS,
    price: PRACTICE_PRICE,
    profile: profileHash(profileOf(engine, settings)),
    contextTokens: engine.contextTokens ?? assumed,
  };
}

function profileOf(
  { backend, speculation }: Snapshot['engine'],
  { kvType, server }: EngineSettings,
): EngineProfile {
  // Nobody knows how another server computes and draws, so nothing is claimed.
  if (server !== null) return { engine: 'external', backend: '', kvType: '', sampler: '' };
  // Tokens that are checked together are rounded like a prompt's, not like those written one by one.
  const isGuessing = speculation !== undefined && speculation !== 'off';
  const computes = isGuessing ? `${ENGINE} spec=${speculation}` : ENGINE;
  return { engine: computes, backend: backend ?? 'cpu', kvType, sampler: SAMPLER_NAME };
}
