/** What takes the place of a loaded model where another server computes. */
import type { ExternalServer } from '../ipc/snapshot.ts';
import { createExternalClient } from './external-client.ts';
import type { WorkerServer } from './engine-worker.ts';
import { loadVocabulary } from './llama-vocabulary-adapter.ts';
import type { LoadOptions } from './messages.ts';

/** Answers that are asked for at the same time: what such servers take by default. */
const PLACES = 4;

/** @throws AppError `external-unavailable`, `bad-request` or `model-load-failed` */
export async function loadServer(
  options: LoadOptions,
  server: ExternalServer,
): Promise<WorkerServer> {
  const client = createExternalClient(server);
  await client.check();
  const vocabulary = await loadVocabulary(options.modelPath, options.contextTokens);
  const report = {
    ...{ layersOffloaded: 0, layersTotal: 0, threads: 0 },
    contextTokens: vocabulary.contextTokens,
    sequences: Math.min(options.sequences, PLACES),
    ...{ deviceNames: [], deviceMemoryBytes: null },
  };
  return { vocabulary, client, report };
}
