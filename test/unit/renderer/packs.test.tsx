/** The section of packs in every state. */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Pack } from '../../../electron/ipc/models.ts';
import { ModelsScreen } from '../../../renderer/features/models/ModelsScreen.tsx';
import { PackSection, RemovePackDialog } from '../../../renderer/features/models/PackSection.tsx';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { FAKE_DOWNLOAD, FAKE_PACK } from '../../fakes/fake-models.ts';
import { failureFor, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const MODELS = fakeSnapshot().models;

function draw(app: App, what: ReactNode): string {
  // On a server the store would show what it began with.
  const store = { ...app.store, getInitialState: app.store.getState };
  return renderToStaticMarkup(<AppProvider app={{ ...app, store }}>{what}</AppProvider>);
}

const opened = (...packs: Pack[]) =>
  openApp({ snapshot: fakeSnapshot({ models: { ...MODELS, packs } }) });

const drawn = async (changes: Partial<Pack>) =>
  draw(await opened({ ...FAKE_PACK, ...changes }), <PackSection />);

const textOf = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const buttonsOf = (markup: string) =>
  [...markup.matchAll(/<button[^>]*>(.*?)<\/button>/g)].map(([, word]) => textOf(word ?? ''));

describe('the packs', () => {
  it('are nothing where there are none', async () => {
    expect(draw(await opened(), <PackSection />)).toBe('');
  });

  it('are on the screen of models', async () => {
    const markup = draw(await opened(FAKE_PACK), <ModelsScreen />);
    expect(textOf(markup)).toContain('CUDA for NVIDIA cards');
  });

  it('are offered with size and use, and with a reason only where they are of none', async () => {
    const offered = await drawn({});
    expect(buttonsOf(offered)).toEqual(['Download 143 MB']);
    expect(textOf(offered)).toContain('Runs models on your NVIDIA card');
    const refused = await drawn({ isOffered: false, why: 'There is no NVIDIA card.' });
    expect(buttonsOf(refused)).toEqual([]);
    expect(textOf(refused)).toContain('There is no NVIDIA card.');
  });

  it.each([
    ['running', 'from huggingface.co', ['Pause', 'Cancel…']],
    ['paused', 'Paused', ['Resume', 'Cancel…']],
    ['waiting', 'Waits until', ['Pause', 'Cancel…']],
    ['verifying', 'checks every byte', ['Cancel…']],
  ] as const)('that are %s show how far they are', async (state, words, buttons) => {
    const markup = await drawn({ state, download: { ...FAKE_DOWNLOAD, state } });
    expect(textOf(markup)).toContain(words);
    expect(markup).toContain('aria-label="Download of CUDA for NVIDIA cards"');
    expect(buttonsOf(markup)).toEqual(buttons);
  });

  it('that failed say why, and can be tried again', async () => {
    const { ok, ...failure } = failureFor('download-damaged');
    expect(ok).toBe(false);
    const download = { ...FAKE_DOWNLOAD, state: 'failed' as const, failure };
    const markup = await drawn({ state: 'failed', download });
    expect(textOf(markup)).toContain(failure.message);
    expect(buttonsOf(markup)).toEqual(['Try again', 'Cancel…']);
  });

  it('that are installed say what the test found, and can be removed', async () => {
    const markup = await drawn({ state: 'installed', why: 'NVIDIA RTX 4070 answered right.' });
    expect(textOf(markup)).toContain('CUDA for NVIDIA cards Installed');
    expect(textOf(markup)).toContain('NVIDIA RTX 4070 answered right.');
    expect(buttonsOf(markup)).toEqual(['Remove…']);
  });

  it('are asked about before they are removed', async () => {
    const app = await opened();
    const dialog = (pack: Pack) =>
      textOf(draw(app, <RemovePackDialog pack={pack} onClose={() => undefined} />));
    expect(dialog({ ...FAKE_PACK, state: 'installed' })).toMatch(
      /^Remove CUDA.*143 MB of download/,
    );
    expect(dialog({ ...FAKE_PACK, state: 'running' })).toMatch(/^Cancel the download.*pause it/);
  });

  it('begin, rest and go by the same commands as models', async () => {
    const app = await opened(FAKE_PACK);
    const { actions } = app;
    const state = () => app.store.getState().snapshot?.models.packs[0]?.state;
    await actions.downloadModel(FAKE_PACK.id);
    expect(state()).toBe('running');
    await actions.pauseDownload(FAKE_PACK.id);
    expect(state()).toBe('paused');
    await actions.removeModel(FAKE_PACK.id);
    expect(state()).toBe('absent');
  });
});
