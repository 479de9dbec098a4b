/** One line over all layers that cannot hide a failure. */
import { describe, expect, it } from 'vitest';
import { readCheck, readPlaywright, readVitest, summarise } from '../../../scripts/test-report.mjs';

const green = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 };

describe('reading a report', () => {
  it('counts what vitest reports', () => {
    expect(readVitest('unit', green, 0)).toEqual({
      layer: 'unit',
      passed: 3,
      failed: 0,
      skipped: 2,
    });
  });

  it('counts what Playwright reports, a flaky test as failed', () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 2, skipped: 3 } };
    expect(readPlaywright('e2e', report, 1)).toEqual({
      layer: 'e2e',
      passed: 4,
      failed: 3,
      skipped: 3,
    });
  });

  it('counts a runner that broke without a failed test as one failure', () => {
    expect(readVitest('unit', green, 1).failed).toBe(1);
    expect(readPlaywright('e2e', null, 2).failed).toBe(1);
  });

  it('does not count it twice', () => {
    expect(readVitest('unit', { ...green, numFailedTests: 2 }, 1).failed).toBe(2);
  });

  it('counts a check as one test', () => {
    expect(readCheck('lint', 0)).toMatchObject({ passed: 1, failed: 0 });
    expect(readCheck('lint', 1)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('summarise', () => {
  const lint = readCheck('lint', 0);
  const unit = readVitest('unit', green, 0);
  const withoutSkips = readVitest('unit', { numPassedTests: 3 }, 0);

  it('adds up the layers', () => {
    expect(summarise([lint, unit], false)).toMatchObject({
      line: '4 passed, 0 failed, 2 skipped',
      ok: true,
    });
  });

  it('does not allow a skipped test in CI', () => {
    expect(summarise([lint, unit], true).ok).toBe(false);
    expect(summarise([lint, withoutSkips], true).ok).toBe(true);
  });

  it('does not pass when something failed', () => {
    expect(summarise([lint, readCheck('types', 2)], false).ok).toBe(false);
  });

  it('does not pass when a layer ran nothing, or nothing ran at all', () => {
    expect(summarise([lint, readVitest('integration', null, 0)], false)).toMatchObject({
      ok: false,
      empty: ['integration'],
    });
    expect(summarise([], false).ok).toBe(false);
  });
});
