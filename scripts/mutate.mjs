/** `npm run test:mutate [-- WORD]`: breaks every rule of relays and of the governor in turn and shows that a test notices. */
import './node-version.mjs';
import process from 'node:process';
import { catchInterrupts } from './interrupt.mjs';
import { prepare } from './prepare.mjs';
import { createSteps, runCommandBody } from './steps.mjs';
import { LAYERS } from './test-layers.mjs';

/** @returns {Promise<number>} */
async function mutate() {
  const steps = createSteps();
  const { signal } = catchInterrupts();
  const prepared = await prepare({ forTests: true, build: false }, steps, signal);
  const patterns = process.argv.slice(2);
  const [result] = (await LAYERS['mutate']?.({ prepared, steps, patterns, signal })) ?? [];
  return result?.failed === 0 ? 0 : 1;
}

await runCommandBody(mutate);
