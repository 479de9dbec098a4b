/** States of the real model, saved and brought back: the same answers, and only new tokens evaluated. */
import {
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadModel, type LoadedModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend, type LlamaBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { openPrefixStore } from '../../../electron/engine/prefix-store-open.ts';
import type { PrefixStore } from '../../../electron/engine/prefix-store.ts';
import { createScheduler, type Scheduler } from '../../../electron/engine/scheduler.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import {
  DEFAULT_SAMPLING,
  type ChatTurn,
  type Counts,
} from '../../../electron/protocol/generate.ts';
import { settled } from '../../fakes/settle.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const CONTEXT = 3072;
const user = (text: string): ChatTurn => ({ role: 'user', text });
const story = (words: number) => 'The keeper of the lighthouse counted ships. '.repeat(words / 8);

interface Reply {
  readonly ids: readonly number[];
  readonly text: string;
  readonly counts: Counts;
}

interface Engine {
  readonly scheduler: Scheduler;
  readonly store: PrefixStore;
  /** Tokens evaluated so far. */
  evaluated(): number;
  /** Lets the pause pass after which the owner's states are written, and waits until one is. */
  pause(): Promise<void>;
  close(): Promise<void>;
}

let backend: LlamaBackend;
let folder = '';
const stateFolder = () => path.join(folder, 'prefixes');
const engines: Engine[] = [];

beforeAll(async () => {
  backend = await openBackend('cpu', () => undefined);
});
afterAll(() => backend.dispose());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lull-cache-'));
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(
  sequences: number,
  isCaching = true,
  contextTokens = CONTEXT,
): Promise<Engine> {
  let evaluated = 0;
  const pauses: (() => void)[] = [];
  const clock = {
    ...systemClock,
    after(ms: number, callback: () => void) {
      if (ms !== 15_000) return systemClock.after(ms, callback);
      pauses.splice(0, 1, callback);
      return () => void pauses.splice(0);
    },
  };
  const options = {
    modelPath: STARTER_PATH,
    backend: 'cpu',
    threads: 1,
    tuneThreads: false,
    sequences,
    contextTokens,
    cacheFolder: folder,
  } as const;
  const model: LoadedModel = await loadModel(backend, options, {
    onProgress: () => undefined,
    onBatch(_sequences, tokens) {
      evaluated += tokens;
    },
  });
  expect(model.report.sequences).toBe(sequences);
  const store = await openPrefixStore({ options, sequences, engineVersion: 'test' }, clock);
  const scheduler = createScheduler(
    model.context,
    {
      clock,
      drawSeed: () => 1,
      onBroken: () => undefined,
      ...(isCaching && { store }),
    },
    // Batches that are shared round differently; what is asked here is whether states do.
    { prefillTokens: model.prefillTokens, waiting: 16, together: false, stepMs: 60_000 },
  );
  const engine: Engine = {
    scheduler,
    store,
    evaluated: () => evaluated,
    async pause() {
      await settled(() => pauses.length > 0, 'a pause');
      pauses[0]?.();
      const isNote = (file: string) => file.endsWith('.json');
      await settled(() => readdirSync(stateFolder()).some(isNote), 'a state on the disk');
    },
    async close() {
      await scheduler.dispose();
      await model.dispose();
    },
  };
  engines.push(engine);
  return engine;
}

function ask(
  { scheduler }: Engine,
  turns: readonly ChatTurn[],
  changes: Partial<EngineRequest> = {},
): Promise<Reply> {
  const sampling = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };
  return new Promise((resolve, reject) => {
    const ids: number[] = [];
    let text = '';
    scheduler.submit(
      { turns, sampling, maxTokens: 24, stop: [], ...changes },
      {
        onEvent(event) {
          if (event.type === 'tokens') {
            ids.push(...event.tokenIds);
            text += event.text;
          }
          if (event.type === 'end') resolve({ ids, text, counts: event.counts });
        },
        onError: reject,
      },
    );
  });
}

const questions = ['ships', 'storms', 'birds', 'boats'].map((what) => [
  { role: 'system' as const, text: story(240) },
  user(`Tell me about ${what}.`),
]);

test('an answer is the same with every cache and with none, and warm is less work than cold', async () => {
  const bare: Reply[] = [];
  for (const turns of questions) {
    // A process of its own for each, as it were: nothing is known.
    const engine = await start(1, false);
    bare.push(await ask(engine, turns));
    await engine.close();
    engines.pop();
  }
  const engine = await start(2);
  const others = [user(story(200)), user('Why is the sea blue?')];
  const warm: Reply[] = [];
  for (const turns of [...questions, ...questions]) {
    warm.push(await ask(engine, turns));
    await Promise.all(others.map((other) => ask(engine, [other])));
  }
  warm.forEach(({ ids, counts }, index) => {
    expect(ids).toEqual(bare[index % questions.length]?.ids);
    expect(counts.prompt - counts.cached).toBeLessThan(index === 0 ? Infinity : 40);
  });
  expect(warm[0]?.counts.cached).toBe(0);
});

