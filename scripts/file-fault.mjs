/** Says in one sentence which file or folder could not be written or read, and why; pure. */

/** By the code that the system gives. */
const REASONS = {
  EACCES: 'this account may not use it; own the checkout, or copy it to a folder of your own',
  EPERM: 'this account may not change it; own the checkout, or copy it to a folder of your own',
  EROFS: 'it lies on a file system that cannot be written to; copy the checkout elsewhere',
  ENOSPC: 'the disk is full; free some space and try again',
  EDQUOT: 'this account has used up its share of the disk; free some space and try again',
};

/**
 * @param {unknown} error
 * @returns {string | null} null for any other failure
 */
export function fileFault(error) {
  if (!(error instanceof Error)) return null;
  const { code, path, dest } = /** @type {NodeJS.ErrnoException & { dest?: string }} */ (error);
  const reason = /** @type {Record<string, string>} */ (REASONS)[code ?? ''];
  if (reason === undefined) return null;
  return `Lull stopped at ${dest ?? path ?? 'a file'}: ${reason}.`;
}
