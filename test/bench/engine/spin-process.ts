/** Process entry that keeps one core busy until its parent goes away. */
import { parentChannel } from '../../../electron/platform/parent-channel.ts';

const SLICE_MS = 50;

parentChannel().onDisconnect(() => {
  process.exit(0);
});

function spin(): void {
  const endMs = performance.now() + SLICE_MS;
  while (performance.now() < endMs);
  // Only here can it hear that its parent has gone.
  setImmediate(spin);
}

spin();
