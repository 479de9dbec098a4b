/** What is said before quitting names all that is in flight, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUIT_CHOICES, quitWords } from '../../../electron/shell/quit-words.ts';

describe('quitWords', () => {
  it('is silent when nothing is in flight', () => {
    expect(quitWords({ relays: 0, answers: 0, transactions: 0 })).toBeNull();
  });

  it('counts what is in flight', () => {
    const first = (relays: number, answers: number, transactions: number): string =>
      quitWords({ relays, answers, transactions })?.message.split('. ')[0] ?? '';
    expect(first(1, 0, 0)).toBe('1 relay is being served');
    expect(first(0, 2, 0)).toBe('2 answers are being written');
    expect(first(0, 0, 1)).toBe('1 transaction is not on the chain yet');
    expect(first(2, 1, 3)).toBe(
      '2 relays are being served, 1 answer is being written and 3 transactions are not on the chain yet',
    );
  });

  it('names a loss only for what is there', () => {
    const some = fc.nat(3);
    fc.assert(
      fc.property(some, some, some, (relays, answers, transactions) => {
        const words = quitWords({ relays, answers, transactions });
        if (relays + answers + transactions === 0) expect(words).toBeNull();
        else {
          expect(words?.buttons).toHaveLength(QUIT_CHOICES.length);
          const message = words?.message ?? '';
          expect(message).toContain('after a minute at the latest');
          expect(message.includes('not earned yet')).toBe(relays > 0);
          expect(message.includes('the text they have')).toBe(answers > 0);
          expect(message.includes('sent again at the next start')).toBe(transactions > 0);
        }
      }),
    );
  });
});