test('a follow-up of a long conversation evaluates only what is new, after others had its sequence', async () => {
  const engine = await start(1);
  const first = [user(`${story(1280)} What did the keeper count?`)];
  const reply = await ask(engine, first);
  expect(reply.counts.prompt).toBeGreaterThan(1500);
  await ask(engine, [user(story(100))]);
  const before = engine.evaluated();
  const followUp = [
    ...first,
    { role: 'assistant' as const, text: reply.text },
    user('And how many were there?'),
  ];
  const { counts } = await ask(engine, followUp);
  const evaluated = engine.evaluated() - before;
  expect(evaluated).toBe(counts.prompt - counts.cached + counts.output - 1);
  // The words between the old end and the new one, and no more.
  expect(counts.prompt - counts.cached).toBeLessThan(60);
});

test('eight requests that begin alike cost little more than one, and answer as they would alone', async () => {
  const engine = await start(8);
  const system = { role: 'system' as const, text: story(1000) };
  const turns = (index: number) => [system, user(`Ship number ${index}?`)];
  const relay = { relay: { duty: 1 }, cacheKey: 'somebody', maxTokens: 8 };
  const replies = await Promise.all(
    Array.from({ length: 7 }, (_, index) => ask(engine, turns(index), relay)),
  );
  const prompt = replies[0]?.counts.prompt ?? 0;
  expect(prompt).toBeGreaterThan(1000);
  const outputs = replies.reduce((sum, { counts }) => sum + counts.output, 0);
  expect(engine.evaluated() - outputs).toBeLessThan(prompt * 1.15);
  const alone = await start(1, false);
  const expected = await ask(alone, turns(3), { maxTokens: 8 });
  expect(replies[3]?.ids).toEqual(expected.ids);
  // Nothing of it reaches the disk, nor anybody else.
  expect(engine.store.diskBytes).toBe(0);
  expect((await ask(engine, turns(3), { maxTokens: 1 })).counts.cached).toBe(0);
});

test('a conversation that was paid for is told from a cached one', async () => {
  const engine = await start(2);
  const relay = { relay: { duty: 1 }, cacheKey: 'somebody' };
  const first = [user(`${story(300)} What did the keeper count?`)];
  const reply = await ask(engine, first, { ...relay, holdSeconds: 60 });
  await ask(engine, [user(story(150))], { ...relay, cacheKey: 'another' });
  const followUp = [...first, { role: 'assistant' as const, text: reply.text }, user('Why?')];
  const { counts } = await ask(engine, followUp, relay);
  expect(counts.held).toBe(counts.cached);
  expect(counts.prompt - counts.cached).toBeLessThan(40);
});

async function savedBefore(): Promise<{ readonly turns: ChatTurn[]; readonly reply: Reply }> {
  const before = await start(2);
  const turns = [user(`${story(600)} What did the keeper count?`)];
  const reply = await ask(before, turns);
  await before.pause();
  await before.close();
  engines.pop();
  return { turns, reply };
}

const stateFile = async () => {
  const name = (await readdir(stateFolder())).find((each) => each.endsWith('.state'));
  return path.join(stateFolder(), name ?? '');
};

test('a new process goes on where the last one ended, without reading it all again', async () => {
  const { turns, reply } = await savedBefore();
  expect((await stat(await stateFile())).mode & 0o777).toBe(0o600);
  // The memory that is free decides how large the next one is.
  const after = await start(2, true, CONTEXT / 2);
  const again = await ask(after, turns);
  expect(again.ids).toEqual(reply.ids);
  expect(again.counts.prompt - again.counts.cached).toBeLessThan(3);
});

test.each(['changed', 'truncated', 'of another model'])(
  'a state that is %s is not read: the prompt is, and the engine lives',
  async (how) => {
    const { turns, reply } = await savedBefore();
    const file = await stateFile();
    const { mtime, size } = await stat(file);
    if (how === 'changed') {
      const bytes = await readFile(file);
      bytes.fill(0xff, size / 2, size / 2 + 64);
      await writeFile(file, bytes);
    } else if (how === 'truncated') await truncate(file, size / 2);
    else if (how === 'of another model') {
      const note = file.replace('.state', '.json');
      const text = await readFile(note, 'utf8');
      await writeFile(note, text.replace(/"identity":"..../, '"identity":"0000'));
    }
    await utimes(file, mtime, mtime);
    const after = await start(2);
    const again = await ask(after, turns);
    expect(again.ids).toEqual(reply.ids);
    expect(again.counts.cached).toBe(0);
  },
);

test('a state that is too long for a smaller context is not read', async () => {
  await savedBefore();
  const after = await start(2, true, 512);
  const { counts } = await ask(after, [user(story(200))]);
  expect(counts.output).toBeGreaterThan(0);
  expect(counts.cached).toBe(0);
  expect(after.store.diskBytes).toBe(0);
});

test('nor does it spoil a sequence that holds something else', async () => {
  await savedBefore();
  const after = await start(2, true, 512);
  for (const text of ['Why is the sky blue?', 'Where do ships go at night?']) {
    await ask(after, [user(text)]);
  }
  const { counts } = await ask(after, [user(story(200))]);
  expect(counts.output).toBeGreaterThan(0);
  expect(counts.cached).toBe(0);
});
