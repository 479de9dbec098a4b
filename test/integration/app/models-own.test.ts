/** Files of the owner's and what is left over in the folder of models: nothing of it is lost or mistaken. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MODEL, openModelsWorld, type ModelsWorld } from './models-world.ts';

let world: ModelsWorld;

beforeEach(async () => {
  world = await openModelsWorld();
});

afterEach(async () => {
  await world.dispose();
});

describe('a file of the owner’s', () => {
  it('is copied, opened, and never put over another', async () => {
    const { app } = world.desktop;
    await app.start();
    const own = path.join(world.root, 'Own.gguf');
    writeFileSync(own, MODEL);
    const first = await app.models.importFile(own);
    const second = await app.models.importFile(own);
    expect([first, second].map((each) => path.basename(each.path))).toEqual([
      'Own.gguf',
      'Own-2.gguf',
    ]);
    expect(app.node.hub.snapshot().model.current?.path).toBe(second.path);
    await app.models.remove(first.id);
    expect(existsSync(own)).toBe(true);
    expect(readdirSync(app.models.folder)).toEqual(['Own-2.gguf']);
  });

  it.skipIf(process.platform === 'win32')(
    'may have a name that only its system allows',
    async () => {
      const { app } = world.desktop;
      await app.start();
      const { path: place } = await app.models.importFile(world.ownFile('Own: best\\of.gguf'));
      expect(path.basename(place)).toBe('Own- best-of.gguf');
    },
  );

  it('is not taken for one of the catalogue by its name', async () => {
    const { app } = world.desktop;
    await app.start();
    const { path: place } = await app.models.importFile(world.ownFile('Good-Q8_0.gguf'));
    expect(path.basename(place)).toBe('Good-Q8_0-2.gguf');
    const { modelId } = await world.offerThat('good-q8-0', () => true);
    expect(modelId).toBeNull();
  });

  it('keeps its place when one of the catalogue would have it', async () => {
    const { app } = world.desktop;
    await app.start();
    const place = path.join(app.models.folder, 'Wrong-Q8_0.gguf');
    mkdirSync(app.models.folder, { recursive: true });
    writeFileSync(place, MODEL);
    await app.node.library.open(place);
    expect((await world.offerThat('wrong-q8-0', () => true)).modelId).toBeNull();
    await expect(app.models.download('wrong-q8-0')).rejects.toMatchObject({ code: 'bad-request' });
    await app.models.remove('wrong-q8-0');
    expect(existsSync(place)).toBe(true);
  });

  it('is left alone where it lies outside', async () => {
    const { app } = world.desktop;
    await app.start();
    const own = path.join(world.root, 'Own.gguf');
    writeFileSync(own, MODEL);
    const { id } = await app.node.library.open(own);
    await expect(app.models.remove(id)).rejects.toMatchObject({ code: 'bad-request' });
    expect(existsSync(own)).toBe(true);
  });

  it('is not copied when it is no model', async () => {
    const { app } = world.desktop;
    await app.start();
    const own = path.join(world.root, 'text.gguf');
    writeFileSync(own, 'only text');
    await expect(app.models.importFile(own)).rejects.toMatchObject({ code: 'model-foreign' });
  });
});

describe('what is left over', () => {
  it('is named and cleaned up, and nothing else', async () => {
    const { app } = world.desktop;
    await app.start();
    await app.models.download('good-q8-0');
    await world.offerThat('good-q8-0', ({ modelId }) => modelId !== null);
    writeFileSync(path.join(app.models.folder, 'old.gguf.part'), 'half');
    // Nobody has seen it yet, so nobody can have agreed.
    await app.models.cleanUp();
    expect(readdirSync(app.models.folder)).toEqual(['Good-Q8_0.gguf', 'old.gguf.part']);
    await world.seen(({ disk }) => disk.leftovers.length === 1);
    await app.models.cleanUp();
    expect(readdirSync(app.models.folder)).toEqual(['Good-Q8_0.gguf']);
  });

  it('is no model of the list, whichever way its owner took to it', async () => {
    const { app } = world.desktop;
    await app.start();
    await app.models.importFile(world.ownFile('Own.gguf'));
    const alias = path.join(world.root, 'alias');
    symlinkSync(app.models.folder, alias);
    writeFileSync(path.join(app.models.folder, 'Put.gguf'), MODEL);
    await app.node.library.open(path.join(alias, 'Put.gguf'));
    await world.seen(({ disk }) => disk.usedBytes === 2 * MODEL.length);
    await app.models.cleanUp();
    await app.models.cleanUp();
    expect(readdirSync(app.models.folder)).toEqual(['Own.gguf', 'Put.gguf']);
  });
});
