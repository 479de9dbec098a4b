/** Checks a downloaded file against a pinned digest before anyone opens it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/**
 * @param {string} file
 * @param {string} expected as npm writes it: `sha512-` and the digest in base64
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>} false when the file is not the pinned one
 */
export async function matchesIntegrity(file, expected, signal) {
  const [algorithm = '', digest = ''] = expected.split(/-(.*)/s);
  if (algorithm !== 'sha512' || digest === '') return false;
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { signal })) {
    hash.update(/** @type {Buffer} */ (chunk));
  }
  return hash.digest('base64') === digest;
}
