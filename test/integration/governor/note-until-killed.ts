/**
 * A process that decides something else every few milliseconds until it is killed, and tells its parent of each.
 * Started by the tests. Arguments: the file, and the time to begin at in Unix milliseconds.
 */
import { NOTHING_READ } from '../../../electron/governor/sensors.ts';
import { startLedger, statusOf } from '../../fakes/governor-ledger.ts';

const [path = '', startMs = '0'] = process.argv.slice(2);
const { ledger, clock } = startLedger(path, Number(startMs));
const codes = ['owner-active', 'game', 'on-battery', 'gpu-hot'] as const;

for (let number = 0; ; number++) {
  const code = codes[number % codes.length];
  const isServing = number % 3 === 0 || code === undefined;
  const status = isServing ? statusOf('serving') : statusOf('waiting', code);
  ledger.noteDecision(status, NOTHING_READ, number % 2 === 0);
  // Simulated seconds: a killed process has lived for hours.
  clock.advance(10_000);
  const told = clock.nowMs();
  // On its way before anything else happens: what was not sent dies with the process.
  await new Promise((resolve) => process.send?.({ nowMs: told }, resolve));
}
