import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { createModelLibrary } from '../../../electron/models/library.ts';
import { AppError } from '../../../electron/platform/app-error.ts';

function info(path: string): ModelInfo {
  return {
    id: path,
    path,
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
  const library = createModelLibrary({
    store: {
      read: () => onDisk,
      write: (modelPaths, currentModelId) => {
        onDisk = { modelPaths, currentModelId };
      },
    },
    inspect: async (path) => {
      if (absent.has(path)) throw new AppError('model-missing');
      return info(path);
    },
    onChange: () => undefined,
  });
  return { library, absent, onDisk: () => onDisk };
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
    expect(onDisk().modelPaths).toEqual(['/here.gguf', '/away.gguf']);
  });

  it('changes nothing when a file is refused', async () => {
    const { library, absent, onDisk } = setUp();
    absent.add('/bad.gguf');
    await expect(library.open('/bad.gguf')).rejects.toMatchObject({ code: 'model-missing' });
    await expect(library.open('relative.gguf')).rejects.toMatchObject({ code: 'model-missing' });
    expect(onDisk()).toEqual({ modelPaths: [], currentModelId: 'starter' });
  });
});
