/** Closing the window: every combination of what matters. */
import { describe, expect, it } from 'vitest';
import { decideClosing } from '../../../electron/shell/close-policy.ts';

const BOTH = [false, true] as const;

describe('decideClosing', () => {
  it('hides only with a reason to go on and a way back, and tells it once', () => {
    for (const isEarningOn of BOTH) {
      for (const answersInFlight of [0, 2]) {
        for (const isTrayUsable of BOTH) {
          for (const hasBeenTold of BOTH) {
            const facts = { isEarningOn, answersInFlight, isTrayUsable, hasBeenTold };
            const closing = decideClosing(facts);
            const goesOn = isTrayUsable && (isEarningOn || answersInFlight > 0);
            expect(closing.action, JSON.stringify(facts)).toBe(goesOn ? 'hide' : 'quit');
            if (closing.action === 'hide') expect(closing.tell === null).toBe(hasBeenTold);
          }
        }
      }
    }
  });

  it('speaks of serving only when earning is on', () => {
    const words = (isEarningOn: boolean): string => {
      const facts = { isEarningOn, answersInFlight: 1, isTrayUsable: true, hasBeenTold: false };
      const closing = decideClosing(facts);
      if (closing.action !== 'hide' || !closing.tell) throw new Error('it is told');
      return closing.tell.title;
    };
    expect(words(true)).toBe('Lull keeps serving in the tray');
    expect(words(false)).toBe('Lull goes on in the tray');
  });
});
