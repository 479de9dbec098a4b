/** Knows whether what was built still matches the sources, by their content. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the build reads; a missing one counts as empty. */
const SOURCES = [
  'electron',
  'renderer',
  'resources',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  path.join('scripts', 'build.mjs'),
];

const STAMP = path.join('dist', '.stamp');

/**
 * @param {string} root
 * @returns {string} changes when any source's name or content does
 */
export function sourceStamp(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesUnder(path.join(root, source))) {
      hash.update(`${path.relative(root, file).replaceAll(path.sep, '/')}\0`);
      hash.update(createHash('sha256').update(readFileSync(file)).digest());
    }
  }
  return hash.digest('hex');
}

/** @param {string} root */
export function needsBuild(root) {
  const file = path.join(root, STAMP);
  return !existsSync(file) || readFileSync(file, 'utf8') !== sourceStamp(root);
}

/**
 * Called last, so that a build that was broken off is done again.
 * @param {string} root
 * @param {string} stamp taken before the build, so that an edit during it counts
 */
export function rememberBuild(root, stamp) {
  writeFileSync(path.join(root, STAMP), stamp);
}

/**
 * @param {string} entry
 * @returns {string[]} in an order that does not depend on the file system
 */
function filesUnder(entry) {
  if (!existsSync(entry)) return [];
  if (!statSync(entry).isDirectory()) return [entry];
  return readdirSync(entry)
    .sort()
    .flatMap((name) => filesUnder(path.join(entry, name)));
}
