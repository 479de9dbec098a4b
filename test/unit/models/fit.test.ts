import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recommend, type Choice } from '../../../electron/models/fit-recommend.ts';
import { predictSpeed, type Measured } from '../../../electron/models/fit-speed.ts';
import {
  fitVerdict,
  memoryNeeded,
  type Hardware,
  type ModelNeed,
} from '../../../electron/models/fit-verdict.ts';

const GIB = 2 ** 30;
const FOUR_B: ModelNeed = {
  sizeBytes: 2_497_281_120,
  cacheBytesPerToken: 147_456,
  contextTokens: 262_144,
};
const CARD: Hardware = { deviceName: 'GeForce RTX 3060', deviceBytes: 12 * GIB, ramBytes: 8 * GIB };
const PROCESSOR: Hardware = { deviceName: null, deviceBytes: 0, ramBytes: 8 * GIB };

describe('whether a model fits', () => {
  it('says so with the numbers', () => {
    const { verdict, why } = fitVerdict(FOUR_B, CARD);
    expect(verdict).toBe('fits');
    expect(why).toBe('It needs 3.7 GB; 11.0 GB can be had on the GeForce RTX 3060.');
  });

  it.each<readonly [string, Hardware, string]>([
    ['a card with 12 GB', CARD, 'fits'],
    ['a card with 4 GB', { ...CARD, deviceBytes: 4 * GIB }, 'tight'],
    ['a card with 2 GB and memory for the rest', { ...CARD, deviceBytes: 2 * GIB }, 'partly'],
    ['a card with 2 GB alone', { ...CARD, deviceBytes: 2 * GIB, ramBytes: GIB }, 'too-large'],
    ['a processor with 8 GB', PROCESSOR, 'fits'],
    ['a processor with 4 GB', { ...PROCESSOR, ramBytes: 4 * GIB }, 'tight'],
    ['a processor with 2 GB', { ...PROCESSOR, ramBytes: 2 * GIB }, 'too-large'],
  ])('on %s', (_where, hardware, verdict) => {
    expect(fitVerdict(FOUR_B, hardware).verdict).toBe(verdict);
  });

  it('never gets worse with more memory, nor better with a larger model', () => {
    const bytes = fc.integer({ min: 0, max: 64 * GIB });
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (deviceBytes, ramBytes, more, sizeBytes) => {
        const hardware = { deviceName: 'card', deviceBytes, ramBytes };
        const need = { ...FOUR_B, sizeBytes: sizeBytes + 1 };
        const now = rank(fitVerdict(need, hardware));
        expect(
          rank(fitVerdict(need, { ...hardware, ramBytes: ramBytes + more })),
        ).toBeLessThanOrEqual(now);
        const larger = { ...need, sizeBytes: need.sizeBytes + more };
        expect(rank(fitVerdict(larger, hardware))).toBeGreaterThanOrEqual(now);
      }),
    );
  });

  it('says what share is left to the processor', () => {
    const { deviceShare, why } = fitVerdict(FOUR_B, { ...CARD, deviceBytes: 2 * GIB });
    expect(deviceShare).toBeGreaterThan(0.3);
    expect(deviceShare).toBeLessThan(0.7);
    expect(why).toMatch(/about \d+ % of it would run on the processor/);
  });

  it('counts no more context than the model was trained for', () => {
    const short = { ...FOUR_B, contextTokens: 2048 };
    expect(memoryNeeded(FOUR_B) - memoryNeeded(short)).toBe(147_456 * (8192 - 2048));
  });
});

describe('how fast a model will be', () => {
  const measured: Measured = {
    file: '/models/one.gguf 1',
    modelName: 'One',
    sizeBytes: GIB,
    backend: 'cuda',
    device: 'card',
    promptTokensPerSecond: 2000,
    tokensPerSecond: 80,
    fourTokensPerSecond: 200,
  };
  const question = { sizeBytes: 4 * GIB, file: null, deviceShare: 1, processorFactor: null };

  it('scales what was measured by the size of the file', () => {
    expect(predictSpeed(question, [measured])).toEqual({
      tokensPerSecond: 20,
      promptTokensPerSecond: 500,
      isMeasured: false,
    });
  });

  it('takes the very file before everything else', () => {
    const speed = predictSpeed({ ...question, file: measured.file }, [measured]);
    expect(speed).toMatchObject({ tokensPerSecond: 80, isMeasured: true });
  });

  it('goes by the model nearest in size', () => {
    const large = { ...measured, file: 'large', sizeBytes: 3 * GIB, tokensPerSecond: 24 };
    expect(predictSpeed(question, [measured, large])?.tokensPerSecond).toBeCloseTo(18);
  });

  it('adds the time of what the processor does', () => {
    const half = { ...question, deviceShare: 0.5, processorFactor: 9 };
    expect(predictSpeed(half, [measured])?.tokensPerSecond).toBeCloseTo(4);
    expect(predictSpeed({ ...half, processorFactor: null }, [measured])).toBeNull();
  });

  it('does not know without a measurement', () => {
    expect(predictSpeed(question, [])).toBeNull();
  });
});

describe('what to begin with', () => {
  const choices: readonly Choice[] = [
    choice('small', 0.5, 'fits'),
    choice('middle', 2.4, 'fits'),
    choice('large', 4.7, 'fits'),
    choice('huge', 9, 'too-large'),
  ];

  it('is the strongest that fits a card', () => {
    expect(recommend(choices, 'Radeon')).toEqual({
      id: 'large',
      why: 'The strongest one here that runs on your Radeon with room to spare.',
    });
  });

  it('is one that a processor is quick enough for', () => {
    expect(recommend(choices, null)?.id).toBe('middle');
  });

  it('goes by what was measured', () => {
    const rated = choices.map((each) => ({
      ...each,
      fit: { ...each.fit, tokensPerSecond: 12e9 / each.sizeBytes },
    }));
    expect(recommend(rated, null)).toMatchObject({ id: 'small' });
    expect(recommend(rated, null)?.why).toContain('at about 24 tokens per second');
  });

  it('is the smallest where none is quick, and none where nothing runs', () => {
    const slow = choices.map((each) => ({ ...each, fit: { ...each.fit, tokensPerSecond: 1 } }));
    expect(recommend(slow, null)?.id).toBe('small');
    expect(recommend([choice('huge', 9, 'too-large')], null)).toBeNull();
  });
});

function choice(id: string, gigabytes: number, verdict: Choice['fit']['verdict']): Choice {
  return { id, name: id, sizeBytes: gigabytes * 1e9, fit: { verdict, tokensPerSecond: null } };
}

function rank({ verdict }: ReturnType<typeof fitVerdict>): number {
  return ['fits', 'tight', 'partly', 'too-large'].indexOf(verdict);
}
