/** `npm test [-- --only LAYER] [-- PATTERN]`: every layer, then one line over all of them. */
import './node-version.mjs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isCi } from './ci.mjs';
import { catchInterrupts } from './interrupt.mjs';
import { giveTo } from './output-folder.mjs';
import { outputFolders } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { prepareStarter } from './starter.mjs';
import { SetupError, createSteps, runCommandBody } from './steps.mjs';
import { CHECKS, LAYERS, chooseLayers } from './test-layers.mjs';
import { summarise } from './test-report.mjs';

function readArguments() {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  const named = (values.only ?? []).flatMap((value) => value.split(','));
  const names = [...Object.keys(CHECKS), ...Object.keys(LAYERS)];
  const unknown = named.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.join(', ');
    throw new SetupError(`There is no test layer "${unknown}"; there are ${known}.`);
  }
  return { layers: chooseLayers(named), patterns: positionals };
}

/**
 * @param {readonly string[]} patterns
 * @param {AbortSignal} signal
 */
async function prepareLayers(patterns, signal) {
  const steps = createSteps();
  const prepared = await prepare({ forTests: true, build: true }, steps, signal);
  await prepareStarter(prepared.launcher, steps, signal);
  for (const folder of outputFolders) giveTo(prepared.launcher.account, folder);
  return { prepared, steps, patterns, signal };
}

/** @returns {Promise<number>} */
async function runTests() {
  const { layers, patterns } = readArguments();
  const { signal } = catchInterrupts();
  const needsApp = layers.some((name) => name in LAYERS);
  const context = needsApp ? await prepareLayers(patterns, signal) : null;
  const results = [];
  for (const name of layers) {
    process.stdout.write(`\n== ${name}\n`);
    const layer = LAYERS[name];
    if (layer && context) results.push(...(await layer(context)));
    else results.push(...((await CHECKS[name]?.(signal)) ?? []));
  }
  const { line, ok, empty } = summarise(results, isCi(process.env));
  process.stdout.write('\n');
  for (const layer of empty) process.stdout.write(`No test ran in ${layer}.\n`);
  process.stdout.write(`${line}\n`);
  return ok ? 0 : 1;
}

await runCommandBody(runTests);
