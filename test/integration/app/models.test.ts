/** Models from the catalogue and from the hub, from offer to removal, on real processes. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { STARTER_PATH } from '../../fakes/starter-path.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runModels } from '../../../electron/app/run-models.ts';
import { catalogued, writeCatalogue } from '../../fakes/signed-catalogue.ts';
import { FOREIGN, MODEL, NO_MODEL, openModelsWorld, type ModelsWorld } from './models-world.ts';

let world: ModelsWorld;

beforeEach(async () => {
  world = await openModelsWorld();
});

afterEach(async () => {
  await world.dispose();
});

describe('a model from the catalogue', () => {
  it('is fetched, checked, put on the list and used instead of the test model', async () => {
    const { app } = world.desktop;
    await app.start();
    await app.models.download('good-q8-0');
    const offer = await world.offerThat('good-q8-0', ({ modelId }) => modelId !== null);
    const { model, models } = app.node.hub.snapshot();
    expect(offer.download).toBeNull();
    expect(model.current?.name).toBe('Offered as Good-Q8_0');
    expect(model.current?.path).toBe(path.join(app.models.folder, 'Good-Q8_0.gguf'));
    expect(readFileSync(model.current?.path ?? '').equals(MODEL)).toBe(true);
    expect(Object.keys(models.fits)).toContain(offer.modelId);
    const { disk } = await world.seen(({ disk: now }) => now.usedBytes === MODEL.length);
    expect(disk.leftovers).toEqual([]);
    expect(disk.freeBytes).toBeGreaterThan(0);
  });

  it('is never shown as absent between its arrival and its place on the list', async () => {
    const { app } = world.desktop;
    await app.start();
    const seen: string[] = [];
    const { hub } = app.node;
    const stop = hub.onPatch(() => {
      const offer = hub.snapshot().models.offered.find(({ id }) => id === 'good-q8-0');
      seen.push(offer?.download?.state ?? (offer?.modelId === null ? 'absent' : 'here'));
    });
    await app.models.download('good-q8-0');
    await world.offerThat('good-q8-0', ({ modelId }) => modelId !== null);
    stop();
    const begun = seen.findIndex((state) => state !== 'absent');
    expect(seen.slice(begun)).not.toContain('absent');
  });

  it('is gone when it is removed while somebody looks whether it is there', async () => {
    const { app } = world.desktop;
    await app.start();
    const begun = app.models.download('good-q8-0');
    await app.models.remove('good-q8-0');
    await begun;
    const { download, modelId } = await world.offerThat('good-q8-0', () => true);
    expect([download, modelId]).toEqual([null, null]);
    const saved = readFileSync(path.join(world.root, 'data', 'downloads.json'), 'utf8');
    expect(JSON.parse(saved)).toEqual([]);
  });

  it('leaves the model that the owner chose in use', async () => {
    const { app } = world.desktop;
    await app.start();
    const own = path.join(world.root, 'own.gguf');
    writeFileSync(own, MODEL);
    await app.node.library.open(own);
    await app.models.download('good-q8-0');
    await world.offerThat('good-q8-0', ({ modelId }) => modelId !== null);
    expect(app.node.hub.snapshot().model.current?.path).toBe(own);
  });

  it('is taken off the list, found again without the network, and removed', async () => {
    const { app } = world.desktop;
    await app.start();
    await app.models.download('good-q8-0');
    const { modelId } = await world.offerThat('good-q8-0', (offer) => offer.modelId !== null);
    app.node.library.forget(modelId ?? '');
    const { disk } = await world.seen(({ disk: now }) => now.leftovers.length === 1);
    expect(disk.leftovers[0]?.name).toBe('Good-Q8_0.gguf');
    const asked = world.hub.asked.length;
    await app.models.download('good-q8-0');
    await world.offerThat('good-q8-0', (offer) => offer.modelId !== null);
    expect(world.hub.asked).toHaveLength(asked);
    await app.models.remove('good-q8-0');
    expect(readdirSync(app.models.folder)).toEqual([]);
    expect(app.node.hub.snapshot().model.current?.isStarter).toBe(true);
  });

  it('is not opened when its bytes are not those that were promised', async () => {
    const { app } = world.desktop;
    await app.start();
    await app.models.download('wrong-q8-0');
    const { download } = await world.offerThat(
      'wrong-q8-0',
      (offer) => offer.download?.state === 'failed',
    );
    expect(download?.failure?.code).toBe('download-damaged');
    expect(existsSync(path.join(app.models.folder, 'Wrong-Q8_0.gguf'))).toBe(false);
    expect(app.node.hub.snapshot().model.known).toHaveLength(1);
  });

  it('says so when what was promised is no model', async () => {
    const { app } = world.desktop;
    await app.start();
    await app.models.download('foreign-q8-0');
    const { download } = await world.offerThat(
      'foreign-q8-0',
      (offer) => offer.download?.state === 'failed',
    );
    expect(download?.failure?.code).toBe('model-foreign');
    await app.models.remove('foreign-q8-0');
    expect(readdirSync(app.models.folder)).toEqual([]);
  });

  it('can be had in the terminal as well', async () => {
    const printed: string[] = [];
    const told: string[] = [];
    const terminal = {
      print: (line: string) => printed.push(line),
      write: () => undefined,
      tell: (line: string) => told.push(line),
    };
    const { app } = world.desktop;
    expect(await runModels(app, terminal, false, null)).toBe(0);
    expect(printed.join('\n')).toMatch(/good-q8-0\n {2}Offered as Good-Q8_0, .*MIT/);
    expect(await runModels(app, terminal, true, 'good-q8-0')).toBe(0);
    const place = path.join(app.models.folder, 'Good-Q8_0.gguf');
    expect(JSON.parse(printed.at(-1) ?? '')).toEqual({ ok: true, modelId: place });
    expect(await runModels(app, terminal, false, 'wrong-q8-0')).toBe(1);
    expect(told.at(-1)).toContain('its SHA-256 is another');
    expect(await runModels(app, terminal, false, 'nonsense')).toBe(1);
  });
});

describe('a model found by name', () => {
  it('is rated, fetched and, once removed, off the list', async () => {
    const { app } = world.desktop;
    await app.start();
    const found = await app.models.search('found');
    expect(found).toMatchObject([
      { repository: 'another/Found-GGUF', quantisation: 'Q8_0', licence: 'mit' },
    ]);
    expect(found[0]?.fit.verdict).toBe('fits');
    const id = found[0]?.id ?? '';
    await app.models.downloadFound(id);
    const offer = await world.offerThat(id, ({ modelId }) => modelId !== null);
    expect(offer.why).toContain('another');
    await app.models.remove(id);
    expect(app.node.hub.snapshot().models.offered.some((each) => each.id === id)).toBe(false);
    await expect(app.models.downloadFound('found:nothing')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('two models found by one name', () => {
  it('get a place each, also when both are asked for at once', async () => {
    const { app } = world.desktop;
    await app.start();
    const found = await app.models.search('twin');
    expect(found).toHaveLength(2);
    app.models.setLimit(10_000);
    await Promise.all(found.map(({ id }) => app.models.downloadFound(id)));
    const list: unknown = JSON.parse(
      readFileSync(path.join(world.root, 'data', 'downloads.json'), 'utf8'),
    );
    expect(list).toMatchObject([
      { job: { destination: path.join(app.models.folder, 'Twin-Q8_0.gguf') } },
      { job: { destination: path.join(app.models.folder, 'Twin-Q8_0-2.gguf') } },
    ]);
  });

  it('are off the list once the model is removed by its own id', async () => {
    const { app } = world.desktop;
    await app.start();
    const [found] = await app.models.search('found');
    await app.models.downloadFound(found?.id ?? '');
    const { id, modelId } = await world.offerThat(
      found?.id ?? '',
      (offer) => offer.modelId !== null,
    );
    await app.models.remove(modelId ?? '');
    expect(app.node.hub.snapshot().models.offered.some((each) => each.id === id)).toBe(false);
  });
});

describe('a restart', () => {
  it('goes on with nothing that nobody could see or stop', async () => {
    await world.desktop.app.start();
    world.desktop.app.models.setLimit(10_000);
    await world.desktop.app.models.download('good-q8-0');
    await world.offerThat('good-q8-0', ({ download }) => (download?.doneBytes ?? 0) > 0);
    await world.desktop.dispose();
    const publisherKey = writeCatalogue(path.join(world.root, 'resources'), [
      catalogued(world.hub.url, FOREIGN, NO_MODEL),
    ]);
    world.open(publisherKey);
    await world.desktop.app.start();
    const asked = world.hub.asked.length;
    const { disk } = await world.seen((now) => now.disk.leftovers.length > 0);
    expect(disk.leftovers[0]?.name).toBe('Good-Q8_0.gguf.part');
    await world.desktop.app.models.download('foreign-q8-0');
    await world.offerThat('foreign-q8-0', ({ download }) => download?.state === 'running');
    expect(world.hub.asked.slice(asked).join(' ')).not.toContain('Good');
  });

  it('keeps what was found and how far it had come', async () => {
    const { models } = world.desktop.app;
    await world.desktop.app.start();
    models.setLimit(2_000_000);
    const [found] = await models.search('found');
    const id = found?.id ?? '';
    await models.downloadFound(id);
    await world.offerThat(id, ({ download }) => (download?.doneBytes ?? 0) > 500_000);
    models.pause(id);
    await world.offerThat(id, ({ download }) => download?.state === 'paused');
    await world.desktop.dispose();

    world.open();
    await world.desktop.app.start();
    const { download } = await world.offerThat(id, (offer) => offer.download !== null);
    expect(download?.state).toBe('paused');
    expect(download?.doneBytes).toBeGreaterThan(100_000);
    world.desktop.app.models.setLimit(null);
    await world.desktop.app.models.download(id);
    const { modelId } = await world.offerThat(id, (offer) => offer.modelId !== null);
    expect(readFileSync(modelId ?? '').equals(MODEL)).toBe(true);
  });
});

describe('a measurement', () => {
  it('runs the current model and predicts the others by it', async () => {
    const { app } = world.desktop;
    await app.start();
    app.models.calibrate();
    const { calibration, offered } = await world.seen(
      (now) => now.calibration.state === 'done' && now.offered[0]?.fit.tokensPerSecond != null,
    );
    expect(calibration.tokensPerSecond).toBeGreaterThan(5);
    expect(calibration.promptTokensPerSecond).toBeGreaterThan(20);
    expect(calibration.fourTokensPerSecond).toBeGreaterThan(5);
    expect(offered[0]?.fit.isMeasured).toBe(false);
    const { fits } = app.node.hub.snapshot().models;
    expect(fits['starter']?.isMeasured).toBe(true);
  });

  it('ends when it is asked for again', async () => {
    const { app } = world.desktop;
    await app.start();
    app.models.calibrate();
    await world.seen(({ calibration }) => calibration.state === 'running');
    app.models.calibrate();
    const { calibration } = await world.seen((now) => now.calibration.state !== 'running');
    expect(calibration).toMatchObject({ state: 'none', failure: null });
  });
});

describe('settings', () => {
  it('keep the limit and the number format', async () => {
    const { app } = world.desktop;
    await app.start();
    app.models.setLimit(50_000);
    app.node.changeEngine({ kvType: 'q8_0' });
    const saved: unknown = JSON.parse(
      readFileSync(path.join(world.root, 'data', 'settings.json'), 'utf8'),
    );
    expect(saved).toMatchObject({
      downloads: { limitBytesPerSecond: 50_000 },
      engine: { kvType: 'q8_0' },
    });
    expect(app.node.hub.snapshot().models.limitBytesPerSecond).toBe(50_000);
  });

  it('keep another server only for the model that it was named for, at an address that may be asked', async () => {
    const { node } = world.desktop.app;
    await world.desktop.app.start();
    const server = () => node.hub.snapshot().settings.engine.server;
    const far = { baseUrl: 'http://example.org/v1', model: 'small' };
    expect(() => {
      node.changeEngine({ server: far });
    }).toThrow(expect.objectContaining({ code: 'bad-request' }) as Error);
    expect(server()).toBeNull();
    const near = { baseUrl: 'http://127.0.0.1:9/v1', model: 'small' };
    node.changeEngine({ server: near });
    expect(server()).toEqual(near);
    await node.library.open(STARTER_PATH);
    expect(server()).toBeNull();
  });
});

describe('a catalogue that somebody changed', () => {
  it('offers nothing, and everything else works', async () => {
    await world.desktop.dispose();
    world.open('MCowBQYDK2VwAyEAqkN6xGn+KwmTcMq/7/cbqoEqKSD5LCX3KK9fCHkJh7I=');
    await world.desktop.app.start();
    const { failure, offered } = await world.seen((now) => now.failure !== null);
    expect(failure?.code).toBe('catalogue-damaged');
    expect(offered).toEqual([]);
    expect(await world.desktop.app.models.search('found')).toHaveLength(1);
  });
});
