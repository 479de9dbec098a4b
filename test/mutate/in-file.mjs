/** Rows of one file's mutants, as the lists of them are written. */

/**
 * @typedef {object} Mutation
 * @property {string} name
 * @property {string} file
 * @property {string} from stands exactly once in the file
 * @property {string} to
 * @property {readonly string[]} tests
 */

/**
 * @param {string} file
 * @param {readonly string[]} tests
 * @param {readonly (readonly [name: string, from: string, to: string])[]} changes
 * @returns {Mutation[]}
 */
export function inFile(file, tests, changes) {
  return changes.map(([name, from, to]) => ({ name, file, from, to, tests }));
}
