/** A parent for the test to kill: starts the practice chain of a folder and says which process that is. */
import { startRunningChain } from '../../fakes/running-chain.ts';

const [, , folder = ''] = process.argv;
const running = startRunningChain({ folder });
await running.chain.start();
process.stdout.write(`${String(running.process().pid)}\n`);
