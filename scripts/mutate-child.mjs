/** Runs inside the runtime that ships: one vitest, and in it one broken module after the other. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createVitest } from 'vitest/node';
import { MUTATIONS, RULES } from '../test/mutate/mutations.mjs';
import { root } from './paths.mjs';

/** @typedef {{ name: string, file: string, tests: readonly string[], change(code: string): string }} Mutant */

const rulesFile = path.join(root, RULES.file);

/** One mutant per rule of the table: the rule says the opposite. */
function ruleMutants() {
  const names = [...readFileSync(rulesFile, 'utf8').matchAll(/name: '([^']+)'/g)];
  return names.map(([, name = '']) => ({
    name: `rule: ${name}`,
    file: RULES.file,
    tests: RULES.tests,
    change: (/** @type {string} */ code) => `${code}\n${inversion(name)}`,
  }));
}

/**
 * Code that turns one rule of the exported tables round once they are made.
 * @param {string} name
 */
function inversion(name) {
  return `for (const table of [REQUEST_RULES, MONEY_RULES]) {
    const at = table.findIndex((rule) => rule.name === ${JSON.stringify(name)});
    if (at >= 0) { const { allows } = table[at]; table[at] = { ...table[at], allows: (facts) => !allows(facts) }; }
  }`;
}

/** @returns {Mutant[]} */
function textMutants() {
  return MUTATIONS.map(({ name, file, from, to, tests }) => {
    const parts = readFileSync(path.join(root, file), 'utf8').split(from);
    if (parts.length !== 2)
      throw new Error(`"${from}" stands ${parts.length - 1} times in ${file}`);
    return { name, file, tests, change: (code) => code.replace(from, () => to) };
  });
}

/** @type {Mutant | null} */
let current = null;

const vitest = await createVitest(
  {
    watch: false,
    config: false,
    root,
    include: ['test/unit/**/*.test.ts'],
    reporters: [{}],
    cache: false,
    // Otherwise it serves what it compiled in an earlier run, unbroken.
    fsModuleCache: false,
  },
  {
    plugins: [
      {
        name: 'one-mutant',
        enforce: 'pre',
        transform(code, id) {
          if (current === null || id.split('?')[0] !== path.join(root, current.file)) return null;
          return { code: current.change(code), map: null };
        },
      },
    ],
  },
);

/** @param {readonly string[]} tests */
async function passes(tests) {
  const files = tests.map((file) => path.join(root, file));
  const found = await vitest.globTestSpecifications(files);
  if (found.length !== files.length) throw new Error(`one of ${tests.join(', ')} is not there`);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(found);
  // It also lists the modules of earlier runs.
  const ran = testModules.filter(({ moduleId }) => files.includes(moduleId));
  if (ran.length !== files.length) throw new Error(`${tests.join(', ')} did not run`);
  return unhandledErrors.length === 0 && ran.every((module) => module.ok());
}

/** @param {string} file */
function forget(file) {
  vitest.invalidateFile(path.join(root, file));
}

/** @param {string} text */
function numberIn(text) {
  return text === '' ? [] : [Number(text)];
}

/** @returns {Promise<number>} mutants that no test noticed */
async function run() {
  const wanted = process.argv[2] ?? '';
  const [part = 0, parts = 1] = (process.env['LULL_MUTATE_PART'] ?? '')
    .split('/')
    .flatMap(numberIn);
  const mutants = [...ruleMutants(), ...textMutants()]
    .filter(({ name }) => name.includes(wanted))
    .filter((_, at) => at % parts === part);
  const whole = new Set(mutants.flatMap(({ tests }) => tests));
  // One part of few mutants may hold none.
  if (whole.size > 0 && !(await passes([...whole])))
    throw new Error('The tests fail without any change.');
  let survivors = 0;
  for (const mutant of mutants) {
    current = mutant;
    forget(mutant.file);
    const survived = await passes(mutant.tests);
    forget(mutant.file);
    if (survived) survivors += 1;
    process.stdout.write(
      `${survived ? 'SURVIVED' : 'killed  '}  ${mutant.name}  (${mutant.file})\n`,
    );
  }
  process.stdout.write(
    `${mutants.length - survivors} of ${mutants.length} mutants were noticed.\n`,
  );
  return survivors;
}

const survivors = await run();
await vitest.close();
process.exit(survivors === 0 ? 0 : 1);
