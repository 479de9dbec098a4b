import { describe, expect, test } from 'vitest';
import { sharesBatches } from '../../../electron/engine/batching.ts';
import { classifyDevice, NO_LOG_FACTS, readLogLine } from '../../../electron/engine/devices.ts';
import { describeExit } from '../../../electron/engine/exit-words.ts';
import { assertFits, cacheBytesPerToken, contextRange } from '../../../electron/engine/fit.ts';
import {
  fingerprint,
  PASSING_RESULT_MS,
  recall,
  remember,
} from '../../../electron/engine/probe-store.ts';
import type { ProbeRecord } from '../../../electron/engine/probe-store.ts';
import { toSamplerSeed } from '../../../electron/engine/seed.ts';
import {
  chooseThreads,
  measureThreads,
  threadCandidates,
} from '../../../electron/engine/threads.ts';
import type { Candidate } from '../../../electron/ipc/snapshot.ts';

const GB = 2 ** 30;

describe('whether a model fits', () => {
  test('is decided against all memory that is free, and said with numbers', () => {
    const need = { modelBytes: 6 * GB, contextBytes: GB };
    expect(() => {
      assertFits(need, { ramBytes: 3 * GB, deviceBytes: 4 * GB });
    }).not.toThrow();
    expect(() => {
      assertFits(need, { ramBytes: 3 * GB, deviceBytes: 3 * GB });
    }).toThrow(
      expect.objectContaining({
        code: 'model-too-large',
        details: 'It needs about 7.00 GB (model 6.00 GB, context 1.00 GB); 6.00 GB are free.',
      }),
    );
  });

  test('the context is the wish, else what was trained, within reason', () => {
    expect(contextRange(3000, 500)).toEqual({ min: 3000, max: 3000 });
    expect(contextRange(null, 131_072)).toEqual({ min: 1024, max: 8192 });
    expect(contextRange(null, 256)).toEqual({ min: 256, max: 256 });
    expect(contextRange(null, null)).toEqual({ min: 1024, max: 8192 });
  });
});

describe('shared batches', () => {
  test('are for devices, and for the processor with weights that its cache does not hold', () => {
    expect(sharesBatches('vulkan', 28e6)).toBe(true);
    expect(sharesBatches('cpu', 28e6)).toBe(false);
    expect(sharesBatches('cpu', 323e6)).toBe(true);
  });
});

describe('what a token of context costs', () => {
  const llama8b = {
    ...{ layers: 32, embedding: 4096, heads: 32, cacheHeads: 8 },
    ...{ keyLength: null, valueLength: null },
  };

  test('follows from the heads that are kept', () => {
    expect(cacheBytesPerToken(llama8b)).toBe(128 * 1024);
    expect(cacheBytesPerToken({ ...llama8b, cacheHeads: null })).toBe(512 * 1024);
    expect(cacheBytesPerToken({ ...llama8b, cacheHeads: [8, 0, 8] })).toBe(8 * 1024);
    expect(cacheBytesPerToken({ ...llama8b, keyLength: 64, valueLength: 64 })).toBe(64 * 1024);
    expect(cacheBytesPerToken({ ...llama8b, heads: null })).toBe(0);
  });
});

