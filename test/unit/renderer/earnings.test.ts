/** What the Earnings screen and the receipt say in words, and how the chart is drawn. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridLines, roundTop, shareOf } from '../../../renderer/charts/scale.ts';
import { nextBar } from '../../../renderer/charts/use-bar-focus.ts';
import {
  earningSentence,
  relayWords,
  spentSentence,
} from '../../../renderer/features/earnings/earnings-words.ts';
import { hourBars } from '../../../renderer/features/earnings/hour-bars.ts';
import { bindingOutcome } from '../../../renderer/features/receipt/binding-outcome.ts';
import type { ReceiptView } from '../../../electron/ipc/network.ts';
import { paymentWords, receiptFacts } from '../../../renderer/features/receipt/receipt-facts.ts';
import { shortHex } from '../../../renderer/format/addresses.ts';
import { checkWords, receiptSentence, verdict } from '../../../renderer/format/receipt-words.ts';
import { identicon, IDENTICON_SIZE } from '../../../renderer/ui/identicon-cells.ts';
import { emptyHours, fakeChecks, fakeLine, fakeReceipt, word } from '../../fakes/fake-network.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const { network, earnings } = fakeSnapshot();
const { asset } = network;
const NOON = new Date('2026-11-20T12:00:00').getTime();

describe('the sentence about earning', () => {
  const served = { ...earnings, relaysServed: 10, earned: 1_260n };

  it('says what is going on, the most urgent first', () => {
    const say = (changes: Partial<typeof earnings>, waiting = 0n) =>
      earningSentence(network, { ...served, ...changes }, waiting);
    expect(earningSentence(network, earnings, 0n)).toContain('not served a relay yet');
    expect(say({}, 126n)).toBe(
      'From 10 relays that your computer served. 0.000126 PRAC of it is not collected yet.',
    );
    expect(say({ relaysServed: 1 })).toBe(
      'From 1 relay that your computer served. All of it is collected.',
    );
    expect(say({ collect: { ...earnings.collect, state: 'running' } })).toContain('asked to pay');
    expect(say({ trial: { ...earnings.trial, state: 'running' } })).toContain(
      'neighbour is asking',
    );
    const starting = { ...network, state: 'starting' as const, detail: 'Starting the chain' };
    expect(earningSentence(starting, served, 0n)).toBe('Starting the chain');
  });

  it('speaks of spending only when something was asked', () => {
    expect(spentSentence(earnings, asset)).toBeNull();
    expect(spentSentence({ ...earnings, relaysAsked: 1, spent: 15n }, asset)).toBe(
      'You asked 1 question on the network for 0.000015 PRAC.',
    );
  });
});

describe('a relay in the list', () => {
  it('says which way the money went and where it is', () => {
    const line = fakeLine({ atMs: NOON });
    expect(relayWords(line, asset, NOON)).toMatchObject({
      title: 'Served MiniMind2-Small',
      facts: ['now', '42 tokens', '412 tok/s'],
      amount: '+0.000126 PRAC',
      state: 'Not collected',
    });
    const asked = fakeLine({ role: 'application', finish: 'deadline', tokensPerSecond: null });
    expect(relayWords(asked, asset, NOON)).toMatchObject({
      title: 'Asked MiniMind2-Small',
      amount: '−0.000126 PRAC',
      state: 'Promised',
    });
    expect(relayWords(asked, asset, NOON).facts.at(-1)).toBe('out of time');
    expect(relayWords({ ...asked, isRedeemed: true }, asset, NOON).state).toBe('Paid');
  });
});

describe('the chart', () => {
  it('has a round top that no bar exceeds and that is not far away', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 96n }), (most) => {
        const top = roundTop(most);
        expect(top.toString()).toMatch(/^[125]0*$/);
        expect(top >= most && top * 2n < most * 5n + 1n).toBe(true);
        const share = shareOf(most, top);
        expect(share).toBeGreaterThan(0.39);
        expect(share).toBeLessThanOrEqual(1);
        expect(gridLines(top).at(-1)).toBe(top);
      }),
    );
    expect(roundTop(0n)).toBe(1n);
    expect(gridLines(5n)).toEqual([0n, 5n]);
    expect(gridLines(2n)).toEqual([0n, 1n, 2n]);
  });

  it('has words for every hour and a tick every six', () => {
    const hours = emptyHours(NOON).map((hour, index) =>
      index === 23 ? { ...hour, earned: 126n, relays: 1 } : hour,
    );
    const bars = hourBars(hours, asset);
    expect(bars).toHaveLength(24);
    expect(bars.at(-1)?.words).toBe('12:00 to 13:00: 0.000126 PRAC from 1 relay');
    expect(bars[0]?.words).toBe('13:00 to 14:00: nothing earned');
    expect(bars.map(({ tick }) => tick).filter(Boolean)).toEqual([
      ...['18:00', '00:00', '06:00', '12:00'],
    ]);
  });

  it('is walked with the arrow keys and no further than its ends', () => {
    expect(nextBar('ArrowLeft', 5, 24)).toBe(4);
    expect(nextBar('ArrowLeft', 0, 24)).toBe(0);
    expect(nextBar('ArrowRight', 23, 24)).toBe(23);
    expect(nextBar('Home', 5, 24)).toBe(0);
    expect(nextBar('End', 5, 24)).toBe(23);
    expect(nextBar('Tab', 5, 24)).toBeNull();
  });
});

describe('a receipt in words', () => {
  it('says in one sentence what was answered and charged', () => {
    expect(receiptSentence(fakeReceipt(fakeLine()), asset)).toBe(
      'MiniMind2-Small answered 42 tokens for 0.000126 PRAC',
    );
  });

  it('says where the money is, for either side', () => {
    const served = fakeReceipt(fakeLine());
    const asked = fakeReceipt(fakeLine({ role: 'application' }));
    expect(paymentWords(served, false)).toContain('Collect in Earnings');
    expect(paymentWords(asked, false)).toContain('Promised by voucher');
    expect(paymentWords(served, true)).toBe('Paid');
    expect(paymentWords(fakeReceipt(fakeLine(), word('7a')), true)).toBe(
      'Paid by transaction 0x7ac0…ffee',
    );
  });

  it('marks who one is oneself, and leaves out what was not measured', () => {
    const facts = (changes: Parameters<typeof fakeLine>[0]) =>
      new Map(
        receiptFacts(fakeReceipt(fakeLine(changes)), asset).map(({ name, value }) => [name, value]),
      );
    expect(facts({}).get('Supplier')).toContain('(you)');
    expect(facts({}).get('Application')).not.toContain('(you)');
    expect(facts({ role: 'application' }).get('Application')).toContain('(you)');
    expect(facts({ tokensPerSecond: null }).get('Speed')).toBeNull();
    expect(facts({}).get('Tokens')).toBe('24 tokens read, 8 of them cached, 42 written');
  });

  it('says in plain words what was kept, what was cached and what was new', () => {
    const facts = (changes: Partial<ReceiptView>) => {
      const receipt = { ...fakeReceipt(fakeLine({ promptTokens: 2_100 })), ...changes };
      return new Map(receiptFacts(receipt, asset).map(({ name, value }) => [name, value]));
    };
    const kept = facts({ cachedTokens: 2_010, heldTokens: 2_000 });
    expect(kept.get('Tokens')).toBe(
      '2,100 tokens read, 2,000 of them kept and already paid for, 10 of them cached, 90 new, 42 written',
    );
    expect([kept.get('Kept'), kept.get('Given back')]).toEqual([null, null]);
    expect(facts({ holdSeconds: 120 }).get('Kept')).toContain('for the next question');
    expect(facts({ refundTokenSeconds: 1_200n }).get('Given back')).toBe(
      '1,200 token-seconds that were paid for and not kept',
    );
    expect(facts({ owedTokenSeconds: 5n }).get('Given back')).toContain('5 token-seconds more');
  });

  it('is only called whole when every check was made and passed', () => {
    expect(verdict(fakeChecks())).toBe('Everything holds.');
    const unseen = fakeChecks({ response: { outcome: 'unseen' } });
    expect(verdict(unseen)).toBe('All that could be checked holds.');
    const wrong = fakeChecks({
      response: { outcome: 'unseen' },
      sums: { outcome: 'wrong', fault: 'It has a sum too high.' },
    });
    expect(verdict(wrong)).toContain('wrong');
    expect(bindingOutcome('charge', wrong)).toBe('wrong');
    expect(bindingOutcome('answer', wrong)).toBe('unseen');
    expect(bindingOutcome('model', wrong)).toBe('ok');
    expect(bindingOutcome('model', null)).toBeNull();
  });

  it('shows every check somewhere in the picture', () => {
    const bindings = ['question', 'answer', 'model', 'charge', 'signature'] as const;
    for (const { name } of fakeChecks()) {
      const checks = fakeChecks({ [name]: { outcome: 'wrong' } });
      expect(bindings.filter((each) => bindingOutcome(each, checks) === 'wrong')).toHaveLength(1);
      expect(checkWords(name).unseen).not.toBe('');
    }
  });
});

describe('addresses', () => {
  const anyAddress = fc
    .bigInt({ min: 0n, max: 2n ** 160n - 1n })
    .map((number) => `0x${number.toString(16).padStart(40, '0')}`);

  it('are shortened in the middle', () => {
    expect(shortHex('0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc')).toBe('0x3c44…93bc');
    expect(shortHex('0x1234abcd')).toBe('0x1234abcd');
  });

  it('have a picture that is theirs, symmetrical, and blind to capitals', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        const { cells, hue } = identicon(address);
        expect(identicon(`0x${address.slice(2).toUpperCase()}`)).toEqual({ cells, hue });
        const filled = new Set(cells.map(({ x, y }) => x + y * IDENTICON_SIZE));
        expect(filled.size).toBe(cells.length);
        for (const { x, y } of cells) {
          expect(filled.has(IDENTICON_SIZE - 1 - x + y * IDENTICON_SIZE)).toBe(true);
        }
        expect(hue >= 0 && hue < 360).toBe(true);
      }),
    );
  });

  it('that differ in one digit seldom look alike', () => {
    const looks = new Set(
      Array.from({ length: 256 }, (_unused, index) =>
        JSON.stringify(identicon(`0x${'ab'.repeat(19)}${index.toString(16).padStart(2, '0')}`)),
      ),
    );
    expect(looks.size).toBeGreaterThan(250);
  });
});
