import { describe, expect, it } from 'vitest';
import { machineOf } from '../../../electron/app/models-hardware.ts';
import {
  fileKey,
  knownFits,
  offersView,
  type OffersInput,
} from '../../../electron/app/models-view.ts';
import type { Candidate } from '../../../electron/ipc/snapshot.ts';
import type { Measured } from '../../../electron/models/fit-speed.ts';
import type { Offer } from '../../../electron/models/offer.ts';
import { catalogueText } from '../../../electron/platform/failure-text.ts';
import { FAKE_MODEL, fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const GIB = 2 ** 30;
const CARD: Candidate = {
  backend: 'vulkan',
  deviceIndex: 0,
  device: { name: 'Radeon', kind: 'discrete', memoryBytes: 8 * GIB },
  state: 'chosen',
  layersOffloaded: 9,
  layersTotal: 9,
  goldenAnswer: true,
  tokensPerSecond: 900,
  why: 'Fast.',
};
const PROCESSOR: Candidate = {
  ...CARD,
  backend: 'cpu',
  deviceIndex: null,
  device: { name: 'Ryzen', kind: 'cpu', memoryBytes: 16 * GIB },
  state: 'works',
  tokensPerSecond: 300,
};

describe('the machine', () => {
  it.each<readonly [string, readonly Candidate[], object]>([
    [
      'with a card of its own memory',
      [CARD, PROCESSOR],
      { deviceName: 'Radeon', deviceBytes: 8 * GIB, backend: 'vulkan', processorFactor: 3 },
    ],
    [
      'with graphics that share memory',
      [{ ...CARD, device: { name: 'Iris', kind: 'integrated', memoryBytes: 8 * GIB } }],
      { deviceName: 'Iris', deviceBytes: 0, processorFactor: null },
    ],
    [
      'with a processor only',
      [{ ...PROCESSOR, state: 'chosen' }],
      { deviceName: null, deviceBytes: 0, device: 'Ryzen', processorFactor: 1 },
    ],
    ['before it was tested', [], { deviceName: null, backend: 'cpu', device: 'processor' }],
  ])('%s', (_what, candidates, expected) => {
    const engine = { ...fakeSnapshot().engine, candidates: [...candidates] };
    expect(machineOf(engine, 8 * GIB)).toMatchObject(expected);
  });

  it('does not change with a little more memory', () => {
    const { engine } = fakeSnapshot();
    expect(machineOf(engine, 8 * GIB + 1)).toEqual(machineOf(engine, 8 * GIB));
  });
});

describe('the offers', () => {
  it('have one recommendation, of the catalogue', () => {
    const shown = offersView(input({ found: [offer('found:1', 3)] }));
    expect(shown.map(({ id, isRecommended }) => [id, isRecommended])).toEqual([
      ['small', false],
      ['large', true],
      ['found:1', false],
    ]);
    expect(shown[1]?.recommendation).toContain('your Radeon');
    expect(shown[0]).not.toHaveProperty('sources');
  });

  it('say what is being fetched, what failed, and what is here', () => {
    const failure = catalogueText('model-foreign', null);
    const sizeBytes = 4 * GIB;
    const path = '/models/large.gguf';
    const known = [{ ...FAKE_MODEL, id: path, path, sizeBytes }];
    const [small, large] = offersView(input({ failures: new Map([['small', failure]]), known }));
    expect(small?.download).toMatchObject({ state: 'failed', failure });
    expect(small?.modelId).toBeNull();
    expect(large).toMatchObject({ download: null, modelId: '/models/large.gguf' });
  });

  it('are not here as a file that only has their name', () => {
    const path = '/models/large.gguf';
    const known = [{ ...FAKE_MODEL, id: path, path, sizeBytes: 1 }];
    expect(offersView(input({ known }))[1]?.modelId).toBeNull();
  });

  it('show a copy while it lasts', () => {
    const copy = { id: 'copy:1', fileName: 'own.gguf', doneBytes: 1, totalBytes: 4 };
    const shown = offersView(input({ copies: [copy] })).at(-1);
    expect(shown).toMatchObject({
      id: 'copy:1',
      name: 'own',
      download: { state: 'running', doneBytes: 1, totalBytes: 4 },
    });
  });

  it('need less memory with smaller keys and values', () => {
    const need = (kvType: 'f16' | 'q8_0') =>
      /needs ([\d.]+) GB/.exec(offersView(input({ kvType }))[1]?.fit.why ?? '')?.[1];
    expect(Number(need('q8_0'))).toBeLessThan(Number(need('f16')));
  });
});

describe('known models', () => {
  it('are rated by what was measured with them, on this device only', () => {
    const mine: Measured = {
      file: fileKey(FAKE_MODEL),
      modelName: FAKE_MODEL.name,
      sizeBytes: FAKE_MODEL.sizeBytes,
      backend: 'vulkan',
      device: 'Radeon',
      promptTokensPerSecond: 1000,
      tokensPerSecond: 61.234,
      fourTokensPerSecond: 150,
    };
    const rate = (measured: readonly Measured[]) =>
      knownFits([FAKE_MODEL], () => null, input({ measured }))[FAKE_MODEL.id];
    expect(rate([mine])).toMatchObject({ tokensPerSecond: 61.2, isMeasured: true });
    expect(rate([{ ...mine, device: 'another' }])).toMatchObject({
      tokensPerSecond: null,
      isMeasured: false,
    });
  });
});

function offer(id: string, gigabytes: number): Offer {
  return {
    id,
    name: id,
    fileName: `${id}.gguf`,
    parameterCount: null,
    quantisation: null,
    licence: null,
    contextTokens: 8192,
    cacheBytesPerToken: 100_000,
    sizeBytes: gigabytes * GIB,
    sha256: null,
    why: 'For a test.',
    sources: [],
  };
}

function input(changes: Partial<OffersInput> = {}): OffersInput {
  const engine = { ...fakeSnapshot().engine, candidates: [CARD, PROCESSOR] };
  return {
    machine: machineOf(engine, 8 * GIB),
    measured: [],
    kvType: 'f16',
    catalogue: [offer('small', 1), offer('large', 4)],
    found: [],
    downloads: [],
    copies: [],
    failures: new Map(),
    known: [],
    placeOf: (name) => `/models/${name}`,
    ...changes,
  };
}
