/** Packs as a registry might serve them: small ones, hostile ones, and one of real binaries under another name. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PackPin } from '../../electron/models/packs.ts';
import { integrityOf, tarOf, type TarEntry } from './npm-tarball.ts';

export interface FakePack {
  readonly pin: PackPin;
  readonly tarball: Buffer;
}

const BINARIES = path.resolve(import.meta.dirname, '../../node_modules/@node-llama-cpp');
const REAL = 'linux-x64';

/** Pinned to what it is, whatever that may be; `changes` pin it to something else. */
export function packOf(
  name: string,
  entries: readonly TarEntry[],
  changes: Partial<PackPin> = {},
): FakePack {
  return pinned(name, gzipSync(tarOf(entries), { level: 1 }), entries, changes);
}

export function pinned(
  name: string,
  tarball: Buffer,
  entries: readonly TarEntry[],
  changes: Partial<PackPin> = {},
): FakePack {
  return {
    tarball,
    pin: {
      name,
      version: '3.21.1',
      url: `http://127.0.0.1:9/${name}.tgz`,
      sizeBytes: tarball.length,
      sha256: createHash('sha256').update(tarball).digest('hex'),
      integrity: integrityOf(tarball),
      unpackedBytes: entries.reduce((sum, { content }) => sum + content.length, 0),
      fileCount: entries.length,
      ...changes,
    },
  };
}

export const fileEntry = (name: string, content: string | Buffer): TarEntry => ({
  name: `package/${name}`,
  content: Buffer.from(content),
});

/** The processor's binaries, which load anywhere, as if they were CUDA's. */
export function standInPack(url: string): FakePack {
  const folder = path.join(BINARIES, REAL);
  if (!existsSync(folder)) throw new Error(`the package ${REAL} is not installed`);
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .map((name) => {
      const place = name.replace(`bins/${REAL}/`, `bins/${REAL}-cuda/`);
      return fileEntry(place, readFileSync(path.join(folder, name)));
    });
  return packOf(`${REAL}-cuda`, entries, { url });
}
