/** What of node-llama-cpp is here: its version, and for which backends binaries came with it or in a pack. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { BackendName } from '../ipc/snapshot.ts';
import { packsHere } from './llama-pack-adapter.ts';

const OS_NAMES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'mac',
  linux: 'linux',
  win32: 'win',
};

const manifestSchema = z.object({ version: z.string() });

/** The folder of the package itself. */
function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve('node-llama-cpp');
  return path.resolve(path.dirname(entry), '..');
}

export function llamaPackageVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(path.join(packageFolder(), 'package.json'), 'utf8'),
  );
  return manifestSchema.parse(manifest).version;
}

/** False when the package with this backend's binaries is absent or only an empty stand-in, and no pack has them. */
export function isBackendIncluded(backend: BackendName): boolean {
  if (backend === 'cpu') return true;
  const os = OS_NAMES[process.platform];
  if (os === undefined) return false;
  const name = `${os}-${process.arch}-${backend}`;
  const folder = packsHere()[name] ?? path.join(packageFolder(), '..', '@node-llama-cpp', name);
  return existsSync(path.join(folder, 'bins'));
}
