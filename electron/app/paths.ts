/** Where everything Lull keeps lies. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../platform/app-error.ts';

export interface Paths {
  readonly dataFolder: string;
  readonly cacheFolder: string;
  readonly chats: string;
  readonly settings: string;
  readonly endpointToken: string;
  /** Names the endpoint of the copy of Lull that runs on this data folder. */
  readonly endpointInfo: string;
  readonly log: string;
  /** Chromium's own files. */
  readonly chromium: string;
  /** The test model once it is built, when it was not shipped. */
  readonly builtStarter: string;
  /** The embedding model, once somebody has asked for it. */
  readonly embedder: string;
  readonly probe: string;
  /** SHA-256 of model files. */
  readonly modelHashes: string;
  /** Binaries that were fetched because this computer can use them. */
  readonly packs: string;
  /** Models that were fetched or copied here. */
  readonly models: string;
  /** Downloads that are not finished. */
  readonly downloads: string;
  /** Models that were found on the hub and put on the list. */
  readonly foundModels: string;
  /** How fast models ran on this computer. */
  readonly calibration: string;
  /** What model files say of the memory that a conversation takes. */
  readonly modelShapes: string;
  /** What the governor remembers: stretches of time, give-backs, electricity. */
  readonly governor: string;
  readonly selfTest: string;
  /** The card's power limit from before Lull changed it. */
  readonly powerLimit: string;
  readonly ledger: string;
  /** Every signed transaction. */
  readonly journal: string;
  readonly practiceKeys: string;
  /** What seals them, as the system's key store gave it out. */
  readonly seal: string;
  /** The practice chain's blocks. */
  readonly practiceChain: string;
  /** The data folder of the neighbour, a second node. */
  readonly neighbour: string;
  /** How another Lull on this computer finds this one's practice network. */
  readonly practiceInfo: string;
}

export function pathsIn(dataFolder: string, cacheFolder: string | null): Paths {
  const cache = cacheFolder ?? join(dataFolder, 'cache');
  return {
    dataFolder,
    cacheFolder: cache,
    chats: join(dataFolder, 'chats.sqlite'),
    settings: join(dataFolder, 'settings.json'),
    endpointToken: join(dataFolder, 'endpoint-token'),
    endpointInfo: join(dataFolder, 'endpoint.json'),
    log: join(dataFolder, 'lull.log'),
    chromium: join(dataFolder, 'chromium'),
    builtStarter: join(cache, 'starter.gguf'),
    embedder: join(cache, 'embedder.gguf'),
    probe: join(cache, 'probe.json'),
    modelHashes: join(cache, 'model-hashes.json'),
    packs: join(cache, 'packs'),
    models: join(dataFolder, 'models'),
    downloads: join(dataFolder, 'downloads.json'),
    foundModels: join(dataFolder, 'found-models.json'),
    calibration: join(cache, 'calibration.json'),
    modelShapes: join(cache, 'model-shapes.json'),
    governor: join(dataFolder, 'governor.sqlite'),
    selfTest: join(dataFolder, 'self-test.json'),
    powerLimit: join(dataFolder, 'power-limit.json'),
    ledger: join(dataFolder, 'ledger.sqlite'),
    journal: join(dataFolder, 'journal.sqlite'),
    practiceKeys: join(dataFolder, 'practice-keys.json'),
    seal: join(dataFolder, 'seal.bin'),
    practiceChain: join(dataFolder, 'practice', 'chain'),
    neighbour: join(dataFolder, 'practice', 'neighbour'),
    practiceInfo: join(dataFolder, 'practice.json'),
  };
}

/** Makes the folders, readable by their owner only. @throws AppError `data-folder-unusable` or `disk-full`. */
export function makeFolders(paths: Paths): void {
  for (const folder of [paths.dataFolder, paths.cacheFolder]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.R_OK | constants.W_OK);
    } catch (error) {
      const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
      throw new AppError(full ? 'disk-full' : 'data-folder-unusable', {
        details: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  }
}
