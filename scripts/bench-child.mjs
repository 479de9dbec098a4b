/** Runs inside the runtime that ships: loads benches, and hands the result back on descriptor 3. */
import { existsSync, readdirSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const RESULT_DESCRIPTOR = 3;
const folder = path.resolve(import.meta.dirname, '..', 'test', 'bench');

/** @typedef {{ quick: boolean, args: readonly string[], log(line: string): void }} BenchOptions */
/** @typedef {{ name: string, about: string, run(options: BenchOptions): Promise<unknown> }} Bench */

/** @returns {Promise<Bench[]>} */
async function loadAll() {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  // A process entry does its work as soon as it is loaded.
  const names = files.filter((file) => !file.endsWith('-process.ts')).map(withoutEnding);
  const benches = await Promise.all(names.sort().map(load));
  return benches.flatMap((bench) => (bench === null ? [] : [bench]));
}

/** @param {string} file */
function withoutEnding(file) {
  return path.basename(file, '.ts');
}

/**
 * @param {string} name
 * @returns {Promise<Bench | null>} null for a file that only helps others, and for none
 */
async function load(name) {
  const file = path.join(folder, `${name}.ts`);
  if (!existsSync(file)) return null;
  const module = await import(pathToFileURL(file).href);
  return /** @type {{ bench?: Bench }} */ (module).bench ?? null;
}

/** @param {unknown} value */
function answer(value) {
  const bytes = Buffer.from(JSON.stringify(value));
  for (let at = 0; at < bytes.length;) at += writeSync(RESULT_DESCRIPTOR, bytes, at);
}

const [name, mode, ...args] = process.argv.slice(2);
if (name === undefined) {
  const benches = await loadAll();
  answer(benches.map((bench) => ({ name: bench.name, about: bench.about })));
} else {
  const bench = await load(name);
  const log = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  answer(bench ? await bench.run({ quick: mode === 'quick', args, log }) : null);
}
// A bench's child processes may keep handles open; the result is out.
process.exit(0);
