/** What a token of conversation costs with each model file, read from its header once and remembered. */
import { z } from 'zod';
import { cacheBytesPerToken } from '../engine/fit.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { readModelShape } from '../models/model-shape.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import { fileKey } from './models-view.ts';

/** The oldest is forgotten first. */
const MAX_REMEMBERED = 100;

const savedSchema = z
  .array(z.strictObject({ file: z.string(), cacheBytes: z.number().int().nonnegative() }))
  .readonly();

export interface ModelShapes {
  /** Null while it is not known. */
  cacheBytes(model: ModelInfo): number | null;
  /** Reads those that are not known yet, one after the other. Never rejects. @returns whether there was one */
  learn(models: readonly ModelInfo[]): Promise<boolean>;
}

/** @param path of the file in which they are remembered */
export function openModelShapes(path: string, log: Log): ModelShapes {
  const store = jsonFile({
    path,
    schema: savedSchema,
    fallback: [],
    onDamaged: (keptAs) => {
      log.warn('the remembered shapes of models were damaged', { keptAs });
    },
  });
  let saved = store.read();
  /** Read in vain; not again in this run. */
  const unreadable = new Set<string>();
  const cacheBytes = (model: ModelInfo): number | null =>
    saved.find(({ file }) => file === fileKey(model))?.cacheBytes ?? null;

  async function learnOne(model: ModelInfo): Promise<boolean> {
    const file = fileKey(model);
    if (cacheBytes(model) !== null || unreadable.has(file)) return false;
    try {
      const bytes = Math.round(cacheBytesPerToken(await readModelShape(model.path)));
      saved = [{ file, cacheBytes: bytes }, ...saved].slice(0, MAX_REMEMBERED);
      store.write(saved);
      return true;
    } catch (error) {
      unreadable.add(file);
      log.warn('reading the shape of a model failed', { error });
      return false;
    }
  }

  return {
    cacheBytes,
    async learn(models) {
      let isNew = false;
      for (const model of models) isNew = (await learnOne(model)) || isNew;
      return isNew;
    },
  };
}
