#!/usr/bin/env node
/** Signs resources/models.json for a release; the private key never lies in the checkout. */
import './node-version.mjs';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './paths.mjs';

const USAGE = `usage: LULL_CATALOGUE_KEY=FILE node scripts/sign-catalogue.mjs [--new-key]

FILE holds an Ed25519 private key as PEM. With --new-key it is made first, and must not be there yet.
`;

const folder = path.join(root, 'resources');
const catalogue = path.join(folder, 'models.json');
const keyPath = process.env['LULL_CATALOGUE_KEY'];

/** @param {string} file */
function makeKey(file) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  // Refuses to write over a key that is there.
  writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
}

/** @param {string} file */
function signWith(file) {
  const key = createPrivateKey(readFileSync(file));
  const bytes = readFileSync(catalogue);
  writeFileSync(`${catalogue}.sig`, `${sign(null, bytes, key).toString('base64')}\n`);
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  process.stdout.write(`Signed. The public key is ${publicKey.toString('base64')}\n`);
}

if (keyPath === undefined || keyPath === '') {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else if (path.resolve(keyPath).startsWith(`${root}${path.sep}`)) {
  process.stderr.write('Keep the private key outside the checkout.\n');
  process.exitCode = 2;
} else {
  if (process.argv.includes('--new-key')) makeKey(keyPath);
  if (existsSync(keyPath)) signWith(keyPath);
  else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
}
