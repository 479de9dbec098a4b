/** The models screen in every state: what is here, what is offered, on its way, found, measured, and on the disk. */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Download, Fit, Models, OfferedModel } from '../../../electron/ipc/models.ts';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { CalibrationCard } from '../../../renderer/features/models/CalibrationCard.tsx';
import { CatalogueCard } from '../../../renderer/features/models/CatalogueCard.tsx';
import { LibraryCard } from '../../../renderer/features/models/LibraryCard.tsx';
import { ModelsScreen } from '../../../renderer/features/models/ModelsScreen.tsx';
import { RecommendedCard } from '../../../renderer/features/models/RecommendedCard.tsx';
import { RemoveDialog } from '../../../renderer/features/models/RemoveDialog.tsx';
import { RunningCard } from '../../../renderer/features/models/RunningCard.tsx';
import { SearchCard } from '../../../renderer/features/models/SearchCard.tsx';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { FAKE_DOWNLOAD, FAKE_FOUND, FAKE_OFFER } from '../../fakes/fake-models.ts';
import { FAKE_MODEL, FAKE_STARTER, failureFor, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const MODELS = fakeSnapshot().models;
const FOLDER = '/data/lull/models';
const OWN: ModelInfo = { ...FAKE_MODEL, id: `${FOLDER}/own.gguf`, path: `${FOLDER}/own.gguf` };
const MB = 1_000_000;

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

function opened(models: Partial<Models>, known: ModelInfo[] = [FAKE_STARTER]) {
  const current = known[0] ?? null;
  return openApp({
    snapshot: fakeSnapshot({ models: { ...MODELS, ...models }, model: { current, known } }),
  });
}

const offerWith = (changes: Partial<OfferedModel>): OfferedModel => ({ ...FAKE_OFFER, ...changes });
const fitWith = (verdict: Fit['verdict'], tokensPerSecond: number | null = null): Fit => ({
  ...{ verdict, why: `Why ${verdict}.`, tokensPerSecond, isMeasured: false },
});
const failureText = (code: Parameters<typeof failureFor>[0]) => {
  const { ok, ...failure } = failureFor(code);
  expect(ok).toBe(false);
  return failure;
};

describe('the recommended model', () => {
  const drawn = async (changes: Partial<OfferedModel>, known?: ModelInfo[]) =>
    draw(await opened({ offered: [offerWith(changes)] }, known), <RecommendedCard />);

  it('is one with its reason, its size and one button, as long as there is no real one', async () => {
    const markup = await drawn({});
    expect(markup.match(/<button/g)).toHaveLength(1);
    expect(textOf(markup)).toContain('The largest that fits the 8 GB');
    expect(textOf(markup)).toContain('2.5 GB · 4 B parameters · Q4_K_M · 32k context · Apache-2.0');
    expect(textOf(markup)).toContain('Fits About 62 tok/s expected Download 2.5 GB');
    expect(textOf(markup)).toContain('How long it takes is known once it has begun.');
    expect(await drawn({}, [FAKE_MODEL])).toBe('');
    expect(await drawn({}, [FAKE_STARTER, FAKE_MODEL])).toBe('');
    expect(await drawn({ isRecommended: false })).toBe('');
  });

  it('shows how far it is, how fast, how long yet, and from where', async () => {
    const markup = await drawn({ download: FAKE_DOWNLOAD });
    expect(markup).toContain('role="progressbar" aria-label="Download of Qwen3 4B Instruct"');
    expect(markup).toContain('aria-valuenow="32"');
    expect(textOf(markup)).toContain(
      '800 MB of 2.5 GB · 21 MB/s · about 1 min 20 s left · from huggingface.co Pause Cancel…',
    );
  });

  const STATES: readonly (readonly [Partial<Download>, string, readonly string[]])[] = [
    [{ state: 'paused' }, 'Paused · 800 MB of 2.5 GB', ['Resume', 'Cancel…']],
    [{ state: 'waiting', doneBytes: 0 }, 'Waits until the download before', ['Pause', 'Cancel']],
    [{ state: 'verifying' }, 'Lull checks every byte of it.', ['Cancel…']],
    [
      { state: 'failed', failure: failureText('download-failed') },
      'What has arrived is kept, and the download goes on from there.',
      ['Resume', 'Cancel…'],
    ],
    [
      { state: 'failed', failure: failureText('download-damaged') },
      'its SHA-256 is another. Try again;',
      ['Try again', 'Cancel…'],
    ],
  ];

  it.each(STATES)('that is %j says and offers what fits', async (change, words, buttons) => {
    const markup = await drawn({ download: { ...FAKE_DOWNLOAD, ...change } });
    expect(textOf(markup)).toContain(words);
    const found = [...markup.matchAll(/<button[^>]*>([^<]*)<\/button>/g)].map(([, word]) => word);
    expect(found).toEqual(buttons);
  });

  it('has no share of what cannot be measured', async () => {
    const markup = await drawn({ download: { ...FAKE_DOWNLOAD, state: 'verifying' } });
    expect(markup).not.toContain('aria-valuenow');
  });

  it('is used by one click once it is here, and then needs no card', async () => {
    const here = offerWith({ modelId: OWN.id });
    const app = await opened({ offered: [here] }, [FAKE_STARTER, OWN]);
    expect(textOf(draw(app, <RecommendedCard />))).toContain('It is here and checked. Press Use');
    app.fake.patch({ model: { current: OWN, known: [OWN, FAKE_STARTER] } });
    expect(draw(app, <RecommendedCard />)).toBe('');
  });
});

describe('the models on this computer', () => {
  it('each say what they are, how they run, and which one is in use', async () => {
    const fits = {
      starter: { ...fitWith('fits', 412), isMeasured: true },
      [OWN.id]: fitWith('partly', 8.2),
    };
    const app = await opened({ fits }, [FAKE_STARTER, OWN]);
    const markup = draw(app, <LibraryCard />);
    const [starter = '', own = ''] = markup.split('<li').slice(1).map(textOf);
    expect(starter).toMatch(/In use Test model .* Fits 412 tok\/s, measured here$/);
    expect(own).toContain('2.5 GB · 4 B parameters · Q4_K_M · 256k context · Apache-2.0');
    expect(own).toContain('Partly on the processor About 8.2 tok/s expected Use Remove…');
    expect(markup).toContain('aria-label="Use Qwen3 4B Instruct"');
    // What comes with Lull cannot be taken off.
    expect(markup.match(/aria-label="Remove/g)).toHaveLength(1);
  });

  it('are none at first, and that is said with a way out', async () => {
    const text = textOf(draw(await opened({}, []), <LibraryCard />));
    expect(text).toContain(
      'No model is here yet. Download one, or open a GGUF file that you have.',
    );
    expect(text).not.toContain('Disk');
  });

  it('list what their owner fetches or copies, and a copy cannot be paused', async () => {
    const found = offerWith({ id: 'found:1', name: 'tiny', download: FAKE_DOWNLOAD });
    const copy = offerWith({
      id: 'copy:1',
      name: 'mine',
      download: { ...FAKE_DOWNLOAD, from: null },
    });
    const here = offerWith({ id: 'found:2', name: 'here', modelId: OWN.id });
    const app = await opened({ offered: [FAKE_OFFER, found, copy, here] });
    const markup = draw(app, <LibraryCard />);
    expect(textOf(markup)).toContain('Not here yet');
    expect(markup).toContain('aria-label="Pause: tiny"');
    expect(markup).toContain('aria-label="Cancel the download of mine"');
    expect(markup).not.toContain('aria-label="Pause: mine"');
    expect(markup).not.toContain('Download of here');
    app.fake.patch({ models: { ...MODELS, offered: [{ ...found, download: null }] } });
    expect(textOf(draw(app, <LibraryCard />))).toContain('tiny Download Remove');
  });

  it('show the disk in parts, with what can be cleaned up', async () => {
    const disk = {
      folder: FOLDER,
      usedBytes: OWN.sizeBytes + 300 * MB,
      freeBytes: 90_000 * MB,
      leftovers: [{ name: 'old.gguf', sizeBytes: 100 * MB }],
    };
    const app = await opened({ disk }, [FAKE_STARTER, OWN, FAKE_MODEL]);
    const text = textOf(draw(app, <LibraryCard />));
    expect(text).toContain(
      'Models 2.5 GB Unfinished downloads 200 MB Leftovers 100 MB Free on this disk 90 GB',
    );
    expect(text).toContain('Clean up… 1 file in the folder belongs to no model.');
    await app.actions.cleanUpModels();
    expect(textOf(draw(app, <LibraryCard />))).not.toContain('Clean up');
  });

  it('are removed with their file or only from the list, told apart', async () => {
    const app = await opened({}, [OWN]);
    const drawn = (model: ModelInfo, isUsed = false) =>
      textOf(
        draw(
          app,
          <RemoveDialog {...{ model, isUsed, folder: FOLDER }} onClose={() => undefined} />,
        ),
      );
    expect(drawn(OWN)).toContain('The model and its file Frees 2.5 GB.');
    expect(drawn(OWN)).toContain('Only its place on the list');
    expect(drawn(OWN)).toMatch(/Cancel Delete the file$/);
    expect(drawn(OWN, true)).toContain('The test model takes its place.');
    // Lull deletes nothing outside of its folder.
    expect(drawn(FAKE_MODEL)).toMatch(/stays where it is: .*\.gguf Cancel Take it off the list$/);
    const nested = { ...OWN, path: `${FOLDER}/other/own.gguf` };
    expect(drawn(nested)).not.toContain('Delete the file');
    expect(drawn({ ...OWN, path: `${FOLDER}-2/own.gguf` })).not.toContain('Delete the file');
  });
});

describe('the catalogue', () => {
  const OFFERS = [
    offerWith({ id: 'a', name: 'A', isRecommended: false, fit: fitWith('tight') }),
    FAKE_OFFER,
    offerWith({ id: 'b', name: 'B', isRecommended: false, fit: fitWith('too-large') }),
    offerWith({ id: 'found:1', name: 'Not of it', isRecommended: false }),
  ];

  it('says of each in words how it would run, and folds away what cannot', async () => {
    const markup = draw(await opened({ offered: OFFERS }), <CatalogueCard />);
    const [open = '', folded = ''] = markup.split('<details').map(textOf);
    expect(open).toContain('Tight fit Speed not known yet Why tight.');
    // Its button is in the card above.
    expect(open).toContain('Qwen3 4B Instruct Recommended See above');
    expect(open).not.toContain('Not of it');
    expect(folded).toContain('Too large for this computer (1)');
    expect(folded).toContain('B Download 2.5 GB');
    expect(folded).toContain('On this computer: Too large Why too-large.');
    expect(markup).toContain('aria-label="Download: A, 2.5 GB"');
  });

  it('has the buttons of the recommended one once a real model is here', async () => {
    const app = await opened({ offered: OFFERS }, [FAKE_MODEL]);
    expect(draw(app, <CatalogueCard />)).toContain(
      'aria-label="Download: Qwen3 4B Instruct, 2.5 GB"',
    );
  });

  it('does not hide one that is too large but on its way', async () => {
    const offered = OFFERS.map((offer) => ({ ...offer, download: FAKE_DOWNLOAD }));
    expect(draw(await opened({ offered }), <CatalogueCard />)).not.toContain('<details');
  });

  it('says why it is not there', async () => {
    const app = await opened({ failure: failureText('catalogue-damaged') });
    expect(textOf(draw(app, <CatalogueCard />))).toContain(
      'The list of models that came with Lull',
    );
  });
});

describe('finding more', () => {
  it('sends nothing before it is pressed, and says so', async () => {
    const app = await opened({});
    expect(textOf(draw(app, <SearchCard />))).toContain('Nothing is sent before you press it.');
    expect(app.fake.calls.map(({ name }) => name)).not.toContain('models.search');
  });

  it('shows that it asks, then what there is, and which of it is on its way', async () => {
    const app = await opened({});
    const text = () => textOf(draw(app, <SearchCard />));
    const answer = app.fake.hold('models.search');
    const searching = app.actions.searchModels('tiny');
    expect(text()).toContain('Searching Asking the model hub for “tiny”.');
    answer();
    await searching;
    expect(text()).toContain('1 file for “tiny”');
    expect(text()).toContain(
      'somebody/Tiny-GGUF · 640 MB · Q4_K_M · apache-2.0 · 12,345 downloads',
    );
    await app.actions.downloadFound(FAKE_FOUND.id);
    const offer = offerWith({ id: FAKE_FOUND.id, download: FAKE_DOWNLOAD });
    app.fake.patch({ models: { ...MODELS, offered: [offer] } });
    expect(text()).toContain('It is listed under On this computer.');
    expect(draw(app, <SearchCard />)).not.toContain('aria-label="Download: tiny');
  });

  it('says that there is nothing, or why it failed', async () => {
    const app = await opened({});
    app.store.setState({
      modelSearch: { state: 'done', text: 'zzz', results: [], failure: null },
    });
    expect(textOf(draw(app, <SearchCard />))).toContain('no GGUF file for “zzz”');
    app.fake.failNext('models.search', 'hub-unreachable');
    await app.actions.searchModels('tiny');
    expect(textOf(draw(app, <SearchCard />))).toContain('The model hub does not answer.');
    expect(app.state().toasts).toEqual([]);
  });

  it('shows the last of two searches, whichever is answered first', async () => {
    const app = await opened({});
    const answer = app.fake.hold('models.search');
    const slow = app.actions.searchModels('first');
    await app.actions.searchModels('second');
    answer();
    await slow;
    expect(app.state().modelSearch).toMatchObject({ state: 'done', text: 'second' });
  });

  it('begins with the first ten of many', async () => {
    const app = await opened({});
    const results = Array.from({ length: 13 }, (_none, index) => ({
      ...FAKE_FOUND,
      id: `found:${String(index)}`,
    }));
    app.store.setState({ modelSearch: { state: 'done', text: 'many', results, failure: null } });
    const markup = draw(app, <SearchCard />);
    expect(markup.match(/<li/g)).toHaveLength(10);
    expect(textOf(markup)).toContain('Show 3 more');
  });
});

describe('the speed of this computer', () => {
  const drawn = async (change: Partial<Models['calibration']>, known?: ModelInfo[]) =>
    draw(
      await opened({ calibration: { ...MODELS.calibration, ...change } }, known),
      <CalibrationCard />,
    );
  const RATES = { promptTokensPerSecond: 400, tokensPerSecond: 20, fourTokensPerSecond: 50 };

  it('is not measured before somebody asks, and not without a model', async () => {
    expect(textOf(await drawn({}))).toContain('Measure Lets MiniMind2-Small write');
    expect(textOf(await drawn({}, []))).toContain('There is no model to measure with yet.');
    expect(await drawn({}, [])).not.toContain('<button');
  });

  it('is measured with progress and a way to stop', async () => {
    const markup = await drawn({ state: 'running', progress: 0.5, modelName: 'Qwen3' });
    expect(markup).toContain('aria-valuenow="50"');
    expect(textOf(markup)).toMatch(/^Speed of this computer Stop .* Measuring with Qwen3\./);
    // What was measured before would be taken for what is being measured.
    expect(await drawn({ state: 'running', ...RATES })).not.toContain('tok/s');
  });

  it('comes to three numbers with bars in their proportion', async () => {
    const markup = await drawn({ state: 'done', modelName: 'Qwen3', ...RATES });
    const widths = [...markup.matchAll(/style="width:([\d.]+)%"/g)].map(([, width]) => width);
    expect(widths).toEqual(['100', '5', '12.5']);
    expect(textOf(markup)).toContain('400 tok/s');
    expect(textOf(markup)).toContain('about 900 words a minute; most people read about 250.');
  });

  it('says why it failed, with what was known before', async () => {
    const failure = failureText('engine-crashed');
    const text = textOf(await drawn({ state: 'failed', failure, ...RATES }));
    expect(text).toContain('The engine stopped unexpectedly');
    expect(text).toContain('20 tok/s');
  });
});

describe('downloading and running', () => {
  it('offer a limit and two ways to keep a conversation, with what each costs', async () => {
    const app = await opened({});
    expect(textOf(draw(app, <RunningCard />))).toMatch(/half the memory .* 5 % .* 0\.08 nats/);
    expect(draw(app, <RunningCard />)).not.toContain('Megabytes per second');
    await app.actions.setDownloadLimit(2_500_000);
    expect(draw(app, <RunningCard />)).toMatch(
      /aria-label="Megabytes per second"[^>]* value="2.5"/,
    );
    await app.actions.setKvType('q8_0');
    expect(app.state().snapshot?.settings.engine.kvType).toBe('q8_0');
  });
});

describe('the whole screen', () => {
  it('has its cards in order, and waits for main', async () => {
    const app = await opened({ offered: [FAKE_OFFER] });
    const heads = [...draw(app, <ModelsScreen />).matchAll(/<h2[^>]*>([^<]+)/g)];
    expect(heads.map(([, head]) => head)).toEqual([
      'Recommended for this computer',
      'On this computer',
      'Catalogue',
      'Find more',
      'Speed of this computer',
      'Downloading and running',
    ]);
    app.store.setState({ snapshot: null });
    expect(textOf(draw(app, <ModelsScreen />))).toBe('Models Starting');
  });
});