describe('a device', () => {
  const found = { name: 'Card', memoryBytes: null, sharesMemory: false, isProcessor: false };

  test.each([
    ['vulkan', found, 'discrete'],
    ['vulkan', { ...found, sharesMemory: true }, 'integrated'],
    ['vulkan', { ...found, sharesMemory: null }, 'unknown'],
    ['cuda', { ...found, sharesMemory: null }, 'discrete'],
    ['vulkan', { ...found, isProcessor: true }, 'software'],
    ['vulkan', { ...found, name: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, 'software'],
    ['vulkan', { ...found, name: 'SwiftShader Device (Subzero)' }, 'software'],
    ['cpu', { ...found, isProcessor: true }, 'cpu'],
  ] as const)('of %s, %o, is %s', (backend, device, kind) => {
    expect(classifyDevice(backend, device).kind).toBe(kind);
  });

  test('is described by lines of the log', () => {
    const lines = [
      'ggml_vulkan: Found 1 Vulkan devices:',
      'ggml_vulkan: 0 = Intel Graphics (Mesa) | uma: 1 | fp16: 1 | warp size: 8',
      'load_tensors: offloaded 9/9 layers to GPU',
    ];
    expect(lines.reduce(readLogLine, NO_LOG_FACTS)).toEqual({
      sharesMemory: true,
      isProcessor: false,
      layers: { offloaded: 9, total: 9 },
    });
  });
});

describe('threads', () => {
  test('never use every core of more than two, nor more than there are', () => {
    expect(threadCandidates(1)).toEqual([1]);
    expect(threadCandidates(2)).toEqual([1, 2]);
    expect(threadCandidates(4)).toEqual([1, 2, 3]);
    expect(threadCandidates(8)).toEqual([1, 2, 3, 4, 6, 7]);
  });

  test('are the fewest that come within five per cent of the best', () => {
    const speeds = [
      { threads: 1, tokensPerSecond: 60 },
      { threads: 2, tokensPerSecond: 96 },
      { threads: 4, tokensPerSecond: 100 },
    ];
    expect(chooseThreads(speeds)).toBe(2);
    expect(chooseThreads([{ threads: 1, tokensPerSecond: 0 }])).toBe(1);
  });

  test('are measured until it gets worse or time is up', async () => {
    const speed = (threads: number) => Promise.resolve(100 - Math.abs(threads - 3) * 10);
    const all = await measureThreads(32, speed, () => false);
    expect(all.map((sample) => sample.threads)).toEqual([1, 2, 3, 4, 6]);
    const one = await measureThreads(32, speed, () => true);
    expect(one).toHaveLength(1);
  });
});

describe('a remembered probe', () => {
  const facts = {
    platform: 'linux',
    arch: 'x64',
    processor: 'CPU',
    processors: 8,
    drivers: ['driver 1'],
    packs: [],
    llamaVersion: '3.21.1',
    lullVersion: '0.1.0',
    starterSha256: 'abc',
  };
  const chosen: Candidate = {
    backend: 'cpu',
    deviceIndex: null,
    device: null,
    state: 'chosen',
    layersOffloaded: 0,
    layersTotal: 9,
    goldenAnswer: true,
    tokensPerSecond: 1,
    why: 'It works.',
  };

  function store() {
    let record: ProbeRecord | null = null;
    return {
      read: () => record,
      write: (next: ProbeRecord) => {
        record = next;
      },
    };
  }

  test('holds until anything that it depends on changes', () => {
    const kept = store();
    const result = { candidates: [chosen], threads: 2, isLasting: true };
    remember(kept, fingerprint(facts), result, 0);
    expect(recall(kept, fingerprint(facts), 0)).toEqual(result);
    const others = [
      { ...facts, drivers: ['driver 2'] },
      { ...facts, lullVersion: '0.1.1' },
      { ...facts, starterSha256: 'abd' },
      { ...facts, packs: ['linux-x64-cuda', '/packs/linux-x64-cuda-3.21.1'] },
      { ...facts, llamaVersion: '3.22.0' },
    ];
    for (const other of others) expect(recall(kept, fingerprint(other), 0)).toBeNull();
  });

  test('is not kept when nothing worked', () => {
    const kept = store();
    const failed: Candidate = { ...chosen, state: 'failed' };
    const result = { candidates: [failed], threads: null, isLasting: true };
    remember(kept, fingerprint(facts), result, 0);
    expect(recall(kept, fingerprint(facts), 0)).toBeNull();
  });

  test('holds for a day when one of them only had a bad moment', () => {
    const kept = store();
    const result = { candidates: [chosen], threads: 2, isLasting: false };
    remember(kept, fingerprint(facts), result, 0);
    expect(recall(kept, fingerprint(facts), PASSING_RESULT_MS)).toEqual(result);
    expect(recall(kept, fingerprint(facts), PASSING_RESULT_MS + 1)).toBeNull();
    // A clock that was set back must not make it hold for years.
    expect(recall(kept, fingerprint(facts), -PASSING_RESULT_MS - 1)).toBeNull();
  });
});

describe('the end of a process, in words', () => {
  // What Electron 42 reports for a utility process: the number of the signal. Node's fork gives null.
  test.each([
    [null, 'was killed'],
    [9, 'was killed'],
    [15, 'was killed'],
    [6, 'crashed with signal 6'],
    [11, 'crashed with signal 11'],
    [0xc0000005, 'crashed with code 0xc0000005'],
    [-1073741819, 'crashed with code 0xc0000005'],
    [0, 'ended with code 0'],
    [1, 'ended with code 1'],
  ])('%s: it %s', (code, words) => {
    expect(describeExit(code)).toBe(words);
  });
});

test('seeds fold into the range of the sampler without its random value', () => {
  expect(toSamplerSeed(5)).toBe(5);
  expect(toSamplerSeed(-1)).not.toBe(0xffffffff);
  expect(toSamplerSeed(2 ** 40 + 3)).toBe(3);
});
