/** Another server in the window: its form, how it stands, and that nothing is claimed of our own engine meanwhile. */
import fc from 'fast-check';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { isAskable } from '../../../electron/engine/external-address.ts';
import type { EngineState, ExternalServer } from '../../../electron/ipc/snapshot.ts';
import { ChatScreen } from '../../../renderer/features/chat/ChatScreen.tsx';
import { EmptyChat } from '../../../renderer/features/chat/EmptyChat.tsx';
import { ModelLine } from '../../../renderer/features/chat/ModelLine.tsx';
import { HomeScreen } from '../../../renderer/features/home/HomeScreen.tsx';
import { CalibrationCard } from '../../../renderer/features/models/CalibrationCard.tsx';
import { AboutSection } from '../../../renderer/features/settings/AboutSection.tsx';
import { EngineSection } from '../../../renderer/features/settings/EngineSection.tsx';
import { readServer } from '../../../renderer/features/settings/server-form.ts';
import { ServerSection } from '../../../renderer/features/settings/ServerSection.tsx';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { FAKE_MODEL, failureFor, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const SERVER: ExternalServer = { baseUrl: 'http://127.0.0.1:11434/v1', model: 'qwen3:4b' };
const NAME = 'the server at 127.0.0.1:11434';

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

/** As main tells it of a server: nothing on a device of ours. */
const SERVED: Partial<EngineState> = {
  ...{ state: 'ready', backend: 'cpu', layersOffloaded: 0, layersTotal: 0, threads: 0 },
  device: { name: NAME, kind: 'unknown', memoryBytes: null },
};

async function served(engine: Partial<EngineState> = {}) {
  const { settings, engine: own } = fakeSnapshot();
  return openApp({
    snapshot: fakeSnapshot({
      settings: { ...settings, engine: { ...settings.engine, server: SERVER } },
      engine: { ...own, ...SERVED, ...engine },
      model: { current: FAKE_MODEL, known: [FAKE_MODEL] },
    }),
  });
}

const failureText = (code: Parameters<typeof failureFor>[0], details: string | null = null) => {
  const { ok, ...failure } = failureFor(code, details);
  expect(ok).toBe(false);
  return failure;
};

const faultsOf = (address: string, model = 'm') => readServer({ address, model }).faults;

describe('a server as it is typed', () => {
  it('is sent without what is too much, and with the path that is meant', () => {
    const read = (address: string) => readServer({ address, model: ' qwen3:4b ' });
    const right = { server: SERVER, faults: null };
    expect(read(' http://127.0.0.1:11434/v1/ ')).toEqual(right);
    expect(read('http://127.0.0.1:11434')).toEqual(right);
    expect(read('https://example.org/api/v2')).toMatchObject({
      server: { baseUrl: 'https://example.org/api/v2' },
    });
  });

  it('has a sentence for everything that is wrong, beside its own field', () => {
    expect(faultsOf('', ' ')).toEqual({
      address: 'Write the address of the server.',
      model: 'Write the name that the server has for the model.',
    });
    for (const text of ['127.0.0.1:11434', 'localhost:11434', 'ftp://127.0.0.1']) {
      expect(faultsOf(text)?.address).toContain('http:// or https://');
    }
    expect(faultsOf('http://me:secret@127.0.0.1')?.address).toContain('name and password');
    expect(faultsOf('http://127.0.0.1/v1?key=1')?.address).toContain('? or #');
    expect(faultsOf('http://example.org')?.address).toContain('Use https');
    expect(faultsOf('https://example.org')).toBeNull();
  });

  it('is refused here exactly when main would refuse it', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const first = fc.oneof(fc.constantFrom(10, 127, 172, 192), byte);
    const second = fc.oneof(fc.constantFrom(15, 16, 31, 32, 168), byte);
    const number = fc.tuple(first, second, byte, byte).map((parts) => parts.join('.'));
    const names = fc.constantFrom(
      'localhost',
      '[::1]',
      '[::2]',
      '10.example.org',
      '127.1',
      'x.lan',
    );
    const host = fc.oneof(number, names);
    fc.assert(
      fc.property(fc.constantFrom('http', 'https'), host, (scheme, name) => {
        const address = `${scheme}://${name}:8000/v1`;
        expect(faultsOf(address) === null, address).toBe(isAskable(address));
      }),
    );
  });
});

