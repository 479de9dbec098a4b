/** The governor's decision over whole days, written down and played again. */
import { describe, expect, test } from 'vitest';
import { AT_START, decide, type Decision } from '../../../electron/governor/decide.ts';
import { DAY_MS, playDay, type DayLook } from '../../fakes/governor-day.ts';

const HOUR_MS = 3_600_000;

describe.each(['cpu', 'gpu'] as const)('a day on the %s', (device) => {
  test('every moment of it is either serving or has a reason, and none of it beside its owner', () => {
    const spentMs: Record<string, number> = {};
    const wrong: DayLook[] = [];
    const looks = playDay(7, device, (look) => {
      const { facts, decision } = look;
      const { status, wish, endsRelays } = decision;
      const key = status.mode === 'serving' ? 'serving' : (status.reasons[0]?.code ?? 'nothing');
      spentMs[key] = (spentMs[key] ?? 0) + (wish?.everyMs ?? 2_000);
      const idleMs = facts.readings.idleMs?.value ?? 0;
      const isBeside = idleMs < 1_000 && status.relaysInFlight > 0 && !endsRelays.includes('away');
      if (isBeside || (status.mode === 'serving' && idleMs < 120_000)) wrong.push(look);
    });
    const { nothing, serving = 0, ...others } = spentMs;
    expect(wrong).toEqual([]);
    expect(nothing).toBeUndefined();
    expect(serving).toBeGreaterThan(4 * HOUR_MS);
    const seen = ['owner-active', 'game', 'on-battery'];
    expect(Object.keys(others)).toEqual(expect.arrayContaining(seen));
    const allMs = Object.values(spentMs).reduce((sum, ms) => sum + ms, 0);
    expect(Math.abs(allMs - DAY_MS)).toBeLessThanOrEqual(2_000);
    expect(looks).toBeGreaterThan(DAY_MS / 2_000);
  }, 60_000);

  test('is decided as it was written down', () => {
    const lines: string[] = [];
    playDay(3, device, (look) => lines.push(JSON.stringify(look)), HOUR_MS);
    expect(lines.length).toBeGreaterThan(1_800);
    let state = JSON.stringify(AT_START);
    for (const line of lines) {
      const { now, facts, config, decision } = JSON.parse(line) as DayLook;
      const again: Decision = decide(JSON.parse(state) as typeof AT_START, facts, config, now);
      const text = JSON.stringify(again);
      if (text !== JSON.stringify(decision)) expect(again).toEqual(decision);
      state = JSON.stringify(again.next);
    }
  });
});
