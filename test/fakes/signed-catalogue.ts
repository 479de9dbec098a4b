/** A catalogue of a test's own, signed by a publisher of its own. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CATALOGUE_FILE, SIGNATURE_FILE } from '../../electron/models/catalogue.ts';
import type { CatalogueModel } from '../../electron/models/catalogue-schema.ts';
import { HUB_REVISION } from './fake-hub.ts';

/** @returns the publisher's key, as `readCatalogue` takes it */
export function writeCatalogue(folder: string, models: readonly CatalogueModel[]): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(JSON.stringify({ version: 1, models }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, CATALOGUE_FILE), bytes);
  writeFileSync(
    path.join(folder, SIGNATURE_FILE),
    sign(null, bytes, privateKey).toString('base64'),
  );
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** @param name of the file on a fake hub, `owner/name/file.gguf` */
export function catalogued(hubUrl: string, name: string, bytes: Uint8Array): CatalogueModel {
  const [owner = '', repository = '', file = ''] = name.split('/');
  return {
    id: file.toLowerCase().replace('.gguf', '').replaceAll('_', '-'),
    name: `Offered as ${file.replace('.gguf', '')}`,
    fileName: file,
    parameterCount: 26_000_000,
    quantisation: 'Q8_0',
    licence: 'MIT',
    contextTokens: 8192,
    cacheBytesPerToken: 4096,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    why: 'It is there to be tested with.',
    source: {
      kind: 'file',
      urls: [`${hubUrl}${owner}/${repository}/resolve/${HUB_REVISION}/${file}`],
      hub: { repository: `${owner}/${repository}`, revision: HUB_REVISION, path: file },
    },
  };
}
