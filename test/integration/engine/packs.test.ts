/** Binaries out of a pack are found by the engine's own library, in a folder that its package knows nothing of. */
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineEnv, type Packs } from '../../../electron/engine/engine-env.ts';
import { attemptProbe } from '../../../electron/engine/probe-attempt.ts';
import { probeBackends, type ProbeOptions } from '../../../electron/engine/probe.ts';
import { STARTER_FILE, STARTER_GOLDEN } from '../../../electron/models/starter-golden.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const BINARIES = path.resolve(import.meta.dirname, '../../../node_modules/@node-llama-cpp');
const CUDA = 'linux-x64-cuda';

let children: ForkedChildren;
let folder: string;

beforeEach(() => {
  children = createForkedChildren('engine');
  folder = mkdtempSync(path.join(os.tmpdir(), 'lull-pack-'));
});

afterEach(async () => {
  await children.dispose();
  rmSync(folder, { recursive: true });
});

/** Another backend's binaries in the place and under the name of CUDA's. */
function disguised(name: string): Packs {
  const pack = path.join(folder, 'packs', `${CUDA}-3.21.1`);
  cpSync(path.join(BINARIES, name), pack, { recursive: true });
  renameSync(path.join(pack, 'bins', name), path.join(pack, 'bins', CUDA));
  // It would answer with its own folder; a pack's scripts are never run.
  writeFileSync(path.join(pack, 'dist/index.js'), 'throw new Error("a script of a pack ran");');
  return { [CUDA]: pack };
}

function probe(changes: Partial<ProbeOptions> = {}) {
  return probeBackends({
    spawn: children.spawn,
    clock: systemClock,
    log: createMemoryLog(),
    starterPath: STARTER_PATH,
    starterSha256: STARTER_FILE.sha256,
    golden: STARTER_GOLDEN,
    storePath: path.join(folder, 'probe.json'),
    lullVersion: '0.0.0-test',
    again: false,
    backends: ['cuda', 'cpu'],
    signal: new AbortController().signal,
    ...changes,
  });
}

// Its device is the software renderer that set-up installs: nothing else here could answer for CUDA.
test.runIf(process.platform === 'linux')('and the golden answer comes out of them', async () => {
  const packs = disguised('linux-x64-vulkan');
  const attempt = await attemptProbe({
    spawn: (entry, options) =>
      children.spawn(entry, {
        ...options,
        env: { ...options.env, GGML_VK_VISIBLE_DEVICES: '0' },
      }),
    clock: systemClock,
    task: {
      backend: 'cuda',
      modelPath: STARTER_PATH,
      turns: STARTER_GOLDEN.turns,
      answerTokens: STARTER_GOLDEN.tokenIds.length + 1,
    },
    deviceIndex: 0,
    packs,
    allowSoftware: true,
    timeoutMs: 60_000,
    onThreads: () => undefined,
    signal: new AbortController().signal,
  });
  expect(attempt).toMatchObject({
    kind: 'answered',
    measurement: { layersOffloaded: 9, answer: STARTER_GOLDEN.tokenIds },
  });
});

test.runIf(process.platform === 'linux')(
  'and a pack that comes or goes asks for a new test',
  async () => {
    const packs = disguised('linux-x64');
    const why = async (changes: Partial<ProbeOptions>) => {
      const { candidates, remembered } = await probe(changes);
      return [candidates[0]?.why, remembered];
    };
    const absent = 'CUDA comes as a pack of its own, which is not installed.';
    const present = expect.stringContaining('CUDA could not reach an NVIDIA card') as unknown;
    expect(await why({})).toEqual([absent, false]);
    expect(await why({})).toEqual([absent, true]);
    expect(await why({ packs })).toEqual([present, false]);
    expect(await why({ packs })).toEqual([present, true]);
    expect(await why({})).toEqual([absent, false]);
  },
);

test('packs that Lull itself was started with are not used', () => {
  expect(engineEnv('cuda', 0)).toMatchObject({ LULL_PACKS: '{}' });
});
