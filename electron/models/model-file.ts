/** Opens a model file from disk, reads its header and says what the model is; all of its parts, if it has several. */
import { constants, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { AppError } from '../platform/app-error.ts';
import { malformed, truncated } from './byte-cursor.ts';
import { readGgufHeader, type GgufHeader } from './gguf-reader.ts';
import { modelFacts, splitPlace, type SplitPlace } from './model-facts.ts';
import { partEnding, partPath } from './part-names.ts';
import { shownName, shownPath } from './printable.ts';
import { isStarterFile } from './starter-file.ts';
import { STARTER_FILE } from './starter-golden.ts';

/**
 * Checks the header of the file at `path`, and of every further part of a model that was split, without
 * loading anything.
 *
 * @throws AppError `model-missing`, `model-foreign`, `model-unsupported`, `model-malformed`, `model-truncated`,
 * or `model-unreadable` when this account may not read it.
 */
export async function inspectModel(path: string): Promise<ModelInfo> {
  const absolute = resolve(path);
  const first = await readPart(absolute);
  const place = splitPlace(first.header.metadata);
  if (place !== null && place.index > 0) throw notTheFirst(place);
  const facts = modelFacts(first.header);
  const rest = place ? await readFurtherParts(absolute, place, first.header.tensorCount) : [];
  const parts = [first, ...rest];
  const fileName = shownName(basename(absolute).replace(/\.gguf$/i, ''));
  const sizeBytes = sum(parts.map((part) => part.sizeBytes));
  return {
    id: absolute,
    path: absolute,
    version: parts.map(({ version }) => version).join(','),
    sizeBytes,
    parameterCount: sum(parts.map(({ header }) => header.parameterCount)),
    ...facts,
    name: facts.name ?? fileName ?? 'Model without a name',
    isStarter: facts.name === STARTER_FILE.name && (await isStarter(absolute)),
  };
}

interface Part {
  readonly header: GgufHeader;
  readonly sizeBytes: number;
  readonly version: string;
}

async function readPart(path: string): Promise<Part> {
  try {
    // Asked before opening: to open a device or a pipe can have effects, or never return.
    checkKind(await stat(path));
    // Non-blocking in case it became a pipe in the meantime.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await readHeader(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asModelError(error, path);
  }
}

async function readHeader(file: FileHandle): Promise<Part> {
  const found = await file.stat();
  checkKind(found);
  const header = await readGgufHeader(async (offset, length) => {
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  }, found.size);
  const version = `${String(found.size)}-${String(found.mtimeMs)}`;
  return { header, sizeBytes: found.size, version };
}

/** The name alone proves nothing. */
async function isStarter(path: string): Promise<boolean> {
  try {
    return await isStarterFile(path);
  } catch (error) {
    throw asModelError(error, path);
  }
}

function checkKind(found: Stats): void {
  if (found.isFile()) return;
  const details = found.isDirectory()
    ? 'It is a folder: choose the .gguf file in it.'
    : 'It is a device or a pipe, not a file.';
  throw new AppError('model-foreign', { details });
}

/** Turns what the file system threw into words; an `AppError` passes unchanged. */
export function asModelError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'ERR_INVALID_ARG_VALUE':
      return new AppError('model-missing', { details: shownPath(path), cause: error });
    case 'EACCES':
    case 'EPERM': {
      const details = 'Your account may not read this file: check its permissions.';
      return new AppError('model-unreadable', { details, cause: error });
    }
    default: {
      const details = `The file could not be read (${code === '' ? String(error) : code}).`;
      return new AppError('model-unreadable', { details, cause: error });
    }
  }
}

async function readFurtherParts(
  firstPath: string,
  place: SplitPlace,
  firstTensors: number,
): Promise<readonly Part[]> {
  const rest: Part[] = [];
  for (let index = 1; index < place.count; index += 1) {
    const path = partPath(firstPath, index, place.count);
    if (path === null) throw misnamed(place.count);
    const part = await readFurtherPart(path);
    const stated = splitPlace(part.header.metadata);
    if (stated?.index !== index || stated.count !== place.count) {
      throw malformed(`${nameOf(path)} is not part ${String(index + 1)} of this model.`);
    }
    rest.push(part);
  }
  const tensors = firstTensors + sum(rest.map(({ header }) => header.tensorCount));
  if (place.tensorCount !== null && tensors !== place.tensorCount) {
    throw malformed(`Its parts hold ${String(tensors)} tensors, not ${String(place.tensorCount)}.`);
  }
  return rest;
}

async function readFurtherPart(path: string): Promise<Part> {
  try {
    return await readPart(path);
  } catch (error) {
    const { code, details } = asModelError(error, path);
    const name = nameOf(path);
    if (code === 'model-missing') throw truncated(`Its part ${name} is not in the same folder.`);
    throw new AppError(code, { details: `${name}: ${details ?? 'unreadable'}`, cause: error });
  }
}

function nameOf(path: string): string {
  return shownPath(basename(path));
}

function misnamed(count: number): AppError {
  const wanted = partEnding(0, count);
  return truncated(`It is part 1 of ${String(count)}, so its name must end in ${wanted}.`);
}

function notTheFirst({ index, count }: SplitPlace): AppError {
  const which = `It is part ${String(index + 1)} of ${String(count)}`;
  const details = `${which}: open the first part, which ends in ${partEnding(0, count)}.`;
  return new AppError('model-unsupported', { details });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
