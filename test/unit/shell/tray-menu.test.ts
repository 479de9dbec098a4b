/** The tray says the state first, and offers only what makes sense in it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DUTY_CAUSES, REASON_CODES, type Status } from '../../../electron/ipc/status.ts';
import { statusSentence } from '../../../electron/ipc/status-words.ts';
import {
  trayIconFile,
  trayModel,
  type TrayAction,
  type TrayModel,
} from '../../../electron/shell/tray-menu.ts';

const NOW_MS = 1_700_000_000_000;
const AWAY = { awaySeconds: 300 };
const ICONS = resolve(import.meta.dirname, '../../../resources/icons/tray');

const SERVING: Status = {
  mode: 'serving',
  policy: 'away',
  chosenBy: 'owner',
  trialRelaysLeft: null,
  duty: 1,
  dutyCause: 'full',
  reasons: [],
  sinceMs: NOW_MS,
  relaysInFlight: 0,
};
const OFF: Status = {
  ...SERVING,
  mode: 'off',
  duty: 0,
  dutyCause: null,
  reasons: [{ code: 'earning-off', untilMs: null, detail: null }],
};
const PAUSED: Status = {
  ...SERVING,
  mode: 'waiting',
  duty: 0,
  dutyCause: null,
  reasons: [{ code: 'snoozed', untilMs: NOW_MS + 60_000, detail: null }],
};

const statuses: fc.Arbitrary<Status> = fc.record({
  mode: fc.constantFrom('off', 'waiting', 'serving', 'draining'),
  policy: fc.constantFrom('away', 'locked', 'always'),
  chosenBy: fc.constantFrom('owner', 'command-line', 'trial'),
  trialRelaysLeft: fc.option(fc.nat(10)),
  duty: fc.constantFrom(0, 0.5, 1),
  dutyCause: fc.constantFrom(null, ...DUTY_CAUSES),
  reasons: fc.array(
    fc.record({
      code: fc.constantFrom(...REASON_CODES),
      untilMs: fc.option(fc.integer({ min: NOW_MS - 1e6, max: NOW_MS + 1e7 })),
      detail: fc.option(fc.string()),
    }),
    { maxLength: 3 },
  ),
  sinceMs: fc.constant(NOW_MS),
  relaysInFlight: fc.nat(8),
});

function actionsOf({ items }: TrayModel): TrayAction[] {
  return items.flatMap((item) => (item.kind === 'action' ? [item.action] : []));
}

describe('trayModel', () => {
  it('says the state first, in the words of the window, and opens and quits in every state', () => {
    fc.assert(
      fc.property(statuses, fc.boolean(), fc.nat(3), (status, isEarningOn, answersInFlight) => {
        const model = trayModel({ status, isEarningOn, answersInFlight, ...AWAY }, NOW_MS);
        const { sentence } = statusSentence(status, NOW_MS, AWAY.awaySeconds);
        expect(model.items[0]).toEqual({ kind: 'text', label: sentence });
        expect(model.tooltip.toLowerCase()).toBe(`lull: ${sentence}`.toLowerCase());
        const offered = actionsOf(model);
        expect(offered[0]).toBe('open');
        expect(offered.at(-1)).toBe('quit');
        expect(offered).toContain(isEarningOn ? 'earning-off' : 'earning-on');
        expect(offered).not.toContain(isEarningOn ? 'earning-on' : 'earning-off');
        const texts = model.items.filter(({ kind }) => kind === 'text');
        expect(texts).toHaveLength(answersInFlight === 0 ? 1 : 2);
      }),
    );
  });

  it('offers a pause while there is something to pause, and the end of a pause during one', () => {
    const offered = (status: Status, isEarningOn: boolean): TrayAction[] =>
      actionsOf(trayModel({ status, isEarningOn, answersInFlight: 0, ...AWAY }, NOW_MS));
    expect(offered(OFF, false)).toEqual(['open', 'earning-on', 'quit']);
    expect(offered(SERVING, true)).toEqual(['open', 'pause', 'earning-off', 'quit']);
    expect(offered(PAUSED, true)).toEqual(['open', 'resume', 'earning-off', 'quit']);
    // *Try earning* serves though earning is off.
    expect(offered({ ...SERVING, chosenBy: 'trial' }, false)).toContain('pause');
  });

  it('has an icon for every state, on every system', () => {
    const icons = (['off', 'waiting', 'serving', 'draining'] as const).map(
      (mode) =>
        trayModel(
          { status: { ...OFF, mode }, isEarningOn: true, answersInFlight: 0, ...AWAY },
          NOW_MS,
        ).icon,
    );
    expect(icons).toEqual(['off', 'waiting', 'serving', 'serving']);
    for (const icon of icons) {
      for (const platform of ['linux', 'darwin', 'win32'] as const) {
        const file = trayIconFile(icon, platform);
        expect(existsSync(join(ICONS, file)), file).toBe(true);
        expect(existsSync(join(ICONS, file.replace('.png', '@2x.png'))), file).toBe(true);
      }
    }
  });

  it('is made anew by the time only while its words depend on it', () => {
    const ages = (status: Status): boolean =>
      trayModel({ status, isEarningOn: true, answersInFlight: 0, ...AWAY }, NOW_MS).ages;
    expect(ages(PAUSED)).toBe(true);
    expect(ages(SERVING)).toBe(false);
    expect(ages(OFF)).toBe(false);
  });
});
