/** Compiles the contracts into the artefacts that are committed; `--check` only compares. */
import './node-version.mjs';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import solc from 'solc';
import { root } from './paths.mjs';
import { SetupError, runCommandBody } from './steps.mjs';

/** @typedef {{ severity: string, formattedMessage: string }} Problem */
/** @typedef {{ abi: unknown[], evm: { bytecode: { object: string } } }} Compiled */
/** @typedef {{ errors?: Problem[], contracts?: Record<string, Record<string, Compiled>> }} Output */

/** What is used of the compiler, whose own types say less. */
const compiler =
  /** @type {{ version(): string, compile(input: string, callbacks: { import(name: string): { contents: string } }): string }} */ (
    /** @type {unknown} */ (solc)
  );

/** Folders of sources, and the contracts of each that get an artefact. */
const SETS = [
  { folder: path.join('resources', 'contracts'), names: ['RelayHub', 'PracticeToken'] },
  {
    folder: path.join('test', 'integration', 'contracts', 'tokens'),
    names: ['CallbackToken', 'FeeToken'],
  },
];

/** High enough that redeem, which runs most and costs most, is laid out for running. */
const OPTIMIZER_RUNS = 100_000;

const SETTINGS = {
  viaIR: true,
  optimizer: { enabled: true, runs: OPTIMIZER_RUNS },
  evmVersion: 'cancun',
  // No hash of the metadata at the end: the same code is the same bytes wherever it is compiled.
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
};

async function compileAll() {
  const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
  const stale = [];
  for (const { folder, names } of SETS) {
    for (const [file, text] of await compileSet(path.join(root, folder), names)) {
      if (values.check !== true) writeOut(file, text);
      else if (readText(file) !== text) stale.push(path.relative(root, file));
    }
  }
  if (stale.length > 0) {
    throw new SetupError(
      `Not what the sources compile to: ${stale.join(', ')}. Run: node scripts/compile-contracts.mjs`,
    );
  }
  return 0;
}

/**
 * @param {string} folder
 * @param {readonly string[]} names
 * @returns {Promise<[file: string, text: string][]>}
 */
async function compileSet(folder, names) {
  /** @type {Map<string, string>} */
  const sources = new Map(
    names.map((name) => [`${name}.sol`, readSource(path.join(folder, `${name}.sol`))]),
  );
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries([...sources].map(([name, content]) => [name, { content }])),
    settings: SETTINGS,
  };
  const readImport = (/** @type {string} */ name) => {
    const contents = readSource(
      name.startsWith('@')
        ? path.join(root, 'node_modules', ...name.split('/'))
        : path.join(folder, name),
    );
    sources.set(name, contents);
    return { contents };
  };
  const output = /** @type {Output} */ (
    JSON.parse(compiler.compile(JSON.stringify(input), { import: readImport }))
  );
  const problems = (output.errors ?? []).map((problem) => problem.formattedMessage);
  if (problems.length > 0) throw new SetupError(problems.join('\n'));
  const sourceHash = hashOf(sources);
  return Promise.all(
    names.map(async (name) => {
      const compiled = output.contracts?.[`${name}.sol`]?.[name];
      if (compiled === undefined) throw new SetupError(`${name}.sol has no contract ${name}.`);
      const artefact = {
        contractName: name,
        abi: compiled.abi,
        bytecode: `0x${compiled.evm.bytecode.object}`,
        compiler: compiler.version(),
        sourceHash,
      };
      const file = path.join(folder, 'artifacts', `${name}.json`);
      const options = await prettier.resolveConfig(file);
      const text = await prettier.format(JSON.stringify(artefact), {
        ...options,
        parser: 'json',
      });
      return /** @type {[string, string]} */ ([file, text]);
    }),
  );
}

/**
 * Over every source that took part, libraries included, and over the settings.
 * @param {ReadonlyMap<string, string>} sources
 */
function hashOf(sources) {
  const hash = createHash('sha256').update(JSON.stringify(SETTINGS));
  for (const name of [...sources.keys()].sort()) {
    hash.update(`\0${name}\0${sources.get(name) ?? ''}`);
  }
  return `0x${hash.digest('hex')}`;
}

/**
 * With the same line ends everywhere, whatever the checkout made of them.
 * @param {string} file
 */
function readSource(file) {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}

/** @param {string} file */
function readText(file) {
  try {
    return readSource(file);
  } catch {
    // Missing is as wrong as different.
    return '';
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function writeOut(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

await runCommandBody(compileAll);
