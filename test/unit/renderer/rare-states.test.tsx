/** What is said and offered once, what stays hidden, and what is true in states that are seldom seen. */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../electron/ipc/doctor.ts';
import type { ReasonCode, Status } from '../../../electron/ipc/status.ts';
import { HomeScreen } from '../../../renderer/features/home/HomeScreen.tsx';
import { ReceiptSheet } from '../../../renderer/features/receipt/ReceiptSheet.tsx';
import { SettingsScreen } from '../../../renderer/features/settings/SettingsScreen.tsx';
import { refusalWords } from '../../../renderer/features/wallet/money-actions.ts';
import { WalletScreen } from '../../../renderer/features/wallet/WalletScreen.tsx';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { shownToasts } from '../../../renderer/ui/shown-toasts.ts';
import { fakeLine, fakeNetwork, withRelay } from '../../fakes/fake-network.ts';
import { failureFor, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const INITIAL = fakeSnapshot();
const HUB = '0x5FbDB2315678afecb367f032d93F642f64180aa3';

function draw(app: App, what: ReactNode): string {
  // On a server the store would show what it began with.
  const store = { ...app.store, getInitialState: app.store.getState };
  return renderToStaticMarkup(<AppProvider app={{ ...app, store }}>{what}</AppProvider>);
}

function status(changes: Partial<Status>, codes: readonly ReasonCode[] = []): Status {
  const reasons = codes.map((code) => ({ code, untilMs: null, detail: null }));
  return { ...INITIAL.status, ...changes, reasons };
}

function check(changes: Partial<Check>): Check {
  return { id: 'earning', title: 'Earning', state: 'off', proof: 'Seen.', fix: null, ...changes };
}

async function drawHome(now: Status, checks: Check[], isDiscreet = false): Promise<string> {
  const settings = { ...INITIAL.settings, isDiscreet };
  const doctor = { checks, atMs: Date.now() };
  const app = await openApp({ snapshot: fakeSnapshot({ status: now, doctor, settings }) });
  return draw(app, <HomeScreen />);
}

describe('what can be done', () => {
  const FIXES = [
    ['off', [], 'start-earning'],
    ['waiting', ['snoozed'], 'resume-earning'],
    ['waiting', ['owner-active'], 'serve-now'],
    ['waiting', ['no-model'], 'open-model'],
  ] as const;

  it.each(FIXES)('is offered once on Home: %s because of %j', async (mode, codes, action) => {
    const offered = check({ fix: { label: 'By the check', action } });
    expect(await drawHome(status({ mode }, codes), [offered])).not.toContain('By the check');
    const another = status({ mode: 'serving' });
    expect(await drawHome(another, [offered])).toContain('By the check');
  });
});

describe('discreet mode', () => {
  it('hides the addresses in what the doctor saw', async () => {
    const proof = `Chain 31337 answers for the contract ${HUB}.`;
    const seen = await drawHome(status({}), [check({ proof })], true);
    expect(seen).toContain('for the contract •••••.');
    expect(await drawHome(status({}), [check({ proof })])).toContain(HUB);
  });

  it('hides the picture of the address that signed a receipt', async () => {
    const network = fakeNetwork(INITIAL.network);
    const line = fakeLine();
    const earnings = withRelay(INITIAL.earnings, line);
    const app = await openApp({ snapshot: fakeSnapshot({ network, earnings }) });
    await app.actions.openReceipt(line.ref);
    expect(draw(app, <ReceiptSheet />)).toContain('class="identicon"');
    await app.actions.setDiscreet(true);
    expect(draw(app, <ReceiptSheet />)).not.toContain('class="identicon"');
  });

  it('does not say by a refusal how much there is', () => {
    const refusal = 'The account holds only 1,280.000389 PRAC.';
    expect(refusalWords(refusal, true)).toBe('The account holds only •••••.');
    expect(refusalWords(refusal, false)).toBe(refusal);
    expect(refusalWords('Enter an amount above 0.', true)).toBe('Enter an amount above 0.');
  });
});

describe('a failure', () => {
  const failure = failureFor('chain-unreachable');

  it('of the wallet is said in the wallet and nowhere else', async () => {
    const app = await openApp();
    app.fake.patch({ wallet: { ...INITIAL.wallet, failure } });
    app.fake.failNext('wallet.refresh', 'chain-unreachable');
    await app.actions.refreshWallet();
    expect(app.state().toasts).toEqual([]);
    expect(draw(app, <WalletScreen />)).toContain(failure.message);
  });

  it('of the wallet that the wallet does not show is said in the corner', async () => {
    const app = await openApp();
    app.fake.failNext('wallet.refresh', 'internal');
    await app.actions.refreshWallet();
    expect(app.state().toasts).toMatchObject([{ failure: { code: 'internal' } }]);
  });

  it('of the network is not called off, and can be tried again where it is shown', async () => {
    const network = { ...INITIAL.network, state: 'failed' as const, failure };
    const app = await openApp({ snapshot: fakeSnapshot({ network }) });
    const wallet = draw(app, <WalletScreen />);
    expect(wallet).not.toContain('network is off');
    expect(wallet).toContain(failure.message);
    expect(draw(app, <SettingsScreen />)).toContain('Start the network again');
  });

  it('stays to be read while newer ones come, one at a time', () => {
    const info = (id: number) => ({ id, kind: 'info', text: 'Copied.' }) as const;
    const failed = (id: number) => ({ id, kind: 'failure', failure }) as const;
    const ids = (toasts: Parameters<typeof shownToasts>[0]) => {
      const { shown, earlier } = shownToasts(toasts);
      return [shown.map(({ id }) => id), earlier];
    };
    expect(ids([])).toEqual([[], 0]);
    expect(ids([info(1), info(2)])).toEqual([[1, 2], 0]);
    expect(ids([failed(1), info(2), failed(3)])).toEqual([[2, 3], 1]);
    expect(ids([failed(1), info(2)])).toEqual([[1, 2], 0]);
  });
});

describe('Settings', () => {
  it('promise of a restart and of a closed window what Lull does', async () => {
    const text = draw(await openApp(), <SettingsScreen />);
    expect(text).toContain('When the system starts Lull at log-in, earning goes on by itself.');
    expect(text).toContain('A start by hand always goes on where it was.');
    expect(text).toContain('while earning is on or an answer is being written');
    expect(text).toContain('Otherwise it quits.');
  });
});
