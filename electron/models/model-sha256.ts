/** The SHA-256 of a model file, which names the model on the network; worked out once and remembered. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { AppError } from '../platform/app-error.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import { STARTER_FILE } from './starter-golden.ts';

/** Small enough that main's event loop is not held up by hashing one. */
const READ_BYTES = 256 * 1024;
/** Files that are remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 100;

const recordSchema = z
  .array(z.strictObject({ path: z.string(), version: z.string(), sha256: z.string() }))
  .readonly();

export interface ModelHashes {
  /** @returns `0x` and 64 hex digits. @throws AppError `model-missing` when it cannot be read. */
  sha256Of(model: Pick<ModelInfo, 'path' | 'version' | 'isStarter'>): Promise<`0x${string}`>;
}

/** @param path the file in which hashes are remembered */
export function createModelHashes(path: string, log: Log): ModelHashes {
  const store = jsonFile({
    path,
    schema: recordSchema,
    fallback: [],
    onDamaged: (keptAs) => {
      log.warn('the remembered model hashes were damaged', { keptAs });
    },
  });
  const running = new Map<string, Promise<string>>();

  async function hash(model: Pick<ModelInfo, 'path' | 'version'>): Promise<string> {
    const isSame = (each: { readonly path: string; readonly version: string }): boolean =>
      each.path === model.path && each.version === model.version;
    const known = store.read().find(isSame);
    if (known) return known.sha256;
    const sha256 = await hashFile(model.path);
    const others = store.read().filter(({ path: other }) => other !== model.path);
    const entry = { path: model.path, version: model.version, sha256 };
    store.write([entry, ...others].slice(0, MAX_REMEMBERED));
    return sha256;
  }

  return {
    async sha256Of(model) {
      // Its file was checked against this when it was built.
      if (model.isStarter) return `0x${STARTER_FILE.sha256}`;
      const key = `${model.path}\n${model.version}`;
      const work = running.get(key) ?? hash(model);
      running.set(key, work);
      try {
        return `0x${await work}`;
      } finally {
        running.delete(key);
      }
    },
  };
}

async function hashFile(path: string): Promise<string> {
  const sum = createHash('sha256');
  try {
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: READ_BYTES });
    for await (const chunk of chunks) sum.update(chunk);
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    throw new AppError('model-missing', { details, cause: error });
  }
  return sum.digest('hex');
}
