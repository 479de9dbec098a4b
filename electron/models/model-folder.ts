/** The folder of downloaded and copied models: what is in it, and the only way files get in or out of it. */
import { constants, type BigIntStats } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  statfs,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError, toAppError } from '../platform/app-error.ts';
import { isOnAnotherComputer } from './library.ts';

export interface FolderFile {
  readonly name: string;
  readonly sizeBytes: number;
}

export interface ModelFolder {
  readonly path: string;
  /** Where a file of this name lies or would lie. @throws AppError `bad-request` for one that leads elsewhere */
  placeOf(name: string): string;
  /** Whether the path names a file directly in the folder. */
  holds(path: string): boolean;
  /** Of those paths that lead into the folder, whichever way they take (links, another spelling), the names there. */
  namesOf(paths: readonly string[]): Promise<readonly string[]>;
  files(): Promise<readonly FolderFile[]>;
  /** Bytes that this account can still write there. */
  freeBytes(): Promise<number>;
  /** `name`, or the same with a number when a file of that name is there or is taken; a very long one is shortened. */
  freeName(name: string, taken: ReadonlySet<string>): Promise<string>;
  /**
   * Copies a file into the folder under a name that is free, and never over another.
   *
   * @param check looks at the finished copy; when it throws, the copy is gone
   * @returns the copy's path
   * @throws AppError `disk-too-small`, `disk-full`, `cancelled`, or what `check` threw
   */
  copyIn(copy: CopyIn): Promise<string>;
  /** Deletes a file directly in the folder; one that is not there is no failure. @throws AppError */
  remove(name: string): Promise<void>;
}

export interface CopyIn {
  readonly source: string;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly check: (path: string) => Promise<unknown>;
}

/** Of the 255 that most systems allow a file's name. */
const MAX_STEM_BYTES = 200;
/** Large enough to be quick, small enough to stop soon. */
const COPY_BYTES = 4 * 2 ** 20;
/** Beside its place while it is copied; a leftover when Lull was killed meanwhile. */
const UNFINISHED = '.copying';

export function createModelFolder(path: string): ModelFolder {
  const folder = resolve(path);

  const placeOf = (name: string): string => {
    const isPlain = name !== '' && basename(name) === name && !/[/\\:]|^\.{1,2}$/.test(name);
    if (isPlain) return join(folder, name);
    throw new AppError('bad-request', { details: 'That is not the name of a file in the folder.' });
  };

  async function files(): Promise<readonly FolderFile[]> {
    const found: FolderFile[] = [];
    for (const name of await namesIn(folder)) {
      const stats = await statsOf(join(folder, name));
      if (stats?.isFile()) found.push({ name, sizeBytes: Number(stats.size) });
    }
    return found;
  }

  async function namesOf(paths: readonly string[]): Promise<readonly string[]> {
    const there = new Set((await namesIn(folder)).map((name) => name.toLowerCase()));
    const own = await realPathOf(folder);
    const found: string[] = [];
    for (const each of paths) {
      // Nothing is asked of a drive that may be away, or of another computer, without need.
      const isLikely = there.has(basename(each).toLowerCase());
      if (!isLikely || isOnAnotherComputer(each, process.platform)) continue;
      const real = await realPathOf(each);
      if (real !== null && dirname(real) === own) found.push(basename(real));
    }
    return found;
  }

  async function freeName(name: string, taken: ReadonlySet<string>): Promise<string> {
    const there = new Set([...taken, ...(await namesIn(folder))].map((each) => each.toLowerCase()));
    const stem = shortened(name.replace(/\.gguf$/i, ''));
    let candidate = name.startsWith(`${stem}.`) || name === stem ? name : `${stem}.gguf`;
    for (let count = 2; there.has(candidate.toLowerCase()); count += 1) {
      candidate = `${stem}-${String(count)}.gguf`;
    }
    return candidate;
  }

  async function copyIn({ source, name, ...rest }: CopyIn): Promise<string> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const target = placeOf(name);
    const part = `${target}${UNFINISHED}`;
    const claim = await claimPlace(target);
    try {
      await copyBytes(source, part, rest);
      await rest.check(part);
      await claim.close();
      await rename(part, target);
      return target;
    } catch (error) {
      await claim.close();
      await rm(part, { force: true });
      await rm(target, { force: true });
      throw toAppError(error);
    }
  }

  return {
    path: folder,
    placeOf,
    holds: (file) => dirname(resolve(file)) === folder,
    namesOf,
    files,
    async freeBytes() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    freeName,
    copyIn,
    async remove(name) {
      const file = placeOf(name);
      const stats = await statsOf(file);
      if (stats === null) return;
      if (stats.isDirectory()) throw new AppError('bad-request', { details: 'It is a folder.' });
      // Windows refuses while the engine that had it open is still going.
      await rm(file, { force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Nobody else can take the name from here on. @throws AppError `bad-request` when somebody has */
async function claimPlace(target: string): Promise<FileHandle> {
  try {
    return await open(target, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw toAppError(error);
    throw new AppError('bad-request', { details: 'A file of that name is there already.' });
  }
}

async function copyBytes(
  source: string,
  part: string,
  { signal, onProgress }: Pick<CopyIn, 'signal' | 'onProgress'>,
): Promise<void> {
  const from = await open(source, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = await from.stat();
    const { bavail, bsize } = await statfs(dirname(part));
    if (size > bavail * bsize) {
      const details = `It has ${String(size)} bytes; ${String(bavail * bsize)} are free.`;
      throw new AppError('disk-too-small', { details });
    }
    const to = await open(part, 'w', 0o600);
    try {
      const buffer = new Uint8Array(COPY_BYTES);
      let done = 0;
      for (;;) {
        if (signal.aborted) throw new AppError('cancelled');
        const { bytesRead } = await from.read(buffer, 0, COPY_BYTES, done);
        if (bytesRead === 0) break;
        await to.writeFile(buffer.subarray(0, bytesRead));
        done += bytesRead;
        onProgress(done, size);
      }
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw toAppError(error);
  }
}

/** Of the name itself, and not of what a link leads to. */
async function statsOf(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw toAppError(error);
  }
}

/** So much of it that a number and what is put behind an unfinished file's name still go with it. */
function shortened(stem: string): string {
  const letters = Array.from(stem);
  while (Buffer.byteLength(letters.join('')) > MAX_STEM_BYTES) letters.pop();
  return letters.join('');
}

/** Null where nothing is to be found. */
async function realPathOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
