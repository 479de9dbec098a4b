/** How the current model is to run, and which other one may guess beside it. */
import { describe, expect, test } from 'vitest';
import { planEngine } from '../../../electron/app/engine-plan.ts';
import type { ProbeOutcome } from '../../../electron/engine/probe.ts';
import type { Candidate, EngineSettings, ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { FAKE_MODEL, FAKE_STARTER, fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const LARGE: ModelInfo = { ...FAKE_MODEL, path: '/large', architecture: 'qwen2', sizeBytes: 5_000 };
const sized = (path: string, sizeBytes: number, more: Partial<ModelInfo> = {}): ModelInfo => ({
  ...LARGE,
  ...more,
  path,
  sizeBytes,
});

function draftBeside(
  known: readonly ModelInfo[],
  backend: Candidate['backend'] = 'vulkan',
  more: Partial<EngineSettings> = {},
) {
  const chosen: Candidate = {
    ...{ backend, deviceIndex: 0, device: null, state: 'chosen', goldenAnswer: true },
    ...{ layersOffloaded: null, layersTotal: null, tokensPerSecond: 1, why: '' },
  };
  const probe: ProbeOutcome = {
    candidates: [chosen],
    threads: 1,
    remembered: false,
    packs: undefined,
  };
  const settings = { ...fakeSnapshot().settings.engine, ...more };
  return planEngine({ model: LARGE, probe, settings, cacheFolder: '/c', known })?.draftPath;
}

describe('beside a large model guesses', () => {
  test('the smallest of its family that is a fifth of it at most', () => {
    const known = [LARGE, sized('/a', 900), sized('/b', 500), sized('/c', 1_001)];
    expect(draftBeside(known)).toBe('/b');
    expect(draftBeside([LARGE, sized('/a', 1_000)])).toBe('/a');
    expect(draftBeside([LARGE, sized('/c', 1_001)])).toBeUndefined();
  });

  test('none of another family, and not the test model', () => {
    const other = sized('/o', 10, { architecture: 'llama' });
    const starter = sized('/s', 10, { isStarter: FAKE_STARTER.isStarter });
    expect(draftBeside([LARGE, other, starter])).toBeUndefined();
  });

  test('none on the processor, and none where another server computes', () => {
    const known = [LARGE, sized('/b', 500)];
    expect(draftBeside(known, 'cpu')).toBeUndefined();
    const server = { baseUrl: 'http://127.0.0.1:1', model: 'm', isKeyed: false };
    expect(draftBeside(known, 'vulkan', { server })).toBeUndefined();
  });
});
