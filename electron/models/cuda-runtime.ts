/** Whether this computer could use CUDA: a card of NVIDIA's with its driver, and the libraries that the packs load. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CudaMajor } from './packs.ts';

export interface CudaFound {
  readonly hasCard: boolean;
  /** The newest that is complete; null where there is none. */
  readonly runtime: CudaMajor | null;
}

/** What is looked at; the computer itself, but for a test. */
export interface ComputerFiles {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  exists(file: string): boolean;
  /** Null for what cannot be read. */
  read(file: string): string | null;
  /** Nothing for what cannot be read. */
  names(folder: string): readonly string[];
}

const NOTHING: CudaFound = { hasCard: false, runtime: null };
const MAJORS: readonly CudaMajor[] = [13, 12];
/** Where the loader looks without being told. */
const LINUX_FOLDERS = [
  ...['/lib64', '/usr/lib64', '/lib', '/usr/lib'],
  ...['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu'],
];
/** One of them is there when a driver of NVIDIA's runs; the last one under Windows' own Linux. */
const LINUX_CARDS = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];
/** Configurations that name each other must come to an end. */
const MOST_CONFIGS = 100;

export const systemFiles: ComputerFiles = {
  platform: process.platform,
  env: process.env,
  exists: (file) => existsSync(file),
  read(file) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // It is not there for us, which is all that matters here.
      return null;
    }
  },
  names(folder) {
    try {
      return readdirSync(folder);
    } catch {
      // As above.
      return [];
    }
  },
};

/** Looks for files only: whether CUDA really works, a test has to find out. */
export function findCuda(files: ComputerFiles): CudaFound {
  if (files.platform === 'linux') return onLinux(files);
  return files.platform === 'win32' ? onWindows(files) : NOTHING;
}

function onLinux(files: ComputerFiles): CudaFound {
  const folders = loaderFolders(files);
  const has = (library: string): boolean =>
    folders.some((folder) => files.exists(path.posix.join(folder, library)));
  const hasCard = has('libcuda.so.1') && LINUX_CARDS.some((file) => files.exists(file));
  const runtime = MAJORS.find((major) =>
    ['libcudart', 'libcublas', 'libcublasLt'].every((name) => has(`${name}.so.${String(major)}`)),
  );
  return { hasCard, runtime: runtime ?? null };
}

/** In the loader's order: what the environment says, what the system is set to, what is always there. */
function loaderFolders(files: ComputerFiles): readonly string[] {
  const fromEnv = (files.env.LD_LIBRARY_PATH ?? '').split(':').filter((each) => each !== '');
  return [...fromEnv, ...configured(files), ...LINUX_FOLDERS];
}

function configured(files: ComputerFiles): readonly string[] {
  const folders: string[] = [];
  const configs = ['/etc/ld.so.conf'];
  for (const [count, config] of configs.entries()) {
    if (count >= MOST_CONFIGS) break;
    for (const raw of (files.read(config) ?? '').split('\n')) {
      const line = raw.replace(/#.*/, '').trim();
      const included = /^include\s+(.+)$/.exec(line)?.[1];
      if (included !== undefined) configs.push(...matching(files, included));
      else if (line.startsWith('/')) folders.push(line);
    }
  }
  return folders;
}

/** Only `*` in the name of the file, which is all that systems use. */
function matching(files: ComputerFiles, pattern: string): readonly string[] {
  const full = path.posix.resolve('/etc', pattern);
  const folder = path.posix.dirname(full);
  const [start = '', end] = path.posix.basename(full).split('*');
  if (end === undefined) return [full];
  return files
    .names(folder)
    .filter((name) => name.startsWith(start) && name.endsWith(end))
    .sort()
    .map((name) => path.posix.join(folder, name));
}

function onWindows(files: ComputerFiles): CudaFound {
  const { env } = files;
  const system = path.win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32');
  const toolkit = env.CUDA_PATH ?? '';
  const own =
    toolkit === '' ? [] : ['bin', 'bin\\x64'].map((each) => path.win32.join(toolkit, each));
  const onPath = (env.PATH ?? '').split(';').filter((each) => each !== '');
  const folders = [...onPath, ...own, system];
  const has = (library: string): boolean =>
    folders.some((folder) => files.exists(path.win32.join(folder, library)));
  const runtime = MAJORS.find((major) =>
    ['cudart64', 'cublas64', 'cublasLt64'].every((name) => has(`${name}_${String(major)}.dll`)),
  );
  return {
    hasCard: files.exists(path.win32.join(system, 'nvcuda.dll')),
    runtime: runtime ?? null,
  };
}
