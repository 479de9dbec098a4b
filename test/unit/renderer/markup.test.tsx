/** What stands on the screens where money is shown: marked as practice, named for those who cannot see it. */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { AnswerService } from '../../../renderer/features/chat/AnswerService.tsx';
import { PriceLine } from '../../../renderer/features/chat/PriceLine.tsx';
import { ViaSwitch } from '../../../renderer/features/chat/ViaSwitch.tsx';
import { EarningsScreen } from '../../../renderer/features/earnings/EarningsScreen.tsx';
import { Rail } from '../../../renderer/features/rail/Rail.tsx';
import { ReceiptSheet } from '../../../renderer/features/receipt/ReceiptSheet.tsx';
import { NetworkSection } from '../../../renderer/features/settings/NetworkSection.tsx';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import {
  fakeChecks,
  fakeLine,
  fakeNetwork,
  fakePrice,
  fakeServed,
  withRelay,
} from '../../fakes/fake-network.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

function draw(app: App, what: ReactNode): string {
  // On a server the store would show what it began with.
  const store = { ...app.store, getInitialState: app.store.getState };
  return renderToStaticMarkup(<AppProvider app={{ ...app, store }}>{what}</AppProvider>);
}

/** The text without its tags. */
function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function earned() {
  const line = fakeLine({ atMs: Date.now() });
  return { line, earnings: withRelay(fakeSnapshot().earnings, line) };
}

describe('the composer', () => {
  it('offers both ways by name and shows the price as practice money', async () => {
    const app = await openApp();
    app.actions.setVia('network');
    const price = fakePrice('');
    app.store.setState({ price: { state: 'known', draftKey: 'new', price, failure: null } });
    expect(textOf(draw(app, <ViaSwitch />))).toBe('Who answers This computer Network');
    const text = textOf(draw(app, <PriceLine />));
    expect(text).toBe('at most 0.00421 PRAC · about 0.0011 practice');
  });

  it('says in one line why there is no price, or what the network does', async () => {
    const app = await openApp();
    app.actions.setVia('network');
    const starting = { ...fakeSnapshot().network, state: 'starting' as const };
    app.fake.patch({ network: { ...starting, detail: 'Starting the chain' } });
    expect(textOf(draw(app, <PriceLine />))).toBe('Starting the chain');
    const words = { message: 'No.', kept: 'All.', next: 'Wait.', details: 'x' };
    const failure = { code: 'internal' as const, ...words };
    app.store.setState({ price: { state: 'failed', draftKey: 'new', price: null, failure } });
    expect(textOf(draw(app, <PriceLine />))).toBe('No.');
    app.actions.setVia('local');
    expect(textOf(draw(app, <PriceLine />))).toBe('');
  });
});

describe('an answer from the network', () => {
  it('names who served it and what it cost, against the most', async () => {
    const markup = draw(await openApp(), <AnswerService served={fakeServed(1, 42)} />);
    expect(textOf(markup)).toBe(
      'Served by 0x3c44…93bc 0.000126 PRAC of at most 0.00421 PRAC practice Receipt',
    );
    expect(markup).toContain('title="0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"');
  });
});

describe('earnings', () => {
  it('are reached from the rail and marked wherever an amount stands', async () => {
    const { earnings } = earned();
    const app = await openApp({ snapshot: fakeSnapshot({ earnings }) });
    expect(textOf(draw(app, <Rail />))).toContain('Home Chat Models Earnings Wallet Settings');
    const cards = draw(app, <EarningsScreen />)
      .split('<section')
      .slice(1);
    const withMoney = cards.filter((card) => card.includes('PRAC'));
    expect(withMoney).toHaveLength(4);
    for (const card of withMoney) expect(card).toContain('badge-practice');
    expect(textOf(cards[0] ?? '')).toContain('Collect 0.000126 PRAC');
  });

  it('have a bar for every hour that can be reached and read aloud', async () => {
    const { earnings, line } = earned();
    const app = await openApp({ snapshot: fakeSnapshot({ earnings }) });
    const markup = draw(app, <EarningsScreen />);
    // As many points on the line that adds up.
    expect(markup.match(/data-bar=/g)).toHaveLength(2 * 24);
    expect(
      markup.match(/role="img" aria-label="\d\d:00 to \d\d:00: [^"]+" tabindex="0"/gi),
    ).toHaveLength(1);
    expect(markup).toContain('0.000126 PRAC from 1 relay');
    expect(line.charged).toBe(126n);
  });

  it('say so when there is nothing yet', async () => {
    const text = textOf(draw(await openApp(), <EarningsScreen />));
    expect(text).toContain('Nothing to collect');
    expect(text).toContain('Nothing was earned in the last 24 hours.');
    expect(text).toContain('one after the other.');
  });
});

describe('the receipt sheet', () => {
  it('shows what holds, what is wrong and why, and what was not seen', async () => {
    const { earnings, line } = earned();
    const checks = fakeChecks({
      response: { outcome: 'unseen' },
      sums: { outcome: 'wrong', fault: 'It has a sum too high.' },
    });
    const app = await openApp({ snapshot: fakeSnapshot({ earnings }), checks });
    expect(draw(app, <ReceiptSheet />)).toBe('');
    await app.actions.openReceipt(line.ref);
    expect(textOf(draw(app, <ReceiptSheet />))).not.toContain('Holds');
    await app.actions.verifyReceipt();
    const markup = draw(app, <ReceiptSheet />);
    expect(markup).toContain('badge-practice');
    const text = textOf(markup);
    expect(text).toContain('MiniMind2-Small answered 42 tokens for 0.000126 PRAC');
    expect(text).toContain('The Supplier signed it Holds');
    expect(text).toContain('add up Wrong It has a sum too high.');
    expect(text).toContain('Not seen The whole answer is not at hand here');
    expect(text).toContain('Waiting: Collect in Earnings asks the chain to pay');
  });
});

describe('the settings of the network', () => {
  it('show whole addresses and the worst loss in plain words', async () => {
    const network = fakeNetwork(fakeSnapshot().network);
    const snapshot = fakeSnapshot({ network: { ...network, worstLoss: 4_203n } });
    const text = textOf(draw(await openApp({ snapshot }), <NetworkSection />));
    expect(text).toContain(network.application);
    expect(text).toContain(network.hub);
    expect(text).toContain('Worst loss At most 0.004203 PRAC');
  });
});
