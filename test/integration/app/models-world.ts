/** The app with a model hub, a catalogue and an engine of a test's own, and what a test asks it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Models, OfferedModel } from '../../../electron/ipc/models.ts';
import { createDesktop, type RunningDesktop } from '../../fakes/desktop.ts';
import { startFakeHub, type FakeHub } from '../../fakes/fake-hub.ts';
import { catalogued, writeCatalogue } from '../../fakes/signed-catalogue.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const GOOD = 'somebody/Good-GGUF/Good-Q8_0.gguf';
const WRONG = 'somebody/Wrong-GGUF/Wrong-Q8_0.gguf';
export const FOREIGN = 'somebody/Foreign-GGUF/Foreign-Q8_0.gguf';
const FOUND = 'another/Found-GGUF/Found-Q8_0.gguf';
const NAMESAKES = ['one/Twin-GGUF/Twin-Q8_0.gguf', 'two/Twin-GGUF/Twin-Q8_0.gguf'] as const;

export const MODEL = anotherModel();
export const NO_MODEL = Buffer.alloc(300_000, 'no model');

export interface ModelsWorld {
  readonly root: string;
  readonly hub: FakeHub;
  readonly desktop: RunningDesktop;
  /** Another app on the same folder, once the one before is disposed of. */
  open(publicKey?: string): void;
  /** Resolves with the first picture of models that is as wished. */
  seen(isWished: (models: Models) => boolean): Promise<Models>;
  offerThat(id: string, isWished: (offer: OfferedModel) => boolean): Promise<OfferedModel>;
  /** Puts a model where its owner keeps it. */
  ownFile(name: string): string;
  dispose(): Promise<void>;
}

export async function openModelsWorld(): Promise<ModelsWorld> {
  const root = mkdtempSync(path.join(tmpdir(), 'lull-models-'));
  const hub = await startFakeHub(
    new Map([
      [GOOD, MODEL],
      [WRONG, MODEL.subarray(0, MODEL.length - 1)],
      [FOREIGN, NO_MODEL],
      [FOUND, MODEL],
      [NAMESAKES[0], MODEL],
      [NAMESAKES[1], MODEL.subarray(0, 400_000)],
    ]),
  );
  const resourceFolder = path.join(root, 'resources');
  const publisherKey = writeCatalogue(resourceFolder, [
    catalogued(hub.url, GOOD, MODEL),
    catalogued(hub.url, WRONG, Buffer.alloc(MODEL.length - 1, 1)),
    catalogued(hub.url, FOREIGN, NO_MODEL),
  ]);
  const start = (publicKey: string): RunningDesktop =>
    createDesktop(path.join(root, 'data'), {
      resourceFolder,
      modelHub: { url: hub.url, publicKey },
    });
  let desktop = start(publisherKey);

  async function seen(isWished: (models: Models) => boolean): Promise<Models> {
    const { hub: state } = desktop.app.node;
    const now = state.snapshot().models;
    if (isWished(now)) return now;
    return new Promise((resolve) => {
      const stop = state.onPatch(({ changes }) => {
        if (!changes.models || !isWished(changes.models)) return;
        stop();
        resolve(changes.models);
      });
    });
  }

  return {
    root,
    hub,
    get desktop() {
      return desktop;
    },
    open(publicKey = publisherKey) {
      desktop = start(publicKey);
    },
    seen,
    async offerThat(id, isWished) {
      const find = ({ offered }: Models) =>
        offered.find((each) => each.id === id && isWished(each));
      const offer = find(await seen((models) => find(models) !== undefined));
      if (!offer) throw new Error('it was there');
      return offer;
    },
    ownFile(name) {
      const own = path.join(root, name);
      writeFileSync(own, MODEL);
      return own;
    },
    async dispose() {
      await desktop.dispose();
      await hub.dispose();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The test model with one other weight, so that it is another one. */
function anotherModel(): Buffer {
  const bytes = readFileSync(STARTER_PATH);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return bytes;
}
