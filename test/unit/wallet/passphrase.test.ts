/** Which passphrases are taken, and what wrong ones cost. */
import { describe, expect, it } from 'vitest';
import { createAttempts, NO_GUESSES } from '../../../electron/wallet/passphrase-attempts.ts';
import { createGuessing } from '../../../electron/wallet/passphrase-adapter.ts';
import { passphraseStrength, requireStrength } from '../../../electron/wallet/passphrase.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const guessing = createGuessing();
const strength = (text: string, own: readonly string[] = []) =>
  passphraseStrength(text, guessing, own);

describe('a passphrase', () => {
  it.each([
    'dune orbit cactus violin',
    'grüne Wolken über Weimar',
    'kV7!pq2-Zt9#mL',
    '窓の外は静かな雨でした夜',
  ])('is taken when it is hard to guess: %s', (text) => {
    expect(strength(text)).toMatchObject({ isEnough: true, advice: null });
    expect(() => {
      requireStrength(strength(text));
    }).not.toThrow();
  });

  it.each([
    ['', 0],
    ['kV7!pq2-Zt', 3],
    ['password1234', 0],
    ['lull lull lull lull', 0],
    ['lullwallet2026', 0],
    ['aaaaaaaaaaaaaaaaaaaa', 0],
    ['qwertyuiop[]', 0],
    ['correct horse battery staple', 0],
  ])('is refused, with advice, when it is short or easy: %s', (text, atLeast) => {
    const found = strength(text);
    expect(found.isEnough).toBe(false);
    expect(found.score).toBeGreaterThanOrEqual(atLeast);
    expect(found.advice).toMatch(/\.$/);
    expect(() => {
      requireStrength(found);
    }).toThrow(expect.objectContaining({ code: 'passphrase-weak' }));
  });

  it('is not carried by the words of the phrase itself', () => {
    const words = ['violin', 'cactus', 'orbit', 'dune'];
    expect(strength('dune orbit cactus violin').score).toBe(4);
    expect(strength('dune orbit cactus violin', words).isEnough).toBe(false);
  });
});

describe('wrong passphrases', () => {
  it('cost nothing four times, then ten seconds and twice as much each time, five minutes at most', () => {
    const clock = createManualClock();
    const attempts = createAttempts(clock, NO_GUESSES, () => undefined);
    const waits = Array.from({ length: 12 }, () => {
      attempts.tried();
      const wait = attempts.waitMs();
      clock.advance(wait);
      expect(attempts.waitMs()).toBe(0);
      return wait / 1000;
    });
    expect(waits).toEqual([0, 0, 0, 0, 10, 20, 40, 80, 160, 300, 300, 300]);
    attempts.right();
    attempts.tried();
    expect(attempts.waitMs()).toBe(0);
  });
});
