/** A snapshot as main might send it, for tests of the window. */
import { initialSnapshot } from '../../electron/hub/initial-snapshot.ts';
import { ERROR_TEXTS, type ErrorCode } from '../../electron/ipc/error-codes.ts';
import type { Served } from '../../electron/ipc/network.ts';
import type { Failure } from '../../electron/ipc/result.ts';
import type {
  Candidate,
  Message,
  ModelInfo,
  Setup,
  Snapshot,
} from '../../electron/ipc/snapshot.ts';

const FAKE_APP = { version: '0.1.0', runtime: 'Electron 42.0.0', dataFolder: '/data/lull' };
const INITIAL = initialSnapshot(FAKE_APP);

export const FAKE_STARTER: ModelInfo = {
  id: 'starter',
  path: '/data/models/starter.gguf',
  version: '1',
  name: 'MiniMind2-Small',
  sizeBytes: 27_700_000,
  architecture: 'llama',
  parameterCount: 25_830_000,
  quantisation: 'Q8_0',
  licence: 'Apache-2.0',
  contextTokens: 32_768,
  hasChatTemplate: true,
  isStarter: true,
};

export const FAKE_MODEL: ModelInfo = {
  ...FAKE_STARTER,
  id: '/models/qwen3-4b-instruct-q4_k_m.gguf',
  path: '/models/qwen3-4b-instruct-q4_k_m.gguf',
  version: '1',
  name: 'Qwen3 4B Instruct',
  sizeBytes: 2_497_280_000,
  architecture: 'qwen3',
  parameterCount: 4_022_000_000,
  quantisation: 'Q4_K_M',
  contextTokens: 262_144,
  isStarter: false,
};

const FAKE_CANDIDATES: Candidate[] = [
  {
    backend: 'cuda',
    deviceIndex: null,
    device: null,
    state: 'skipped',
    layersOffloaded: null,
    layersTotal: null,
    goldenAnswer: null,
    tokensPerSecond: null,
    why: 'The CUDA binaries are not installed.',
  },
  {
    backend: 'vulkan',
    deviceIndex: 0,
    device: { name: 'Radeon RX 7600', kind: 'discrete', memoryBytes: 8 * 1024 ** 3 },
    state: 'chosen',
    layersOffloaded: 9,
    layersTotal: 9,
    goldenAnswer: true,
    tokensPerSecond: 1432.4,
    why: 'A graphics card with all layers on it, and the fastest right answer.',
  },
  {
    backend: 'vulkan',
    deviceIndex: 1,
    device: { name: 'llvmpipe (LLVM 15.0.6, 256 bits)', kind: 'software', memoryBytes: null },
    state: 'failed',
    layersOffloaded: 9,
    layersTotal: 9,
    goldenAnswer: false,
    tokensPerSecond: 21.4,
    why: 'Its answer to the fixed question was wrong.',
  },
  {
    backend: 'cpu',
    deviceIndex: null,
    device: { name: 'Ryzen 5 7600', kind: 'cpu', memoryBytes: 32 * 1024 ** 3 },
    state: 'works',
    layersOffloaded: 0,
    layersTotal: 9,
    goldenAnswer: true,
    tokensPerSecond: 446.2,
    why: 'Works; the graphics card is faster.',
  },
];

const FAKE_STEPS: Setup['steps'] = [
  { id: 'starter', title: 'Test model', state: 'done', progress: null, detail: '27.7 MB' },
  { id: 'backends', title: 'Graphics and processor', state: 'done', progress: null, detail: null },
  { id: 'load', title: 'First load', state: 'done', progress: null, detail: null },
];

/** Everything is ready, with the test model. */
export function fakeSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    version: 1,
    app: FAKE_APP,
    settings: { ...INITIAL.settings, hasBegun: true },
    setup: { phase: 'done', steps: FAKE_STEPS, failure: null },
    engine: {
      state: 'ready',
      loadProgress: null,
      backend: 'vulkan',
      device: { name: 'Radeon RX 7600', kind: 'discrete', memoryBytes: 8 * 1024 ** 3 },
      layersOffloaded: 9,
      layersTotal: 9,
      threads: 1,
      contextTokens: 4096,
      sequences: 4,
      candidates: FAKE_CANDIDATES,
      failure: null,
    },
    model: { current: FAKE_STARTER, known: [FAKE_STARTER] },
    models: INITIAL.models,
    endpoint: {
      state: 'listening',
      url: 'http://127.0.0.1:11546/v1',
      tokenPath: '/data/lull/endpoint-token',
      failure: null,
    },
    network: INITIAL.network,
    earnings: INITIAL.earnings,
    status: INITIAL.status,
    governor: INITIAL.governor,
    wallet: INITIAL.wallet,
    doctor: INITIAL.doctor,
    conversations: [],
    notices: [],
    ...changes,
  };
}

export function failureFor(code: ErrorCode, details: string | null = null): Failure {
  const { sentence, kept, next } = ERROR_TEXTS[code];
  return { ok: false, code, message: sentence, kept, next, details };
}

export function fakeStats(
  outputTokens: number,
  snapshot: Snapshot,
  served: Served | null = null,
): Message['stats'] {
  return {
    modelName: snapshot.model.current?.name ?? 'none',
    promptTokens: 24,
    outputTokens,
    firstTokenMs: 42,
    tokensPerSecond: 412.3,
    endedBy: 'stop',
    served,
  };
}
