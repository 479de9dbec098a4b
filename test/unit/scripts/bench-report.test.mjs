/** Medians, ratios and the table of a bench report. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeReport, median, tableOf } from '../../../scripts/bench-report.mjs';

const result = {
  name: 'start',
  config: { rounds: 3 },
  unit: 'ms',
  warmUp: 'one start each',
  samples: {
    'chat input': { ours: [300, 100, 200], peer: [50, 150, 100, 100] },
    'first token': { ours: [900], peer: [] },
  },
};
const report = completeReport(result, { commit: 'abc', machine: { cpu: 'x', cores: 2 } });

describe('median', () => {
  it('is null without samples', () => {
    expect(median([])).toBeNull();
  });

  it('has as many samples below it as above it, and leaves the input in its order', () => {
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (samples) => {
        const copy = [...samples];
        const middle = median(samples) ?? Number.NaN;
        const below = samples.filter((sample) => sample < middle).length;
        const above = samples.filter((sample) => sample > middle).length;
        expect(below).toBeLessThanOrEqual(samples.length / 2);
        expect(above).toBeLessThanOrEqual(samples.length / 2);
        expect(samples).toEqual(copy);
      }),
    );
  });
});

describe('completeReport', () => {
  it('keeps the raw samples and adds medians and ratios', () => {
    expect(report.samples).toEqual(result.samples);
    expect(report.median['chat input']).toEqual({ ours: 200, peer: 100 });
    expect(report.ratio).toEqual({ 'chat input': 2, 'first token': null });
  });
});

describe('labels with a unit of their own', () => {
  const mixed = completeReport(
    { ...result, units: { 'chat input': 'ms', 'first token': 'ms' } },
    { commit: 'abc', machine: {} },
  );

  it('count less as better where it is milliseconds', () => {
    expect(mixed.ratio['chat input']).toBe(0.5);
    expect(tableOf(mixed)).toContain('ahead: peer, 2.00 times as fast');
  });
});

describe('tableOf', () => {
  it('shows medians, ratio and every sample', () => {
    const table = tableOf(report);
    expect(table).toContain('start at abc');
    expect(table).toContain('ours / peer 2.000');
    expect(table).toMatch(/ours\s+200\.0\s+100\.0\s+300\.0\s+300\.0 100\.0 200\.0/);
    expect(table.split('\n').filter((line) => line.trim().startsWith('peer'))).toHaveLength(1);
  });
});