describe('the section', () => {
  it('is off at first, says what it is for, and has two fields with names', async () => {
    const markup = draw(await openApp(), <ServerSection />);
    expect(textOf(markup)).toMatch(/If Ollama, vLLM or llama-server .* relays of others\./);
    expect(textOf(markup)).toContain(
      'the very model that is in use here, MiniMind2-Small, because',
    );
    expect(textOf(markup)).toContain('open the file of the server’s model first');
    expect(textOf(markup)).toContain('Off: Lull’s own engine answers. Address Name of the model');
    expect(markup.match(/<label for="/g)).toHaveLength(2);
    expect(markup).toContain('placeholder="http://127.0.0.1:11434/v1"');
  });

  it('shows the one that is used, and stops using it by one click', async () => {
    const app = await openApp();
    expect(await app.actions.setServer(SERVER)).toBeNull();
    const text = textOf(draw(app, <ServerSection />));
    expect(text).toContain('Address http://127.0.0.1:11434/v1 Model there qwen3:4b Stop using it');
    expect(text).not.toContain('Use this server');
    await app.actions.setServer(null);
    expect(textOf(draw(app, <ServerSection />))).toContain('Off: Lull’s own engine answers.');
  });

  it('gets what main refuses as a fault of the address, and everything else in the corner', async () => {
    const app = await openApp();
    app.fake.failNext('engine.setServer', 'bad-request', 'The address must be https.');
    expect(await app.actions.setServer(SERVER)).toBe('The address must be https.');
    expect(app.state().toasts).toEqual([]);
    app.fake.failNext('engine.setServer', 'disk-full');
    expect(await app.actions.setServer(SERVER)).toBeNull();
    expect(app.state().toasts).toMatchObject([{ failure: { code: 'disk-full' } }]);
  });

  const STATES: readonly (readonly [EngineState['state'], string])[] = [
    ['asleep', 'In use: the next question goes to it.'],
    ['loading', 'Lull asks whether it is there.'],
    ['ready', 'In use: it was there when Lull last asked.'],
    ['working', 'In use: it is answering.'],
    ['probing', 'It waits until Lull is ready.'],
  ];

  it.each(STATES)('says how it stands while the engine is %s', async (state, words) => {
    expect(textOf(draw(await served({ state }), <ServerSection />))).toContain(words);
  });

  it('says why it does not answer and what to do; Engine does not say it again', async () => {
    const failure = failureText('external-unavailable', 'it cannot be reached');
    const app = await served({ state: 'failed', failure });
    const text = textOf(draw(app, <ServerSection />));
    expect(text).toContain('Not answering: it cannot be reached. The next question asks it again.');
    expect(text).toContain(`${failure.message} ${failure.next}`);
    expect(textOf(draw(app, <EngineSection />))).not.toContain(failure.message);
  });

  it('blames the server for nothing that is not its doing', async () => {
    const failure = failureText('model-load-failed');
    const app = await served({ state: 'failed', failure });
    expect(textOf(draw(app, <ServerSection />))).toContain('a failure stopped Lull’s engine');
    expect(textOf(draw(app, <EngineSection />))).toContain(failure.message);
    app.fake.patch({ model: { current: null, known: [] } });
    expect(textOf(draw(app, <ServerSection />))).toContain('no model is open here');
  });
});

describe('while another server answers', () => {
  it('nothing claims a processor, layers or threads of ours', async () => {
    const app = await served();
    const text = textOf(draw(app, <EngineSection />));
    expect(text).toContain(`Answers come from ${NAME}`);
    expect(text).not.toMatch(/0 of 0|Threads|Layers|Vulkan|CPU|In use/);
    expect(textOf(draw(app, <ModelLine />))).toBe(`${FAKE_MODEL.name} ${NAME}`);
    app.fake.patch({ engine: { ...fakeSnapshot().engine, ...SERVED, state: 'failed' } });
    expect(textOf(draw(app, <ModelLine />))).toBe(`${FAKE_MODEL.name} Stopped, ${NAME}`);
    await app.actions.setServer(null);
    expect(textOf(draw(app, <EngineSection />))).toContain('What was tried');
  });

  it('nobody is told that what is typed stays here', async () => {
    const app = await served();
    const chat = textOf(draw(app, <EmptyChat />));
    expect(chat).toContain(`Answers are written by ${NAME}`);
    expect(chat).not.toContain('Nothing you type leaves it');
    expect(textOf(draw(app, <AboutSection />))).toContain(`your questions go to ${NAME}`);
    await app.actions.setServer(null);
    expect(textOf(draw(app, <EmptyChat />))).toContain('Nothing you type leaves it');
    expect(textOf(draw(app, <AboutSection />))).toContain('Everything stays on this computer');
  });

  it('the speed of this computer is not measured', async () => {
    const app = await served();
    expect(draw(app, <CalibrationCard />)).not.toContain('<button');
    await app.actions.setServer(null);
    expect(draw(app, <CalibrationCard />)).toContain('<button');
  });

  it('its failure leads from the chat to Settings', async () => {
    const failure = failureText('external-unavailable');
    const text = textOf(draw(await served({ state: 'failed', failure }), <ChatScreen />));
    expect(text).toContain('Open Settings');
    expect(text).not.toContain('Restart the engine');
  });
});

it('without a model Home and a preparation that failed lead to the models', async () => {
  const { status, setup } = fakeSnapshot();
  const reasons = [{ code: 'no-model' as const, untilMs: null, detail: null }];
  const home = await openApp({
    snapshot: fakeSnapshot({ status: { ...status, mode: 'waiting', reasons } }),
  });
  expect(textOf(draw(home, <HomeScreen />))).toContain('Choose a model');
  const failed = await openApp({
    snapshot: fakeSnapshot({ setup: { ...setup, phase: 'failed' } }),
  });
  expect(textOf(draw(failed, <ChatScreen />))).toContain('Try again Choose a model');
});
