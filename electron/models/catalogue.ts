/** The models that Lull offers: read from a file that only its publisher can have written. */
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../platform/app-error.ts';
import { catalogueSchema, type CatalogueModel } from './catalogue-schema.ts';

/** Ed25519, as SubjectPublicKeyInfo in base64; its private half signs with `scripts/sign-catalogue.mjs`. */
const CATALOGUE_PUBLIC_KEY = 'MCowBQYDK2VwAyEAqkN6xGn+KwmTcMq/7/cbqoEqKSD5LCX3KK9fCHkJh7I=';

/** Far above what a catalogue needs. */
const MAX_BYTES = 256 * 1024;
const SIGNATURE_BYTES = 64;

export const CATALOGUE_FILE = 'models.json';
/** Base64 of the signature over the exact bytes of the catalogue. */
export const SIGNATURE_FILE = `${CATALOGUE_FILE}.sig`;

/**
 * @param folder holds the catalogue and its signature
 * @param publicKey another publisher's, for a test
 * @throws AppError `catalogue-damaged`
 */
export function readCatalogue(
  folder: string,
  publicKey = CATALOGUE_PUBLIC_KEY,
): readonly CatalogueModel[] {
  try {
    const bytes = readFileSync(join(folder, CATALOGUE_FILE));
    const signature = readFileSync(join(folder, SIGNATURE_FILE), 'utf8');
    return openCatalogue(bytes, signature, publicKey);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged('The file or its signature cannot be read.', error);
  }
}

/**
 * @param bytes exactly as they were signed
 * @param signature base64
 * @throws AppError `catalogue-damaged`
 */
export function openCatalogue(
  bytes: Uint8Array,
  signature: string,
  publicKey = CATALOGUE_PUBLIC_KEY,
): readonly CatalogueModel[] {
  if (bytes.length > MAX_BYTES) throw damaged('It is too large.');
  const raw = Buffer.from(signature.trim(), 'base64');
  const key = createPublicKey({
    key: Buffer.from(publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  if (raw.length !== SIGNATURE_BYTES || !verify(null, bytes, key, raw)) {
    throw damaged('Its signature does not fit it.');
  }
  try {
    return catalogueSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).models;
  } catch (error) {
    throw damaged('It is signed, but another Lull was meant.', error);
  }
}

function damaged(details: string, cause?: unknown): AppError {
  return new AppError('catalogue-damaged', { details, cause });
}
