/** The CUDA pack from offer to removal, on real processes, with a server of this test and the processor's binaries. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DesktopApp, DesktopConfig } from '../../../electron/app/compose-desktop.ts';
import { runModels } from '../../../electron/app/run-models.ts';
import type { Pack } from '../../../electron/ipc/models.ts';
import type { CudaFound } from '../../../electron/models/cuda-runtime.ts';
import { CUDA_PACK_ID, type PackPin } from '../../../electron/models/packs.ts';
import { createDesktop, type RunningDesktop } from '../../fakes/desktop.ts';
import { startModelServer, type ModelServer } from '../../fakes/model-server.ts';
import { fileEntry, packOf, standInPack, type FakePack } from '../../fakes/packs.ts';

const NAME = 'linux-x64-cuda';
const READY: CudaFound = { hasCard: true, runtime: 13 };
const ABSENT = 'CUDA comes as a pack of its own, which is not installed.';

let root: string;
let folder: string;
let server: ModelServer;
let desktop: RunningDesktop | null;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'lull-app-packs-'));
  folder = path.join(root, 'data/cache/packs');
  server = await startModelServer(Buffer.alloc(0));
  desktop = null;
});

afterEach(async () => {
  await desktop?.dispose();
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** Small enough to be quick; nothing could load it. */
function smallPack(changes: Partial<PackPin> = {}): FakePack {
  const entries = [fileEntry('package.json', '{"version":"3.21.1"}'), fileEntry('bins/a.so', 'a')];
  return packOf(NAME, entries, { url: server.url, ...changes });
}

function open(
  { pin, tarball }: FakePack,
  found = READY,
  changes: Partial<DesktopConfig> = {},
): RunningDesktop {
  server.content = tarball;
  desktop = createDesktop(path.join(root, 'data'), {
    packSource: { pins: [pin], look: () => found },
    ...changes,
  });
  return desktop;
}

async function packThat({ app }: RunningDesktop, isWished: (pack: Pack) => boolean): Promise<Pack> {
  const { hub } = app.node;
  const find = () => hub.snapshot().models.packs.find(isWished);
  const now = find();
  if (now) return now;
  return new Promise((resolve) => {
    const stop = hub.onPatch(() => {
      const pack = find();
      if (!pack) return;
      stop();
      resolve(pack);
    });
  });
}

