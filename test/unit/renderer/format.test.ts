/** Numbers, times and the small print as people read them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFacts } from '../../../renderer/features/chat/answer-facts.ts';
import {
  formatBytes,
  formatMemory,
  formatParameters,
  formatPercent,
  formatRate,
} from '../../../renderer/format/numbers.ts';
import { formatDuration, formatWhen } from '../../../renderer/format/times.ts';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [27_700_000, '27.7 MB'],
    [322_591_712, '323 MB'],
    [999_999_999, '1 GB'],
    [2_497_280_000, '2.5 GB'],
    [5e12, '5 TB'],
    [5e15, '5000 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [512 * 1024 ** 2, '512 MiB'],
    [8 * 1024 ** 3, '8 GiB'],
    [24_564 * 1024 ** 2, '24 GiB'],
  ])('writes a memory of %d bytes as %s', (bytes, text) => {
    expect(formatMemory(bytes)).toBe(text);
  });

  it.each([
    [6_400, '6,400'],
    [25_830_000, '25.8 M'],
    [999_600_000, '1 B'],
    [1_100_048_384, '1.1 B'],
    [70_600_000_000, '70.6 B'],
  ])('writes %d parameters as %s', (count, text) => {
    expect(formatParameters(count)).toBe(text);
  });

  it('never writes more digits than it means', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (bytes) => {
        expect(formatBytes(bytes)).toMatch(/^\d{1,4}(\.\d)? (B|kB|MB|GB|TB)$/);
      }),
    );
  });
});

describe('speeds and shares', () => {
  it.each([
    [0.25, '0.3 tok/s'],
    [0.04, '0.04 tok/s'],
    [9.94, '9.9 tok/s'],
    [9.97, '10 tok/s'],
    [412.4, '412 tok/s'],
  ])('writes %d as %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it('does not claim the whole before it is there', () => {
    expect(formatPercent(0.999)).toBe('99 %');
    expect(formatPercent(1)).toBe('100 %');
    expect(formatPercent(1.2)).toBe('100 %');
    expect(formatPercent(-1)).toBe('0 %');
  });
});

describe('times', () => {
  it.each([
    [42, '0.04 s'],
    [999, '1.00 s'],
    [1_234, '1.2 s'],
    [59_949, '59.9 s'],
    [59_999, '1 min'],
    [125_000, '2 min 5 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  const at = (text: string) => new Date(text).getTime();
  const now = at('2026-11-20T15:00:00');

  it.each([
    ['2026-11-20T14:59:30', 'now'],
    ['2026-11-20T15:00:30', 'now'],
    ['2026-11-20T14:55:00', '5 min'],
    ['2026-11-20T12:00:00', '3 h'],
    ['2026-11-19T23:30:00', 'Yesterday'],
    ['2026-11-17T12:00:00', 'Tue'],
    ['2026-11-03T12:00:00', '3 Nov'],
    ['2024-11-03T12:00:00', '3 Nov 2024'],
  ])('writes %s, seen from the afternoon of 20 November 2026, as %s', (then, text) => {
    expect(formatWhen(at(then), now)).toBe(text);
  });

  it('goes by the calendar, not by 24 hours', () => {
    expect(formatWhen(at('2026-11-19T23:30:00'), at('2026-11-20T02:00:00'))).toBe('Yesterday');
  });
});

describe('answerFacts', () => {
  const stats = {
    modelName: 'MiniMind2-Small',
    promptTokens: 10,
    outputTokens: 128,
    firstTokenMs: 42,
    tokensPerSecond: 412.3,
    endedBy: 'stop' as const,
    served: null,
  };

  it('names the model, its speed, its first token and its length', () => {
    expect(answerFacts(stats)).toEqual([
      'MiniMind2-Small',
      '412 tok/s',
      'first token after 0.04 s',
      '128 tokens',
    ]);
  });

  it('leaves out what was not measured', () => {
    const short = { ...stats, firstTokenMs: null, tokensPerSecond: null, outputTokens: 1 };
    expect(answerFacts(short)).toEqual(['MiniMind2-Small', '1 token']);
    expect(answerFacts(null)).toEqual([]);
  });
});
