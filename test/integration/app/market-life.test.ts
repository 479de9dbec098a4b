/** A node's part in the network that ends while it is still being brought up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keyOpener } from '../../../electron/app/compose-keys.ts';
import { composeMarket, type MarketPorts } from '../../../electron/app/compose-market.ts';
import { pathsIn } from '../../../electron/app/paths.ts';
import { practiceContractsIn } from '../../../electron/app/practice-code.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { NO_KEY_STORE, spawnInProcessKeys } from '../../fakes/in-process-keys.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { NOW_MS } from '../../fakes/relay-terms.ts';

const RESOURCES = path.resolve(import.meta.dirname, '../../../resources');

function nobody(): never {
  throw new Error('nobody is asked here');
}

it('leaves no timer behind when its owner quits before the chain answered', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lull-market-'));
  const asked = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<unknown>();
  const clock = createManualClock(NOW_MS);
  let timers = 0;
  const ports: MarketPorts = {
    chain: {
      request: () => {
        asked.resolve(undefined);
        return answer.promise;
      },
    },
    contracts: practiceContractsIn(RESOURCES)(),
    clock: {
      ...clock,
      every(ms, callback) {
        timers += 1;
        return clock.every(ms, callback);
      },
    },
    random: systemRandom,
    log: createMemoryLog(),
    openKeys: keyOpener(
      { spawn: spawnInProcessKeys, clock, log: createMemoryLog(), sealing: NO_KEY_STORE },
      new AbortController().signal,
    ),
    engine: { generate: nobody },
    peers: { card: nobody, relay: nobody, resync: nobody, cancel: nobody },
    onCollected: nobody,
  };
  try {
    const market = await composeMarket(pathsIn(folder, null), ports);
    const restored = market.restore().then(
      () => 'restored',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
    await asked.promise;
    await market.dispose();
    answer.resolve('0x1');
    expect(await restored).toBe('cancelled');
    expect(timers).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
