/** The words and numbers of the models screen: news for screen readers, limits, parts of the disk, commands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Download, OfferedModel } from '../../../electron/ipc/models.ts';
import type { Snapshot } from '../../../electron/ipc/snapshot.ts';
import { diskParts } from '../../../renderer/features/models/disk-parts.ts';
import { megabytes, parseLimit } from '../../../renderer/features/models/download-limit.ts';
import { firstNews, nextNews } from '../../../renderer/features/models/models-news.ts';
import { formatBytesRate, formatContext } from '../../../renderer/format/numbers.ts';
import { formatLeft } from '../../../renderer/format/times.ts';
import { FAKE_DOWNLOAD, FAKE_OFFER } from '../../fakes/fake-models.ts';
import { FAKE_MODEL, FAKE_STARTER, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const MODELS = fakeSnapshot().models;

function offering(changes: Partial<OfferedModel>, more: Partial<Snapshot> = {}): Snapshot {
  const offered = [{ ...FAKE_OFFER, ...changes }];
  return fakeSnapshot({ models: { ...MODELS, offered }, ...more });
}

const downloading = (changes: Partial<Download>) =>
  offering({ download: { ...FAKE_DOWNLOAD, ...changes } });

describe('what a screen reader hears', () => {
  it('is each state once, and no number on the way', () => {
    const seen = [
      downloading({}),
      ...Array.from({ length: 20 }, (_none, index) => downloading({ doneBytes: index })),
      downloading({ state: 'paused' }),
      downloading({}),
      downloading({ state: 'verifying' }),
      offering({ modelId: FAKE_MODEL.id }),
      offering({ modelId: FAKE_MODEL.id }),
    ];
    let news = firstNews(offering({}));
    expect(news.text).toBe('');
    const said: string[] = [];
    for (const snapshot of seen) {
      const next = nextNews(news, snapshot);
      if (next.text !== news.text) said.push(next.text);
      news = next;
    }
    expect(said).toEqual([
      'Qwen3 4B Instruct is being downloaded.',
      'The download of Qwen3 4B Instruct is paused.',
      'Qwen3 4B Instruct is being downloaded.',
      'Qwen3 4B Instruct has arrived and is being checked.',
    ]);
  });

  it('is not what was there before somebody looked', () => {
    expect(firstNews(downloading({ state: 'failed' })).text).toBe('');
    const later = nextNews(firstNews(fakeSnapshot()), offering({ modelId: FAKE_MODEL.id }));
    expect(later.text).toBe('');
  });

  it('names what was cancelled, removed, or is in use now', () => {
    const cancelled = nextNews(firstNews(downloading({})), offering({}));
    expect(cancelled.text).toBe('The download of Qwen3 4B Instruct was cancelled.');
    const removed = nextNews(firstNews(offering({ modelId: 'x' })), offering({}));
    expect(removed.text).toBe('Qwen3 4B Instruct is not on this computer any more.');
    const nothing = fakeSnapshot({ models: { ...MODELS, offered: [] } });
    expect(nextNews(firstNews(downloading({})), nothing).text).toBe(cancelled.text);
    expect(nextNews(firstNews(offering({ modelId: 'x' })), nothing).text).toBe(removed.text);
    const copying = offering({ id: 'copy:1', download: FAKE_DOWNLOAD });
    expect(nextNews(firstNews(copying), nothing).text).toBe('');
    const model = { current: FAKE_MODEL, known: [FAKE_STARTER, FAKE_MODEL] };
    const used = nextNews(firstNews(offering({})), offering({}, { model }));
    expect(used.text).toBe('Qwen3 4B Instruct is in use.');
  });
});

describe('a download that has ended', () => {
  it('is said in the corner once, with whether it is in use', async () => {
    const { fake, state } = await openApp({ snapshot: downloading({}) });
    const patch = (modelId: string | null, download: Download | null) => {
      fake.patch({ models: offering({ modelId, download }).models });
    };
    patch(null, { ...FAKE_DOWNLOAD, state: 'verifying' });
    patch(FAKE_MODEL.id, null);
    patch(FAKE_MODEL.id, null);
    const texts = () => state().toasts.map((toast) => (toast.kind === 'info' ? toast.text : ''));
    expect(texts()).toEqual(['Qwen3 4B Instruct is here. Models shows it.']);
    patch(null, null);
    patch(null, FAKE_DOWNLOAD);
    fake.patch({ model: { current: FAKE_MODEL, known: [FAKE_MODEL] } });
    patch(FAKE_MODEL.id, null);
    expect(texts()[1]).toBe('Qwen3 4B Instruct is here and in use. Your next question goes to it.');
    // One that was cancelled has not arrived.
    patch(null, FAKE_DOWNLOAD);
    patch(null, null);
    expect(texts()).toHaveLength(2);
  });
});

describe('a limit that is typed', () => {
  it('comes back as it was typed, for every limit that main takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 10 ** 10 }), (bytesPerSecond) => {
        expect(parseLimit(megabytes(bytesPerSecond))).toEqual({ bytesPerSecond, fault: null });
      }),
    );
  });

  it.each(['', '.', '-1', '1e3', 'fast', '0', '0.009', '10001', '1,2,3', 'Infinity'])(
    'of %j is refused in a sentence',
    (text) => {
      expect(parseLimit(text).fault).toMatch(/\.$/);
    },
  );

  it('may have a comma', () => {
    expect(parseLimit(' 2,5 ')).toEqual({ bytesPerSecond: 2_500_000, fault: null });
  });
});

describe('the parts of the disk', () => {
  it('are never less than nothing, and add up to what there is', () => {
    const bytes = fc.nat({ max: 1e12 });
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (usedBytes, freeBytes, left, own) => {
        const leftovers = [{ name: 'x', sizeBytes: left }];
        const model = { ...FAKE_MODEL, path: '/m/a.gguf', sizeBytes: own };
        const parts = diskParts({ folder: '/m', usedBytes, freeBytes, leftovers }, [model]);
        expect(parts.every((part) => part.bytes >= 0)).toBe(true);
        expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(usedBytes + freeBytes);
      }),
    );
  });

  it('count no file that lies elsewhere', () => {
    const disk = { folder: 'C:\\m', usedBytes: 9, freeBytes: 1, leftovers: [] };
    const at = (path: string) => ({ ...FAKE_MODEL, path, sizeBytes: 9 });
    const modelBytes = (path: string) => diskParts(disk, [at(path)])[0]?.bytes;
    expect(modelBytes('C:\\m\\a.gguf')).toBe(9);
    expect(modelBytes('C:\\mine\\a.gguf')).toBe(0);
  });
});

describe('formats', () => {
  it.each([
    [0, 'a few seconds'],
    [14, 'about 10 s'],
    [81, 'about 1 min 20 s'],
    [599, 'about 10 min'],
    [3_500, 'about 58 min'],
    [3_599, 'about 1 h'],
    [5_000, 'about 1 h 23 min'],
  ])('write %d seconds left as %s', (seconds, text) => {
    expect(formatLeft(seconds)).toBe(text);
  });

  it('write speeds of downloads and lengths of contexts', () => {
    expect(formatBytesRate(21_300_000)).toBe('21.3 MB/s');
    expect(formatContext(32_768)).toBe('32k');
    expect(formatContext(1_000_000)).toBe('1,000,000');
    expect(formatContext(512)).toBe('512');
  });
});

describe('the commands', () => {
  it('go to main as they were meant, and their failures to the corner', async () => {
    const { actions, fake, state } = await openApp({ snapshot: offering({}) });
    await actions.downloadModel(FAKE_OFFER.id);
    await actions.pauseDownload(FAKE_OFFER.id);
    expect(state().snapshot?.models.offered[0]?.download?.state).toBe('paused');
    await actions.removeModel(FAKE_OFFER.id);
    expect(state().snapshot?.models.offered[0]?.download).toBeNull();
    await actions.calibrate();
    await actions.openModelsFolder();
    await actions.importModel();
    expect(fake.calls.slice(1)).toEqual([
      { name: 'models.download', input: { id: FAKE_OFFER.id } },
      { name: 'models.pause', input: { id: FAKE_OFFER.id } },
      { name: 'models.remove', input: { id: FAKE_OFFER.id } },
      { name: 'models.calibrate', input: undefined },
      { name: 'models.openFolder', input: undefined },
      { name: 'models.import', input: undefined },
    ]);
    fake.failNext('models.download', 'disk-too-small');
    await actions.downloadModel(FAKE_OFFER.id);
    expect(state().toasts).toMatchObject([
      { kind: 'info', text: 'Qwen3 4B Instruct is open. Your next question goes to it.' },
      { kind: 'failure', failure: { code: 'disk-too-small' } },
    ]);
  });
});
