/** Deleting a conversation takes with it what the engine kept of it: in sequences, in memory and on the disk. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeSavedStates } from '../../../electron/app/saved-states.ts';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { STATES_FOLDER } from '../../../electron/engine/prefix-store-open.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const PROMPT = 'A secret that nobody else is to know. '.repeat(30);

const children = createForkedChildren('engine');
let folder = '';
let engine: EngineSupervisor;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-forget-'));
  const ports = { spawn: children.spawn, clock: systemClock, log: createMemoryLog() };
  engine = createEngineSupervisor(ports);
  engine.use({
    ...{ modelPath: STARTER_PATH, modelVersion: '1', backend: 'cpu', deviceIndex: null },
    ...{ device: null, threads: 1, isBackground: false, sequences: 2, contextTokens: 1024 },
    cacheFolder: folder,
  });
});

afterEach(async () => {
  engine.dispose();
  await children.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** @returns how many tokens of the prompt were known */
async function known(text: string, more: Partial<EngineRequest> = {}): Promise<number> {
  const request = {
    turns: [{ role: 'user', text }] as const,
    sampling: { ...DEFAULT_SAMPLING, temperature: 0 },
    ...{ maxTokens: 2, stop: [] },
    ...more,
  };
  let cached = -1;
  for await (const event of engine.generate(request, new AbortController().signal)) {
    if (event.type === 'end') cached = event.counts.cached;
  }
  return cached;
}

describe('forgetting', () => {
  it('leaves nothing of the owner in sequences and in memory, and others what is theirs', async () => {
    const ofOthers = { cacheKey: '0xabc', relay: { duty: 1 } };
    await known(PROMPT);
    await known(PROMPT, ofOthers);
    // Another conversation takes the place: what the first had is in the store now.
    await known('Something else entirely. '.repeat(30));
    expect(await known(PROMPT)).toBeGreaterThan(100);
    engine.forgetOwner();
    expect(await known(PROMPT)).toBe(0);
    expect(await known(PROMPT, ofOthers)).toBeGreaterThan(100);
  });

  it('removes what lies on the disk, of whatever model, and keeps the folder', async () => {
    await known('Hello');
    const states = path.join(folder, STATES_FOLDER);
    writeFileSync(path.join(states, 'left.state'), 'of another model');
    writeFileSync(path.join(states, 'left.json'), '{}');
    await removeSavedStates(folder);
    expect(readdirSync(states)).toEqual([]);
    await removeSavedStates(path.join(folder, 'nowhere'));
  });
});
