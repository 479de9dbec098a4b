import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  listedRepositories,
  quantisationIn,
  repositoryFiles,
} from '../../../electron/models/hub-answer.ts';
import { searchHub } from '../../../electron/models/hub-search.ts';

const SHA = 'a'.repeat(40);
const HASH = 'b'.repeat(64);
const urlOf = ({ repository, path }: { repository: string; path: string }) =>
  `https://hub.example/${repository}/${path}`;

describe('the list of repositories', () => {
  it('leaves out what one has to sign in for, and what is no name', () => {
    const json = [
      { id: 'a/one', downloads: 3 },
      { id: 'a/gated', gated: 'manual' },
      { id: 'a/private', private: true },
      { id: '../../etc/passwd' },
      { id: 'a/two', gated: false, private: false },
      null,
      7,
    ];
    expect(listedRepositories(json)).toEqual(['a/one', 'a/two']);
  });

  it('is refused when it is no list', () => {
    expect(() => listedRepositories({ error: 'no' })).toThrow();
  });
});

describe('what is in a repository', () => {
  it('offers whole models with a hash, the usual quantisations first', () => {
    const files = repositoryFiles('a/one', repository(), urlOf);
    expect(files.map(({ fileName }) => fileName)).toEqual(['m-Q4_K_M.gguf', 'm-Q8_0.gguf']);
    expect(files[0]).toMatchObject({
      place: { repository: 'a/one', revision: SHA, path: 'm-Q4_K_M.gguf' },
      sizeBytes: 400,
      sha256: HASH,
      quantisation: 'Q4_K_M',
      licence: 'apache-2.0',
      downloads: 12,
      contextTokens: 4096,
    });
  });

  it('shows nothing of a gated one', () => {
    expect(repositoryFiles('a/one', { ...repository(), gated: 'auto' }, urlOf)).toEqual([]);
  });

  it('throws or returns files within bounds, whatever it is told', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (siblings, tags, gguf) => {
        const json = { ...repository(), siblings, tags, gguf };
        let files: readonly unknown[] = [];
        try {
          files = repositoryFiles('a/one', json, urlOf);
        } catch {
          return;
        }
        expect(files.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it.each([
    ['model-Q4_K_M.gguf', 'Q4_K_M'],
    ['model.IQ2_XXS.gguf', 'IQ2_XXS'],
    ['qwen2.5-0.5b-instruct-q8_0.gguf', 'Q8_0'],
    ['model-BF16.gguf', 'BF16'],
    ['model.gguf', null],
  ])('reads the quantisation of %s', (name, quantisation) => {
    expect(quantisationIn(name)).toBe(quantisation);
  });
});

describe('a hostile repository', () => {
  it.each([
    '../../x.gguf',
    'a/../../../x.gguf/..',
    '..\\x.gguf',
    '.hidden.gguf',
    'CON.gguf',
    'a/nul.Q4_0.gguf',
    'c:stream.gguf',
    `${'x'.repeat(160)}.gguf`,
    'x\u202e.gguf',
  ])('offers no file called %j that leads elsewhere', (rfilename) => {
    const siblings = [{ rfilename, lfs: { sha256: HASH, size: 1 } }];
    const answer = { ...repository(), siblings };
    const names = repositoryFiles('a/one', answer, () => 'https://hub.example/x').map(
      ({ fileName }) => fileName,
    );
    // A folder is left out of the name, and never a way out of ours.
    expect(names.filter((name) => name !== 'x.gguf')).toEqual([]);
  });
});

describe('a search', () => {
  it('asks for the list, then for what is in it, and shows every publisher first', async () => {
    const asked: string[] = [];
    const files = await searchHub('tiny & small', 'https://hub.example', (url) => {
      asked.push(`${url.pathname}${url.search}`);
      return Promise.resolve(
        url.pathname === '/api/models' ? [{ id: 'a/one' }, { id: 'b/two' }] : repository(),
      );
    });
    expect(asked[0]).toContain('search=tiny+%26+small&filter=gguf');
    expect(asked.slice(1)).toEqual([
      '/api/models/a/one?blobs=true',
      '/api/models/b/two?blobs=true',
    ]);
    expect(files.map(({ place, fileName }) => `${place.repository} ${fileName}`)).toEqual([
      'a/one m-Q4_K_M.gguf',
      'b/two m-Q4_K_M.gguf',
      'a/one m-Q8_0.gguf',
      'b/two m-Q8_0.gguf',
    ]);
    expect(files[0]?.url).toBe(`https://hub.example/a/one/resolve/${SHA}/m-Q4_K_M.gguf`);
  });

  it('goes on without a repository that cannot be read', async () => {
    const files = await searchHub('x', 'https://hub.example/', (url) =>
      Promise.resolve(
        url.pathname === '/api/models'
          ? [{ id: 'a/bad' }, { id: 'b/two' }]
          : url.pathname.endsWith('bad')
            ? '<html>'
            : repository(),
      ),
    );
    expect(new Set(files.map(({ place }) => place.repository))).toEqual(new Set(['b/two']));
  });

  it.each([
    ['http://hub.example/', []],
    ['https://hub.example/', { error: 'rate limited' }],
  ])('fails as unreachable: %s', async (base, answer) => {
    await expect(searchHub('x', base, () => Promise.resolve(answer))).rejects.toMatchObject({
      code: 'hub-unreachable',
    });
  });
});

function repository() {
  const lfs = (size: number) => ({ lfs: { sha256: HASH, size } });
  return {
    sha: SHA,
    downloads: 12,
    tags: ['gguf', 'license:apache-2.0'],
    gguf: { total: 1000, context_length: 4096 },
    siblings: [
      { rfilename: 'README.md' },
      { rfilename: 'm-Q8_0.gguf', ...lfs(800) },
      { rfilename: 'm-Q4_K_M.gguf', ...lfs(400) },
      { rfilename: 'big-Q4_K_M-00001-of-00002.gguf', ...lfs(9000) },
      { rfilename: 'big-Q4_K_M-00002-of-00002.gguf', ...lfs(9000) },
      { rfilename: 'mmproj-F16.gguf', ...lfs(90) },
      { rfilename: 'm.imatrix', ...lfs(90) },
      { rfilename: 'no-hash-Q4_0.gguf' },
    ],
  };
}
