/** Keeps the endpoint's bearer token in a file that only its owner can read. */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toAppError } from '../platform/app-error.ts';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import type { Random } from '../platform/random.ts';

export const TOKEN_FILE = 'endpoint-token';

const TOKEN_BYTES = 32;
const TOKEN_PATTERN = /^lull-[A-Za-z0-9_-]{43}$/;
const OWNER_ONLY = 0o600;
/** The largest file that is read at all; a token is 48 characters. */
const MAX_FILE_BYTES = 256;

export interface EndpointToken {
  readonly token: string;
  /** SHA-256 of the token, as 64 hex digits: all that the edge ever holds. */
  readonly tokenHash: string;
  readonly path: string;
}

/**
 * Reads the token, or makes one when there is none or the file holds something else. Access that others have
 * to the file is taken away.
 * @throws AppError `data-folder-unusable`, `disk-full`, `internal`.
 */
export function readEndpointToken(dataFolder: string, random: Random): EndpointToken {
  const path = join(dataFolder, TOKEN_FILE);
  try {
    const token = readToken(path) ?? makeToken(path, random);
    return { token, tokenHash: createHash('sha256').update(token).digest('hex'), path };
  } catch (error) {
    throw toAppError(error);
  }
}

function readToken(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > MAX_FILE_BYTES) return null;
  // Windows has no such bits; there the profile folder's own access list protects the file.
  if (process.platform !== 'win32' && (found.mode & 0o777) !== OWNER_ONLY) {
    chmodSync(path, OWNER_ONLY);
  }
  const token = readFileSync(path, 'utf8').trim();
  return TOKEN_PATTERN.test(token) ? token : null;
}

function makeToken(path: string, random: Random): string {
  const token = `lull-${Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url')}`;
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileAtomically(path, `${token}\n`, OWNER_ONLY);
  return token;
}
