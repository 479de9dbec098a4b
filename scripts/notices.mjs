/** Collects the licences of every package that ends up in the packaged app. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Bundled into dist/, so the package manager lists them as tools; what they depend on comes along. */
const BUNDLED = [
  'react',
  'react-dom',
  'react-markdown',
  'rehype-highlight',
  'remark-gfm',
  'zod',
  'zustand',
  'onnx-proto',
];

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULER = '-'.repeat(80);

/**
 * @param {string} root the checkout
 * @returns {string} the text of the notices, in an order that does not change
 */
export function collectNotices(root) {
  const manifest = readManifest(root);
  const found = new Map();
  for (const name of [...Object.keys(manifest.dependencies ?? {}), ...BUNDLED]) {
    collect(name, root, root, found);
  }
  const notices = [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const intro = 'Lull contains these packages, each under its own licence.\n';
  return [intro, ...notices.map(([, text]) => text)].join(`\n${RULER}\n`);
}

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string | { type?: string }} [license]
 * @property {Record<string, string>} [dependencies]
 */

/**
 * @param {string} name
 * @param {string} from the folder of the package that asks for it
 * @param {string} root
 * @param {Map<string, string>} found by name and version
 */
function collect(name, from, root, found) {
  const folder = findPackage(name, from, root);
  if (folder === null) return;
  const manifest = readManifest(folder);
  const key = `${manifest.name} ${manifest.version}`;
  if (found.has(key)) return;
  found.set(key, noticeOf(key, manifest, folder));
  for (const next of Object.keys(manifest.dependencies ?? {})) collect(next, folder, root, found);
}

/**
 * As Node looks a package up: beside the one that asks, then further out.
 * @param {string} name
 * @param {string} from
 * @param {string} root
 * @returns {string | null} null for an optional package that is not installed
 */
function findPackage(name, from, root) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === path.dirname(folder)) return null;
  }
}

/**
 * @param {string} key
 * @param {Manifest} manifest
 * @param {string} folder
 */
function noticeOf(key, manifest, folder) {
  const { license } = manifest;
  const licence = typeof license === 'string' ? license : (license?.type ?? 'not stated');
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(path.join(folder, entry.name), 'utf8').trim());
  return [`${key} (${licence})`, ...texts].join('\n\n');
}

/**
 * @param {string} folder
 * @returns {Manifest}
 */
function readManifest(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}
