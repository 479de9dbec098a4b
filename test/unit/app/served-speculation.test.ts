/** Receipts name an engine that checks guesses by another profile: its answers are rounded differently. */
import { expect, it } from 'vitest';
import { describeServedModel, ENGINE } from '../../../electron/app/served-model.ts';
import type { EnginePlan } from '../../../electron/engine/engine-plan.ts';
import { loaded } from '../../../electron/engine/engine-summary.ts';
import type { LoadReport } from '../../../electron/engine/messages.ts';
import { profileHash } from '../../../electron/protocol/profile.ts';
import { SAMPLER_NAME } from '../../../electron/protocol/sampler.ts';
import { FAKE_MODEL } from '../../fakes/fake-snapshot.ts';

const HASH = `0x${'ab'.repeat(32)}` as const;
const PLAN: EnginePlan = {
  ...{ modelPath: 'a', modelVersion: '1', deviceIndex: 0, device: null, threads: 4 },
  ...{ backend: 'vulkan', isBackground: false, sequences: 2, contextTokens: null },
};

async function profileOf(speculation: LoadReport['speculation']) {
  const summary = loaded(PLAN, {
    ...{ layersOffloaded: 4, layersTotal: 4, contextTokens: 512, sequences: 2, threads: 4 },
    ...{ deviceNames: ['card'], deviceMemoryBytes: null },
    ...(speculation && { speculation }),
  });
  const served = await describeServedModel({
    model: FAKE_MODEL,
    engine: { ...summary, candidates: [] },
    settings: { kvType: 'f16', server: null },
    source: HASH,
    hashes: { sha256Of: () => Promise.resolve(HASH) },
  });
  return served.profile;
}

it('names the engine by its version alone where nothing is guessed, and else by how it guesses', async () => {
  const rest = { backend: 'vulkan', kvType: 'f16', sampler: SAMPLER_NAME };
  const plain = profileHash({ engine: ENGINE, ...rest });
  expect(await profileOf(undefined)).toBe(plain);
  expect(await profileOf('off')).toBe(plain);
  expect(await profileOf('lookup')).toBe(profileHash({ engine: `${ENGINE} spec=lookup`, ...rest }));
});
