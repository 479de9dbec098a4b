/** The first minutes, Home and its one action, and discreet mode. */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../electron/ipc/doctor.ts';
import { REASON_CODES, type ReasonCode, type Status } from '../../../electron/ipc/status.ts';
import { App as Window } from '../../../renderer/App.tsx';
import { AnswerService } from '../../../renderer/features/chat/AnswerService.tsx';
import { HomeScreen } from '../../../renderer/features/home/HomeScreen.tsx';
import { homeAction, offerWords } from '../../../renderer/features/home/home-words.ts';
import { NextCard } from '../../../renderer/features/next/NextCard.tsx';
import { offersModel } from '../../../renderer/features/next/next-steps.ts';
import { NetworkSection } from '../../../renderer/features/settings/NetworkSection.tsx';
import { SettingsScreen } from '../../../renderer/features/settings/SettingsScreen.tsx';
import { readinessLine } from '../../../renderer/features/welcome/readiness-line.ts';
import { NEW_CHAT } from '../../../renderer/store/app-state.ts';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { fakeNetwork, fakeServed } from '../../fakes/fake-network.ts';
import { FAKE_MODEL, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const INITIAL = fakeSnapshot();

function draw(app: App, what: ReactNode): string {
  // On a server the store would show what it began with.
  const store = { ...app.store, getInitialState: app.store.getState };
  return renderToStaticMarkup(<AppProvider app={{ ...app, store }}>{what}</AppProvider>);
}

function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function status(changes: Partial<Status>, codes: readonly ReasonCode[] = []): Status {
  const reasons = codes.map((code) => ({ code, untilMs: null, detail: null }));
  return { ...INITIAL.status, ...changes, reasons };
}

describe('the welcome', () => {
  it('stands alone until the owner begins, and leads to the chat', async () => {
    const settings = { ...INITIAL.settings, hasBegun: false };
    const app = await openApp({ snapshot: fakeSnapshot({ settings }) });
    const first = draw(app, <Window />);
    expect(first.match(/<button/g)).toHaveLength(1);
    expect(textOf(first)).toContain('Start chatting');
    expect(first).not.toContain('<nav');
    app.actions.showTab('settings');
    await app.actions.begin();
    expect(app.state().tab).toBe('chat');
    expect(draw(app, <Window />)).toContain('<nav');
  });

  it('stays when it could not be left, and says why', async () => {
    const settings = { ...INITIAL.settings, hasBegun: false };
    const app = await openApp({ snapshot: fakeSnapshot({ settings }) });
    app.fake.failNext('welcome.begin', 'disk-full');
    await app.actions.begin();
    const text = textOf(draw(app, <Window />));
    expect(text).toContain('Start chatting');
    expect(text).toContain('The disk is full');
  });

  it('tells in one line how far the preparation is', () => {
    const { steps } = INITIAL.setup;
    const running = steps.map((step, index) =>
      index === 1 ? { ...step, state: 'running' as const, progress: 0.427 } : step,
    );
    const line = (phase: 'running' | 'done' | 'failed' | 'cancelled') =>
      readinessLine({ phase, steps: running, failure: null });
    expect(line('running')).toBe('Getting ready: Graphics and processor, 42 %');
    expect(new Set([line('done'), line('failed'), line('cancelled')]).size).toBe(3);
  });
});

describe('the next steps', () => {
  it('offer a real model first, then earning; each can be skipped and is kept on Home', async () => {
    const app = await openApp();
    const text = () => textOf(draw(app, <NextCard />));
    expect(text()).toMatch(/^Next .*Get a real model Skip .*Try earning Skip$/);
    expect(draw(app, <NextCard />).match(/button-primary/g)).toHaveLength(1);
    await app.actions.skipStep('model');
    expect(text()).toMatch(/^Next .*Try earning Skip$/);
    await app.actions.skipStep('earning');
    expect(text()).toBe('');
    const home = textOf(draw(app, <NextCard withSkipped />));
    expect(home).toMatch(/Get a real model Skipped .*Try earning Skipped$/);
    await app.actions.resumeStep('model');
    expect(text()).toMatch(/^Next .*Get a real model Skip$/);
  });

  it('are gone once they are done', async () => {
    const app = await openApp();
    app.fake.patch({ model: { current: FAKE_MODEL, known: [FAKE_MODEL] } });
    expect(textOf(draw(app, <NextCard />))).not.toContain('real model');
    await app.actions.tryEarning();
    expect(draw(app, <NextCard withSkipped />)).toBe('');
  });

  it('are offered after the first answer, and not after every one', async () => {
    const app = await openApp({ pieces: ['Yes.'] });
    await app.actions.send(NEW_CHAT, 'Well?');
    expect(offersModel(app.state())).toBe(false);
    app.fake.write();
    app.fake.write();
    expect(offersModel(app.state())).toBe(true);
    await app.actions.send(app.state().conversationId ?? '', 'And?');
    app.fake.write();
    app.fake.write();
    expect(offersModel(app.state())).toBe(false);
  });
});

describe('the one action on Home', () => {
  it('exists for every reason, and never promises what another reason prevents', () => {
    for (const code of REASON_CODES) {
      expect(homeAction(status({ mode: 'waiting' }, [code])).label).not.toBe('');
    }
    const away = status({ mode: 'waiting' }, ['owner-active']);
    expect(homeAction(away).act).toBe('serve-now');
    const both = status({ mode: 'waiting' }, ['owner-active', 'on-battery']);
    expect(homeAction(both).act).toBe('turn-off');
  });

  it('fits the state', () => {
    expect(homeAction(status({ mode: 'off' })).act).toBe('turn-on');
    expect(homeAction(status({ mode: 'serving' })).act).toBe('pause');
    expect(homeAction(status({ mode: 'waiting' }, ['snoozed'])).act).toBe('resume');
    const always = status({ mode: 'serving', policy: 'always' });
    expect(homeAction(always).act).toBe('serve-when-away');
    expect(homeAction({ ...always, chosenBy: 'trial' }).act).toBe('stop-trial');
    expect(homeAction({ ...always, chosenBy: 'command-line' }).act).toBe('pause');
  });

  it('tells apart a computer that offers nothing and one that nobody asks', () => {
    expect(offerWords(status({ mode: 'waiting' }))).toContain('offers nothing');
    expect(offerWords(status({ mode: 'serving' }))).toContain('is ready. Nobody');
    expect(offerWords(status({ mode: 'serving', relaysInFlight: 1 }))).toBe('1 relay in flight.');
    expect(offerWords(status({ mode: 'draining', relaysInFlight: 2 }))).toContain('no new ones');
  });
});

const CHECKS: Check[] = [
  { id: 'engine', title: 'Engine', state: 'ok', proof: 'The CPU answered as expected.', fix: null },
  {
    id: 'earning',
    title: 'Earning',
    state: 'off',
    proof: 'You have not turned it on.',
    fix: { label: 'Turn on', action: 'start-earning' },
  },
];

describe('Home', () => {
  it('says the state, today’s net as practice money, what else is in the way, and the checks', async () => {
    const today = { earned: 389n, spent: 12n, relays: 10 };
    const app = await openApp({
      snapshot: fakeSnapshot({
        status: status({ mode: 'waiting' }, ['owner-active', 'on-battery']),
        earnings: { ...INITIAL.earnings, today },
        doctor: { checks: CHECKS, atMs: Date.now() },
      }),
    });
    const markup = draw(app, <HomeScreen />);
    const text = textOf(markup);
    expect(text).toContain('Waiting: you are using this computer; serves after 5 minutes away');
    expect(text).toContain('Also: This computer runs on battery');
    expect(text).toContain('practice +0.000377 PRAC');
    expect(text).toContain('Engine In order The CPU answered as expected.');
    expect(markup).toContain('aria-label="Turn on: Earning"');
  });

  it('shows a day on which more was spent with a minus sign', async () => {
    const today = { earned: 0n, spent: 12n, relays: 0 };
    const app = await openApp({
      snapshot: fakeSnapshot({ earnings: { ...INITIAL.earnings, today } }),
    });
    expect(textOf(draw(app, <HomeScreen />))).toContain('−0.000012 PRAC');
  });
});

describe('serving even while one works', () => {
  it('turns earning on after the policy is saved, and not at all when it is not', async () => {
    const app = await openApp();
    app.fake.failNext('earn.setPresence', 'disk-full');
    await app.actions.serveNow();
    expect(app.state().snapshot?.settings.earning.isOn).toBe(false);
    await app.actions.serveNow();
    expect(app.state().snapshot?.status.mode).toBe('serving');
    const sent = app.fake.calls.map(({ name }) => name).filter((name) => name.startsWith('earn'));
    expect(sent).toEqual(['earn.setPresence', 'earn.setPresence', 'earn.setOn']);
  });
});

describe('Settings', () => {
  it('say when it serves, at what speed, and that no public network exists', async () => {
    const text = textOf(draw(await openApp(), <SettingsScreen />));
    expect(text).toContain('Serve now, even while I work At half speed');
    expect(text).toContain('No public network exists yet');
    expect(text).toContain('Prepare a wallet');
    expect(text).toContain('Start when I log in');
  });

  it('name who decides instead while the owner’s choice does not', async () => {
    const snapshot = fakeSnapshot({
      status: status({ policy: 'always', chosenBy: 'command-line' }),
    });
    const text = textOf(draw(await openApp({ snapshot }), <SettingsScreen />));
    expect(text).toContain('until it ends, it serves even while you work');
  });
});

describe('earning that waits after a restart', () => {
  it('is said in Settings, and goes on by one click', async () => {
    const settings = { ...INITIAL.settings, earning: { ...INITIAL.settings.earning, isOn: true } };
    const app = await openApp({ snapshot: fakeSnapshot({ settings }) });
    const text = () => textOf(draw(app, <SettingsScreen />));
    expect(text()).toContain('was started by the system and waits for you. Go on earning');
    await app.actions.setEarning(true);
    expect(text()).not.toContain('Go on earning');
  });
});

describe('discreet mode', () => {
  it('leaves no amount and no address, not even in a tooltip', async () => {
    const network = fakeNetwork(INITIAL.network);
    const app = await openApp({ snapshot: fakeSnapshot({ network }) });
    await app.actions.setDiscreet(true);
    const screens = [
      <HomeScreen key="home" />,
      <NetworkSection key="network" />,
      <AnswerService key="service" served={fakeServed(1, 42)} />,
    ];
    for (const screen of screens) {
      const markup = draw(app, screen);
      expect(markup).toContain('•••••');
      expect(markup).not.toMatch(/0x[0-9a-f]{4}/i);
      expect(markup).not.toMatch(/\d\.\d{3}/);
    }
  });
});
