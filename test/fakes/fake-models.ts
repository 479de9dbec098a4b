/** The commands of the models screen, as main might run them. */
import type { Download, FoundFile, Models, OfferedModel, Pack } from '../../electron/ipc/models.ts';
import type { Snapshot } from '../../electron/ipc/snapshot.ts';
import type { Bridge, CommandName } from '../../electron/ipc/table.ts';
import type { FakeMain } from './fake-owner.ts';
import { FAKE_MODEL, failureFor } from './fake-snapshot.ts';

type ModelsCommand = Extract<
  CommandName,
  `models.${string}` | 'settings.setKvType' | 'engine.setServer'
>;
type ModelsCommands = Pick<Bridge['command'], ModelsCommand>;

const MB = 1_000_000;

export const FAKE_OFFER: OfferedModel = {
  id: 'qwen3-4b',
  name: 'Qwen3 4B Instruct',
  parameterCount: 4_022_000_000,
  quantisation: 'Q4_K_M',
  licence: 'Apache-2.0',
  contextTokens: 32_768,
  sizeBytes: 2_497 * MB,
  memoryBytes: 3_400 * MB,
  why: 'Good answers for its size, in many languages.',
  isRecommended: true,
  recommendation: 'The largest that fits the 8 GB of your Radeon RX 7600 with room to spare.',
  fit: {
    verdict: 'fits',
    why: 'It needs 3.4 GB; 7.2 GB are free on the Radeon RX 7600.',
    tokensPerSecond: 62,
    isMeasured: false,
  },
  download: null,
  modelId: null,
};

export const FAKE_FOUND: FoundFile = {
  id: 'found:1',
  repository: 'somebody/Tiny-GGUF',
  fileName: 'tiny-q4_k_m.gguf',
  sizeBytes: 640 * MB,
  quantisation: 'Q4_K_M',
  licence: 'apache-2.0',
  downloads: 12_345,
  fit: { ...FAKE_OFFER.fit, tokensPerSecond: 140 },
};

export const FAKE_DOWNLOAD: Download = {
  state: 'running',
  doneBytes: 800 * MB,
  totalBytes: FAKE_OFFER.sizeBytes,
  bytesPerSecond: 21 * MB,
  secondsLeft: 81,
  from: 'huggingface.co',
  failure: null,
};

export const FAKE_PACK: Pack = {
  id: 'pack:cuda',
  title: 'CUDA for NVIDIA cards',
  sizeBytes: 143 * MB,
  state: 'absent',
  download: null,
  isOffered: true,
  why: 'Runs models on your NVIDIA card with CUDA.',
};

export function fakeModelsCommands({ command, patch, snapshot }: FakeMain): ModelsCommands {
  const change = (part: Partial<Models>) => patch({ models: { ...snapshot().models, ...part } });
  const setDownload = (id: string, download: Download | null) => {
    const { offered, packs } = snapshot().models;
    if (![...offered, ...packs].some((each) => each.id === id)) return failureFor('not-found');
    const state = download?.state ?? 'absent';
    change({
      offered: offered.map((offer) => (offer.id === id ? { ...offer, download } : offer)),
      packs: packs.map((pack) => (pack.id === id ? { ...pack, state, download } : pack)),
    });
    return undefined;
  };
  const engineWith = (part: Partial<Snapshot['settings']['engine']>) => ({
    ...snapshot().settings.engine,
    ...part,
  });
  const changeEngine = (part: Partial<Snapshot['settings']['engine']>) =>
    patch({ settings: { ...snapshot().settings, engine: engineWith(part) } });
  const nothing = (): undefined => undefined;
  return {
    'models.download': (input) =>
      command('models.download', input, () => setDownload(input.id, FAKE_DOWNLOAD)),
    'models.pause': (input) =>
      command('models.pause', input, () =>
        setDownload(input.id, { ...FAKE_DOWNLOAD, state: 'paused', bytesPerSecond: null }),
      ),
    'models.remove': (input) => command('models.remove', input, () => setDownload(input.id, null)),
    'models.search': (input) => command('models.search', input, () => [FAKE_FOUND]),
    'models.downloadFound': (input) => command('models.downloadFound', input, nothing),
    'models.import': () => command('models.import', undefined, () => FAKE_MODEL),
    'models.setLimit': (input) =>
      command('models.setLimit', input, () =>
        change({ limitBytesPerSecond: input.bytesPerSecond }),
      ),
    'models.calibrate': () =>
      command('models.calibrate', undefined, () =>
        change({
          calibration: { ...snapshot().models.calibration, state: 'running', progress: 0.1 },
        }),
      ),
    'models.cleanUp': () =>
      command('models.cleanUp', undefined, () =>
        change({ disk: { ...snapshot().models.disk, leftovers: [] } }),
      ),
    'models.openFolder': () => command('models.openFolder', undefined, nothing),
    'settings.setKvType': (input) =>
      command('settings.setKvType', input, () => changeEngine(input)),
    'engine.setServer': (input) => command('engine.setServer', input, () => changeEngine(input)),
  };
}
