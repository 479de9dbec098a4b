import { describe, expect, it } from 'vitest';
import { lookAtDisk, partsOf, type DiskFacts } from '../../../electron/app/models-disk.ts';
import type { ModelFolder } from '../../../electron/models/model-folder.ts';
import { FAKE_MODEL } from '../../fakes/fake-snapshot.ts';

const NOTHING: DiskFacts = { known: [], kept: [], downloads: [], copying: [] };

describe('what lies in the folder of models', () => {
  it('belongs to a model, a download, a copy, or to nothing', async () => {
    const disk = await lookAtDisk(
      folderOf(
        'known.gguf',
        'useless.gguf',
        'copy.gguf.copying',
        'more.gguf.part',
        'more.gguf.part.json',
        'old.gguf',
        'old.gguf.part',
      ),
      {
        known: [
          { ...FAKE_MODEL, path: '/models/known.gguf' },
          { ...FAKE_MODEL, path: '/elsewhere/old.gguf' },
        ],
        kept: ['useless.gguf'],
        downloads: [
          {
            job: {
              id: 'more',
              sources: [{ kind: 'https', url: 'https://hub.example/more.gguf' }],
              sizeBytes: 10,
              sha256: null,
              destination: '/models/more.gguf',
            },
          },
        ],
        copying: ['copy.gguf'],
      },
    );
    expect(disk.leftovers.map(({ name }) => name)).toEqual(['old.gguf', 'old.gguf.part']);
    expect(disk).toMatchObject({ usedBytes: 70, freeBytes: 1000, folder: '/models' });
  });

  it('is all left over when nothing is known', async () => {
    const { leftovers } = await lookAtDisk(folderOf('a', 'b'), NOTHING);
    expect(leftovers).toHaveLength(2);
  });

  it('is not called left over by a name that Lull would not delete', async () => {
    const { leftovers } = await lookAtDisk(folderOf('a:b', 'c\\d', 'e'), NOTHING);
    expect(leftovers.map(({ name }) => name)).toEqual(['e']);
  });

  it('is shown in part when there is very much of it', async () => {
    const names = Array.from({ length: 600 }, (_none, at) => `left-${String(at)}`);
    const { leftovers, usedBytes } = await lookAtDisk(folderOf(...names), NOTHING);
    expect([leftovers.length, usedBytes]).toEqual([500, 6_000]);
  });

  it('is every part of a model that was split', async () => {
    const path = '/models/m-00001-of-00002.gguf';
    expect(partsOf(path)).toEqual(['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf']);
    const folder = folderOf(...partsOf(path));
    const { leftovers } = await lookAtDisk(folder, {
      ...NOTHING,
      known: [{ ...FAKE_MODEL, path }],
    });
    expect(leftovers).toEqual([]);
  });
});

/** Ten bytes each. */
function folderOf(
  ...names: readonly string[]
): Pick<ModelFolder, 'path' | 'holds' | 'files' | 'freeBytes'> {
  return {
    path: '/models',
    holds: (path) => path.startsWith('/models/'),
    files: () => Promise.resolve(names.map((name) => ({ name, sizeBytes: 10 }))),
    freeBytes: () => Promise.resolve(1000),
  };
}
