/** What the owner tells the governor: settings, programs, the self-test; and what it is told of earnings. */
import { describe, expect, it } from 'vitest';
import { earnedHours, governorActions } from '../../../electron/app/governor-actions.ts';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '../../../electron/app/settings.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

function setUp(program: string | null, prepared: Promise<void> = Promise.resolve()) {
  let current: Settings = DEFAULT_SETTINGS;
  const seen = { tests: 0, saves: 0 };
  const actions = governorActions({
    settings: { current: () => current, change: () => undefined },
    changeSettings(change) {
      seen.saves += 1;
      current = { ...current, ...change };
    },
    preparation: { ready: () => prepared },
    gate: {
      allowable: () => program,
      testEngine() {
        seen.tests += 1;
        return Promise.resolve();
      },
    },
  });
  return { actions, seen, governor: () => current.governor };
}

describe('what the owner tells the governor', () => {
  it('changes what is named and leaves the rest', () => {
    const { actions, governor } = setUp(null);
    actions.set({ startAfterSeconds: 60, hours: undefined });
    expect(governor()).toEqual({ ...DEFAULT_GOVERNOR_SETTINGS, startAfterSeconds: 60 });
  });

  it('allows a program once, whatever its letters, and takes it off the other list', () => {
    const { actions, governor, seen } = setUp('Blender');
    actions.set({ games: ['blender', 'chess'] });
    actions.allow(1);
    expect(governor()).toMatchObject({ allowedApps: ['Blender'], games: ['chess'] });
    actions.allow(1);
    expect(seen.saves).toBe(2);
  });

  it('says so when no program was the cause', () => {
    const { actions } = setUp(null);
    expect(() => {
      actions.allow(1);
    }).toThrow(AppError);
  });

  it('tests the engine once it is prepared, and rejects for no failure of that', async () => {
    const good = setUp(null);
    await good.actions.testEngine();
    expect(good.seen.tests).toBe(1);
    const bad = setUp(null, Promise.reject(new AppError('no-model')));
    await bad.actions.testEngine();
    expect(bad.seen.tests).toBe(1);
  });

  it('gives an earlier Lull’s settings the defaults', () => {
    const { governor, ...earlier } = DEFAULT_SETTINGS;
    expect(settingsSchema.parse(earlier).governor).toEqual(governor);
  });
});

describe('the hours that earned', () => {
  it('are told in the governor’s terms', () => {
    const charged = { relays: 1, charged: 7n, cu: 3n, promptTokens: 9, cachedTokens: 0 };
    const supplier = { ...charged, outputTokens: 5 };
    const sums = { supplier, application: { ...supplier, charged: 1n }, redeemed: 0n };
    const totals = { hours: () => [{ number: 11, sums }] };
    expect(earnedHours(() => ({ totals }), createMemoryLog())()).toEqual([
      { hour: 11, earned: 7n, cu: 3n, outputTokens: 5 },
    ]);
  });

  it('are none with a damaged ledger, which is logged once and stops nothing', () => {
    const log = createMemoryLog();
    const earned = earnedHours(() => {
      throw new AppError('ledger-unusable');
    }, log);
    expect([earned(), earned()]).toEqual([[], []]);
    expect(log.lines).toHaveLength(1);
  });
});
