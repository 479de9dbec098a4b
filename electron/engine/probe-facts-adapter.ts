/** Reads what a probe's result depends on: the processor, the graphics drivers, the versions. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Packs } from './engine-env.ts';
import { llamaPackageVersion } from './llama-package-adapter.ts';
import type { ProbeFacts } from './probe-store.ts';

/** Files whose text names the version of a kernel driver. */
const DRIVER_FILES = ['/proc/driver/nvidia/version', '/sys/module/amdgpu/version'];
/** Folders with one small file for each installed Vulkan driver. */
const VULKAN_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
/** Files that an update of a driver replaces: their size and time stand for its version. */
const DRIVER_LIBRARIES = [
  'C:\\Windows\\System32\\vulkan-1.dll',
  'C:\\Windows\\System32\\nvcuda.dll',
  'C:\\Windows\\System32\\amdvlk64.dll',
];

export function readProbeFacts(known: {
  readonly lullVersion: string;
  readonly starterSha256: string;
  readonly packs?: Packs;
}): ProbeFacts {
  const { lullVersion, starterSha256, packs = {} } = known;
  const processors = os.cpus();
  return {
    platform: process.platform,
    arch: process.arch,
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    drivers: [os.release(), ...DRIVER_FILES.flatMap(text), ...drivers().flatMap(stamp)],
    packs: Object.entries(packs).flat(),
    llamaVersion: llamaPackageVersion(),
    lullVersion,
    starterSha256,
  };
}

function drivers(): readonly string[] {
  const manifests = VULKAN_FOLDERS.flatMap((folder) =>
    names(folder).map((name) => path.join(folder, name)),
  );
  return [...manifests, ...manifests.flatMap(driverOf), ...DRIVER_LIBRARIES];
}

/** The library that a Vulkan driver's manifest names, where it gives a full path. */
function driverOf(manifest: string): readonly string[] {
  const [content] = text(manifest);
  const found = /"library_path"\s*:\s*"([^"]+)"/.exec(content ?? '');
  return found?.[1] !== undefined && path.isAbsolute(found[1]) ? [found[1]] : [];
}

// What does not exist on this computer simply is not part of the fingerprint.
function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function text(file: string): readonly string[] {
  try {
    return [readFileSync(file, 'utf8').trim()];
  } catch {
    return [];
  }
}

function stamp(file: string): readonly string[] {
  try {
    const { size, mtimeMs } = statSync(file);
    return [`${file} ${String(size)} ${String(mtimeMs)}`];
  } catch {
    return [];
  }
}
