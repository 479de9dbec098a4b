/** The real probe with the real test model: the processor, and Vulkan on a software device. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probeBackends, type ProbeOptions } from '../../../electron/engine/probe.ts';
import { STARTER_FILE, STARTER_GOLDEN } from '../../../electron/models/starter-golden.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

let children: ForkedChildren;
let folder: string;

beforeEach(() => {
  children = createForkedChildren('engine');
  folder = mkdtempSync(path.join(os.tmpdir(), 'lull-probe-'));
});

afterEach(async () => {
  await children.dispose();
  rmSync(folder, { recursive: true });
});

function probe(changes: Partial<ProbeOptions> = {}) {
  return probeBackends({
    spawn: children.spawn,
    clock: systemClock,
    log: createMemoryLog(),
    starterPath: STARTER_PATH,
    starterSha256: STARTER_FILE.sha256,
    golden: STARTER_GOLDEN,
    storePath: path.join(folder, 'probe.json'),
    lullVersion: '0.0.0-test',
    again: false,
    signal: new AbortController().signal,
    ...changes,
  });
}

describe('the processor', () => {
  test('answers right, is measured, and is remembered', async () => {
    const { candidates, threads, remembered } = await probe({ backends: ['cuda', 'cpu'] });
    expect(remembered).toBe(false);
    expect(candidates[0]).toMatchObject({
      backend: 'cuda',
      state: 'skipped',
      why: 'CUDA comes as a pack of its own, which is not installed.',
    });
    const [, cpu] = candidates;
    expect(cpu).toMatchObject({
      backend: 'cpu',
      state: 'chosen',
      layersOffloaded: 0,
      layersTotal: 9,
      goldenAnswer: true,
      device: { kind: 'cpu' },
    });
    expect(cpu?.tokensPerSecond).toBeGreaterThan(1);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(os.availableParallelism());

    const started = children.processes.length;
    const second = await probe();
    expect(second).toEqual({ candidates, threads, remembered: true });
    expect(children.processes).toHaveLength(started);
    await probe({ backends: ['cpu'], again: true });
    expect(children.processes).toHaveLength(started + 1);
  });

  test('that gives another answer than the expected one is not used', async () => {
    const golden = { ...STARTER_GOLDEN, tokenIds: [...STARTER_GOLDEN.tokenIds.slice(0, -1), 1] };
    const { candidates } = await probe({ backends: ['cpu'], golden });
    expect(candidates).toMatchObject([{ state: 'failed', goldenAnswer: false }]);
  });

  test('is used although nothing can be remembered, which the log says', async () => {
    const log = createMemoryLog();
    const storePath = path.join(folder, 'no such folder', 'probe.json');
    const { candidates } = await probe({ backends: ['cpu'], storePath, log });
    expect(candidates).toMatchObject([{ state: 'chosen' }]);
    expect(log.lines.join()).toContain('could not be remembered');
  });

  test('can be given up at once', async () => {
    const stop = new AbortController();
    const result = probe({ backends: ['cpu'], signal: stop.signal });
    const end = expect(result).rejects.toMatchObject({ code: 'cancelled' });
    stop.abort();
    await end;
  });
});

// A missing driver fails here on purpose: set-up installs `mesa-vulkan-drivers`, and a skipped test proves nothing.
describe('Vulkan on a software device', () => {
  test('really takes every layer and gives exactly the golden answer', async () => {
    const { candidates } = await probe({ backends: ['vulkan'], allowSoftware: true });
    const [device] = candidates.filter((each) => each.device?.kind === 'software');
    expect(device).toMatchObject({
      state: 'chosen',
      layersOffloaded: 9,
      layersTotal: 9,
      goldenAnswer: true,
    });
    expect(device?.device?.name).toContain('llvmpipe');
    expect(device?.tokensPerSecond).toBeGreaterThan(0);
  });

  test('is named and skipped unless somebody asks for it', async () => {
    const { candidates } = await probe({ backends: ['vulkan'] });
    expect(candidates).toMatchObject([{ state: 'skipped', device: { kind: 'software' } }]);
  });
});
