import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { createModelLibrary, isOnAnotherComputer } from '../../../electron/models/library.ts';
import { AppError } from '../../../electron/platform/app-error.ts';

function info(path: string): ModelInfo {
  return {
    id: path,
    path,
    version: '1',
    name: path,
    sizeBytes: 1,
    architecture: 'llama',
    parameterCount: null,
    quantisation: null,
    licence: null,
    contextTokens: null,
    hasChatTemplate: true,
    isStarter: false,
  };
}

function setUp(saved = { modelPaths: [] as readonly string[], currentModelId: 'starter' }) {
  let onDisk = saved;
  const absent = new Set<string>();
  const inspections: { readonly path: string; readonly release: () => void }[] = [];
  const slow = new Set<string>();
  const library = createModelLibrary({
    store: {
      read: () => onDisk,
      write: (modelPaths, currentModelId) => {
        onDisk = { modelPaths, currentModelId };
      },
    },
    inspect: async (path) => {
      if (slow.has(path)) {
        await new Promise<void>((release) => inspections.push({ path, release }));
      }
      if (absent.has(path)) throw new AppError('model-missing');
      return info(path);
    },
    onChange: () => undefined,
  });
  /** Lets the next of the files that are slow to read be read. */
  const release = async (): Promise<void> => {
    inspections.shift()?.release();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { library, absent, slow, release, onDisk: () => onDisk };
}

describe('model library', () => {
  it('makes an opened file current and remembers it', async () => {
    const { library, onDisk } = setUp();
    library.setStarter(info('/s.gguf'));
    expect(library.current()?.isStarter).toBe(true);
    await library.open('/a.gguf');
    await library.open('/b.gguf');
    expect(library.current()?.path).toBe('/b.gguf');
    expect(onDisk()).toEqual({ modelPaths: ['/b.gguf', '/a.gguf'], currentModelId: '/b.gguf' });
  });

  it('falls back to the test model when the current one is forgotten', async () => {
    const { library, onDisk } = setUp();
    library.setStarter(info('/s.gguf'));
    await library.open('/a.gguf');
    library.forget('/a.gguf');
    expect(library.current()?.isStarter).toBe(true);
    expect(onDisk()).toEqual({ modelPaths: [], currentModelId: 'starter' });
    expect(() => library.forget('starter')).toThrow(AppError);
  });

  it('keeps a file that is away on the list', async () => {
    const { library, absent, onDisk } = setUp({
      modelPaths: ['/away.gguf', '/here.gguf'],
      currentModelId: '/away.gguf',
    });
    absent.add('/away.gguf');
    library.setStarter(info('/s.gguf'));
    const failures = await library.load();
    expect(failures).toMatchObject([{ path: '/away.gguf', error: { code: 'model-missing' } }]);
    expect(library.current()?.isStarter).toBe(true);
    library.use('/here.gguf');
    expect(onDisk()).toEqual({
      modelPaths: ['/away.gguf', '/here.gguf'],
      currentModelId: '/here.gguf',
    });
    expect(library.known().map(({ path }) => path)).toEqual(['/s.gguf', '/here.gguf']);
  });

  it('changes nothing when a file is refused', async () => {
    const { library, absent, onDisk } = setUp();
    absent.add('/bad.gguf');
    await expect(library.open('/bad.gguf')).rejects.toMatchObject({ code: 'model-missing' });
    await expect(library.open('relative.gguf')).rejects.toMatchObject({ code: 'model-missing' });
    expect(() => library.use('/bad.gguf')).toThrow(AppError);
    expect(onDisk()).toEqual({ modelPaths: [], currentModelId: 'starter' });
  });

  it('keeps the newest when the list is full', async () => {
    const paths = Array.from({ length: 50 }, (_, index) => `/${String(index)}.gguf`);
    const { library, onDisk } = setUp({ modelPaths: paths, currentModelId: '/7.gguf' });
    await library.load();
    await library.open('/new.gguf');
    library.use('/7.gguf');
    expect(onDisk().modelPaths).toEqual(['/new.gguf', ...paths.slice(0, 49)]);
    expect(library.known()).toHaveLength(50);
    expect(() => library.use('/49.gguf')).toThrow(AppError);
  });
});

describe('a list that is still being read', () => {
  const SAVED = { modelPaths: ['/a.gguf', '/b.gguf', '/c.gguf'], currentModelId: '/b.gguf' };

  it('loses nothing when another file is opened, used or forgotten meanwhile', async () => {
    const { library, slow, release, onDisk } = setUp(SAVED);
    for (const path of SAVED.modelPaths) slow.add(path);
    const loading = library.load();
    await release();
    await library.open('/new.gguf');
    expect(onDisk().modelPaths).toEqual(['/new.gguf', ...SAVED.modelPaths]);
    library.use('/new.gguf');
    expect(onDisk().modelPaths).toEqual(['/new.gguf', ...SAVED.modelPaths]);
    library.forget('/new.gguf');
    expect(onDisk().modelPaths).toEqual(SAVED.modelPaths);
    await release();
    await release();
    expect(await loading).toEqual([]);
    expect(library.known().map(({ path }) => path)).toEqual(SAVED.modelPaths);
  });

  it('does not bring back what was forgotten meanwhile, or fail for what was opened', async () => {
    const { library, slow, absent, release, onDisk } = setUp(SAVED);
    slow.add('/b.gguf');
    const loading = library.load();
    await release();
    slow.delete('/b.gguf');
    await library.open('/b.gguf');
    absent.add('/b.gguf');
    library.forget('/b.gguf');
    await release();
    expect(await loading).toEqual([]);
    expect(onDisk().modelPaths).toEqual(['/a.gguf', '/c.gguf']);
    expect(library.known().map(({ path }) => path)).toEqual(['/a.gguf', '/c.gguf']);
  });
});

describe('a path', () => {
  it.each([
    '\\\\server\\share\\a.gguf',
    '\\\\.\\pipe\\a',
    '\\\\?\\C:\\a.gguf',
    '\\??\\UNC\\server\\share\\a.gguf',
    '//server/share/a.gguf',
    '\\/server/share/a.gguf',
    '/\\server\\share\\a.gguf',
  ])('to another computer or a device is not touched on Windows: %s', (path) => {
    expect(isOnAnotherComputer(path, 'win32')).toBe(true);
  });

  it.each(['C:\\models\\a.gguf', 'c:/models/a.gguf', '\\models\\a.gguf', '/models/a.gguf'])(
    'on this computer is: %s',
    (path) => {
      expect(isOnAnotherComputer(path, 'win32')).toBe(false);
    },
  );

  it('with two slashes is an ordinary one elsewhere', () => {
    expect(isOnAnotherComputer('//home/me/a.gguf', 'linux')).toBe(false);
  });

  it('to another computer is refused before anybody looks there, saved ones too', async () => {
    const path = '\\\\server\\share\\a.gguf';
    const refusal = {
      code: 'model-missing',
      details: 'Copy the file to this computer first.',
    };
    const { library } = setUp({ modelPaths: [path], currentModelId: path });
    await expect(library.open(path)).rejects.toMatchObject(refusal);
    expect(await library.load()).toMatchObject([{ path, error: refusal }]);
    expect(library.known()).toEqual([]);
  });
});
