/** An engine whose main process no longer decides anything ends itself. */
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createLinuxMemory } from '../../../electron/engine/memory-linux.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';

const saidSchema = z.object({ pid: z.number() });
const ALONE_MS = 2_000;
/** It counts its own ticks of half a second, and the first proves nothing; the rest is the machine's. */
const LATE_MS = 2_500;

const children = createForkedChildren('../test/fakes');
afterEach(() => children.dispose());

test.runIf(process.platform === 'linux')(
  'two seconds after the main loop is blocked, though its channel stays open',
  async () => {
    const parent = children.spawn('blocking-parent-process', { name: 'parent' });
    const memory = createLinuxMemory(systemClock);
    const pid = await new Promise<number>((resolve) => {
      parent.onMessage((message) => {
        resolve(saidSchema.parse(message).pid);
      });
    });
    expect(memory.isGone(pid)).toBe(false);
    parent.post({ type: 'block' });
    const blockedMs = performance.now();
    await expect
      .poll(() => memory.isGone(pid), { interval: 20, timeout: ALONE_MS + LATE_MS })
      .toBe(true);
    expect(performance.now() - blockedMs).toBeGreaterThan(ALONE_MS - 500);
  },
  20_000,
);
