/** Whether a machine runs this for a project, rather than a person for themselves. */

/** @param {NodeJS.ProcessEnv} env */
export function isCi(env) {
  return !['', 'false', '0'].includes(env['CI'] ?? '');
}
