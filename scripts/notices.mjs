/** Collects the licences of every package that ends up in the packaged app. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Bundled into dist/, so the package manager lists them as tools; what they depend on comes along. */
export const BUNDLED = [
  'react',
  'react-dom',
  'react-markdown',
  'rehype-highlight',
  'remark-gfm',
  'zod',
  'zustand',
  'onnx-proto',
  'viem',
  '@noble/curves',
  '@noble/hashes',
  '@scure/bip32',
  '@scure/bip39',
  '@zxcvbn-ts/core',
  '@zxcvbn-ts/language-common',
  '@zxcvbn-ts/language-en',
  'qr',
  '@homebridge/dbus-native',
  'x11',
  // Compiled into the contracts.
  '@openzeppelin/contracts',
];

/** Compiled into the engine's binaries, whose packages give only their own licence; all are MIT. */
const INSIDE_BINARIES = {
  'llama.cpp and ggml': 'Copyright (c) 2023-2026 The ggml authors',
  'JSON for Modern C++': 'Copyright (c) 2013-2025 Niels Lohmann',
  'cpp-httplib': 'Copyright (c) 2017 yhirose',
};

/** They state MIT or ISC and come without its text; the holders are those that their projects name. */
const WITHOUT_TEXT = {
  '@nomicfoundation/edr-': 'Copyright (c) 2021 Nomic Foundation',
  '@reflink/': 'Copyright (c) the authors of reflink (github.com/pnpm/reflink)',
  '@simple-git/argv-parser': 'Copyright (c) 2025 Steve King',
  'simple-git': 'Copyright (c) 2025 Steve King',
  '@openzeppelin/contracts': 'Copyright (c) 2016-2026 Zeppelin Group Ltd',
  'noise-curve-ed': 'Copyright (c) the authors of noise-curve-ed (github.com/chm-diederichs)',
};

/** https://opensource.org/license/isc-license-txt */
const ISC_TEXT = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without
fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`;

const LICENCE_FILE = /^(licen[cs]e|copying|notice|third_party)/i;
const RULER = '-'.repeat(80);

/**
 * @param {string} root the checkout
 * @returns {string} the text of the notices, in an order that does not change
 * @throws {Error} when a package or the text of its licence is missing
 */
export function collectNotices(root) {
  const manifest = readManifest(root);
  const found = new Map();
  for (const name of [...Object.keys(manifest.dependencies ?? {}), ...BUNDLED]) {
    collect({ name, from: root, optional: false }, root, found);
  }
  for (const [name, holder] of Object.entries(INSIDE_BINARIES)) {
    found.set(name, `${name} (MIT), inside node-llama-cpp's binaries\n\n${mitText(root, holder)}`);
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
 * @property {boolean} [private] ours, standing in for one that is not shipped
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @param {{ name: string, from: string, optional: boolean }} wanted by the package in the folder `from`
 * @param {string} root
 * @param {Map<string, string>} found by name and version
 */
function collect({ name, from, optional }, root, found) {
  const folder = findPackage(name, from, root);
  if (folder === null && optional) return;
  if (folder === null) throw new Error(`${name}, which ${from} needs, is not installed.`);
  const manifest = readManifest(folder);
  const key = `${manifest.name} ${manifest.version}`;
  if (found.has(key) || manifest.private === true) return;
  found.set(key, noticeOf(key, manifest, folder, root));
  const maybe = Object.keys(manifest.optionalDependencies ?? {});
  for (const next of new Set([...Object.keys(manifest.dependencies ?? {}), ...maybe])) {
    collect({ name: next, from: folder, optional: maybe.includes(next) }, root, found);
  }
}

/**
 * As Node looks a package up: beside the one that asks, then further out.
 * @param {string} name
 * @param {string} from
 * @param {string} root
 * @returns {string | null} null when it is not installed
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
 * @param {string} root
 */
function noticeOf(key, manifest, folder, root) {
  const { name, license } = manifest;
  const licence = typeof license === 'string' ? license : (license?.type ?? 'not stated');
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(path.join(folder, entry.name), 'utf8').trim());
  if (texts.length === 0) {
    const holder = Object.entries(WITHOUT_TEXT).find(([start]) => name.startsWith(start))?.[1];
    const text = holder === undefined ? null : knownText(licence, holder, root);
    if (text === null)
      throw new Error(`${key} (${licence}) comes without the text of its licence.`);
    texts.push(text);
  }
  return [`${key} (${licence})`, ...texts].join('\n\n');
}

/**
 * @param {string} licence
 * @param {string} holder the line that names them
 * @param {string} root
 * @returns {string | null} null when the text of this licence is not known here
 */
function knownText(licence, holder, root) {
  if (licence === 'MIT') return mitText(root, holder);
  return licence === 'ISC' ? `${holder}\n\n${ISC_TEXT}` : null;
}

/**
 * Lull's own licence is the same text under another name.
 * @param {string} root
 * @param {string} holder the line that names them
 */
function mitText(root, holder) {
  const own = readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();
  return own.replace(/^Copyright .*$/m, holder);
}

/**
 * @param {string} folder
 * @returns {Manifest}
 */
function readManifest(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}