async function candidateSays(app: DesktopApp, words: string): Promise<void> {
  const { hub } = app.node;
  const isSo = () => hub.snapshot().engine.candidates[0]?.why.startsWith(words) ?? false;
  if (isSo()) return;
  await new Promise<void>((resolve) => {
    const stop = hub.onPatch(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

const stateIs = (state: Pack['state']) => (pack: Pack) => pack.state === state;

describe.runIf(process.platform === 'linux')('the CUDA pack', () => {
  it('can be had in the terminal as well', async () => {
    const printed: string[] = [];
    const terminal = {
      print: (line: string) => printed.push(line),
      write: () => undefined,
      tell: () => undefined,
    };
    const { app } = open(smallPack());
    expect(await runModels(app, terminal, true, CUDA_PACK_ID)).toBe(0);
    expect(JSON.parse(printed.at(-1) ?? '')).toEqual({ ok: true, modelId: CUDA_PACK_ID });
  });

  it('is fetched, unpacked, tested, remembered, and removed again', async () => {
    const real = standInPack(server.url);
    const running = open(real, READY, { engine: 'measured' });
    const { app } = running;
    await app.start();
    await app.node.preparation.ready();
    const cuda = () => app.node.hub.snapshot().engine.candidates[0];
    expect(cuda()?.why).toBe(ABSENT);
    expect(await packThat(running, stateIs('absent'))).toMatchObject({ isOffered: true });

    server.faults.push({ kind: 'truncated', afterBytes: 3_000_000 });
    await app.models.download(CUDA_PACK_ID);
    const installed = await packThat(running, ({ why }) => why.startsWith('CUDA could not reach'));
    expect(installed).toMatchObject({ state: 'installed', download: null });
    const [first, second, ...others] = server.requests.map(({ range }) => range);
    expect([first, others]).toEqual([undefined, []]);
    expect(second).toMatch(/^bytes=[1-9]\d+-$/);
    expect(readdirSync(folder)).toEqual([`${NAME}-3.21.1`]);
    await app.node.preparation.ready();
    expect(cuda()).toMatchObject({ backend: 'cuda', state: 'skipped' });

    await app.models.remove(CUDA_PACK_ID);
    expect(readdirSync(folder)).toEqual([]);
    expect(await packThat(running, stateIs('absent'))).toMatchObject({ isOffered: true });
    await candidateSays(app, ABSENT);
  });

  it('does not stop the test that the app begins with', async () => {
    const pack = smallPack();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${NAME}-3.21.1.tgz`), pack.tarball);
    const running = open(pack, READY, { engine: 'measured' });
    const { app } = running;
    await app.start();
    await packThat(running, stateIs('installed'));
    await app.node.preparation.ready();
    // Nothing can load what is in it, and a test that was made with it says so.
    await candidateSays(app, 'The CUDA pack could not be opened');
  });

  it('goes on with what was fetched before a kill, without the network', async () => {
    const pack = smallPack();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${NAME}-3.21.1.tgz`), pack.tarball);
    mkdirSync(path.join(folder, `${NAME}-3.21.1.unpacking`));
    mkdirSync(path.join(folder, `${NAME}-3.20.0`));
    const running = open(pack);
    await running.app.start();
    await packThat(running, stateIs('installed'));
    expect(server.requests).toEqual([]);
    expect(readdirSync(folder)).toEqual([`${NAME}-3.21.1`]);
  });

  it('can be paused, goes on from there, and leaves nothing when it is given up', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_500_000 }, () => Math.random() * 256));
    const pack = packOf(NAME, [fileEntry('bins/a.so', bytes)], { url: server.url });
    const running = open(pack);
    const { models } = running.app;
    await running.app.start();
    models.setLimit(500_000);
    await models.download(CUDA_PACK_ID);
    await packThat(running, ({ download }) => (download?.doneBytes ?? 0) > 100_000);
    models.pause(CUDA_PACK_ID);
    await packThat(running, stateIs('paused'));
    models.setLimit(null);
    await models.download(CUDA_PACK_ID);
    await packThat(running, stateIs('installed'));
    expect(server.requests[1]?.range).toMatch(/^bytes=[1-9]\d+-$/);

    await models.remove(CUDA_PACK_ID);
    models.setLimit(500_000);
    await models.download(CUDA_PACK_ID);
    await packThat(running, ({ download }) => (download?.doneBytes ?? 0) > 100_000);
    await models.remove(CUDA_PACK_ID);
    await packThat(running, stateIs('absent'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused when its archive is not the pinned one, and can be tried again', async () => {
    const integrity = `sha512-${'A'.repeat(86)}==`;
    const running = open(smallPack({ integrity }));
    const { models } = running.app;
    await running.app.start();
    await models.download(CUDA_PACK_ID);
    const { download } = await packThat(running, stateIs('failed'));
    expect(download?.failure?.code).toBe('download-damaged');
    expect(readdirSync(folder)).toEqual([]);
    await models.download(CUDA_PACK_ID);
    await packThat(running, stateIs('failed'));
    expect(server.requests).toHaveLength(2);
    await models.remove(CUDA_PACK_ID);
    await packThat(running, stateIs('absent'));
  });

  it('is not fetched where it is of no use, nor under a name that is none', async () => {
    const running = open(smallPack(), { hasCard: true, runtime: null });
    const { models } = running.app;
    await running.app.start();
    const { why } = await packThat(running, ({ isOffered }) => !isOffered);
    await expect(models.download(CUDA_PACK_ID)).rejects.toMatchObject({
      code: 'bad-request',
      details: why,
    });
    for (const id of ['pack:', 'pack:linux-x64-cuda', 'pack:../../x']) {
      await expect(models.download(id)).rejects.toMatchObject({ code: 'not-found' });
      await expect(models.remove(id)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(server.requests).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
