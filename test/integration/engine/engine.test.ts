/** The real engine process with the real test model, forked as a child. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEngineSupervisor } from '../../../electron/engine/engine-supervisor.ts';
import type { EngineSupervisor } from '../../../electron/engine/engine-supervisor.ts';
import type { EnginePlan } from '../../../electron/engine/engine-plan.ts';
import { STARTER_GOLDEN } from '../../../electron/models/starter-golden.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';
import {
  DEFAULT_SAMPLING,
  type GenerateEvent,
  type GenerateRequest,
} from '../../../electron/protocol/generate.ts';

const PLAN: EnginePlan = {
  modelPath: STARTER_PATH,
  modelVersion: '1',
  backend: 'cpu',
  deviceIndex: null,
  device: null,
  threads: 1,
  isBackground: false,
  sequences: 4,
  contextTokens: 1024,
};
const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };

/** Vitest types its matchers as `any`. */
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let children: ForkedChildren;
let engine: EngineSupervisor;

beforeEach(() => {
  children = createForkedChildren('engine');
  engine = createEngineSupervisor({
    spawn: children.spawn,
    clock: systemClock,
    log: createMemoryLog(),
  });
  engine.use(PLAN);
});

afterEach(async () => {
  engine.dispose();
  await children.dispose();
});

function ask(text: string, changes: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    turns: [{ role: 'user', text }],
    sampling: { ...DEFAULT_SAMPLING, seed: 11 },
    maxTokens: 60,
    stop: [],
    ...changes,
  };
}

interface Answer {
  readonly text: string;
  readonly ids: readonly number[];
  readonly seed: number | undefined;
  readonly end: Extract<GenerateEvent, { type: 'end' }> | undefined;
}

/** @param onEvent called with every event and how many came before it */
async function answer(
  request: GenerateRequest,
  signal: AbortSignal = new AbortController().signal,
  onEvent: (event: GenerateEvent, index: number) => void = () => undefined,
): Promise<Answer> {
  const events: GenerateEvent[] = [];
  for await (const event of engine.generate(request, signal)) {
    onEvent(event, events.length);
    events.push(event);
  }
  const tokens = events.filter((event) => event.type === 'tokens');
  return {
    text: tokens.map((event) => event.text).join(''),
    ids: tokens.flatMap((event) => event.tokenIds),
    seed: events.find((event) => event.type === 'start')?.seed,
    end: events.find((event) => event.type === 'end'),
  };
}

describe('the test model', () => {
  test('answers the golden question exactly, and says what it cost', async () => {
    const { text, ids, end } = await answer({
      turns: STARTER_GOLDEN.turns,
      sampling: GREEDY,
      maxTokens: null,
      stop: [],
    });
    expect(ids).toEqual(STARTER_GOLDEN.tokenIds);
    expect(text).toBe(STARTER_GOLDEN.text);
    expect(end).toMatchObject({ reason: 'stop', counts: { cached: 0, output: ids.length } });
    expect(end?.timings.firstTokenMs).toBeGreaterThan(0);
    expect(engine.summary()).toMatchObject({
      state: 'ready',
      layersOffloaded: 0,
      layersTotal: 9,
      contextTokens: 1024,
      threads: 1,
    });
  });

  test('gives the same text for the same seed, alone and among others', async () => {
    const topics = ['a fox', 'the sea', 'a king', 'a fox and a king', 'rain', 'the moon'];
    const questions = topics.map((topic, seed) =>
      ask(`Write a story about ${topic}.`, {
        sampling: { ...DEFAULT_SAMPLING, temperature: 0.9, seed },
        maxTokens: 50 + 20 * seed,
      }),
    );
    const alone: string[] = [];
    for (const question of questions) alone.push((await answer(question)).text);
    const company = await Promise.all(questions.map((question) => answer(question)));
    expect(company.map(({ text }) => text)).toEqual(alone);
    expect(new Set(alone).size).toBe(topics.length);
    const other = ask('Write a story about a fox.', {
      sampling: { ...DEFAULT_SAMPLING, seed: 99 },
    });
    expect((await answer(other)).text).not.toBe(alone[0]);
  });

  test('tells the seed that it drew, and that seed gives the same text again', async () => {
    const drawn = await answer(ask('Hello!', { sampling: DEFAULT_SAMPLING }));
    const sampling = { ...DEFAULT_SAMPLING, seed: drawn.seed ?? -1 };
    expect((await answer(ask('Hello!', { sampling }))).text).toBe(drawn.text);
  });

  test('reads only what is new when a conversation goes on', async () => {
    const first = await answer(ask('What is the capital of France?', { sampling: GREEDY }));
    const next = await answer(
      ask('', {
        turns: [
          { role: 'user', text: 'What is the capital of France?' },
          { role: 'assistant', text: first.text },
          { role: 'user', text: 'And of Italy?' },
        ],
      }),
    );
    const { prompt = 0, cached = 0 } = next.end?.counts ?? {};
    expect(cached).toBeGreaterThanOrEqual((first.end?.counts.prompt ?? 0) + first.ids.length - 1);
    expect(cached).toBeLessThan(prompt);
  });

  test('stops before a stop string that lies across tokens', async () => {
    const { text, end } = await answer(
      ask('What is the capital of France?', { sampling: GREEDY, stop: ['nce is P'] }),
    );
    expect(text).toBe('The capital of Fra');
    expect(end?.reason).toBe('stop');
  });

  test('changes its words under a penalty', async () => {
    const question = 'Write a long story about a fox.';
    const plain = await answer(ask(question, { sampling: GREEDY }));
    const sampling = { ...GREEDY, frequencyPenalty: 2, presencePenalty: 2 };
    const varied = await answer(ask(question, { sampling }));
    const kinds = ({ ids }: Answer) => new Set(ids).size / ids.length;
    expect(varied.text).not.toBe(plain.text);
    expect(kinds(varied)).toBeGreaterThan(kinds(plain));
  });

  test('refuses a prompt that is longer than the context, with the numbers', async () => {
    await expect(answer(ask('word '.repeat(2000)))).rejects.toMatchObject({
      code: 'context-exceeded',
      details: matching(/^the prompt has \d+ tokens, the context 1024$/),
    });
    expect((await answer(ask('Hi.'))).end?.reason).toBeDefined();
  });

  test('writes to the end of the context and no further', async () => {
    engine.use({ ...PLAN, contextTokens: 256 });
    const long = ask('Write a very long story.', { maxTokens: null });
    const runs = await Promise.all(
      [1, 2, 3, 4].map((seed) => {
        const sampling = { ...DEFAULT_SAMPLING, temperature: 1.5, seed };
        return answer({ ...long, sampling });
      }),
    );
    const full = runs.filter(({ end }) => end?.reason === 'length');
    expect(full.length).toBeGreaterThan(0);
    for (const { end } of full) {
      expect((end?.counts.prompt ?? 0) + (end?.counts.output ?? 0)).toBe(256);
    }
  });
});

describe('cancelling', () => {
  test('ends an answer in the middle and leaves the others alone', async () => {
    const stop = new AbortController();
    const other = answer(ask('Write a story about a ship.'));
    const { end, ids } = await answer(
      ask('Write a story about a fox.', { maxTokens: 500 }),
      stop.signal,
      (_event, index) => {
        if (index === 4) stop.abort();
      },
    );
    expect(end).toMatchObject({ reason: 'cancelled', counts: { output: ids.length } });
    expect(ids.length).toBeLessThan(400);
    expect((await other).ids.length).toBeGreaterThan(5);
  });

  test('ends at once while the model is still being loaded', async () => {
    const stop = new AbortController();
    const ended = answer(ask('Hello'), stop.signal);
    stop.abort();
    expect((await ended).end).toMatchObject({ reason: 'cancelled', counts: { output: 0 } });
  });

  test('a reader who leaves frees the place', async () => {
    for await (const event of engine.generate(
      ask('Write.', { maxTokens: 900 }),
      new AbortController().signal,
    )) {
      if (event.type === 'tokens') break;
    }
    await answer(ask('Hi.', { maxTokens: 2 }));
    expect(engine.summary().state).toBe('ready');
  });
});

describe('pausing relays', () => {
  test('stops one in the middle and lets the owner go on; it ends once they may go on', async () => {
    const soFar: number[] = [];
    const begun = Promise.withResolvers<undefined>();
    const sampling = { ...DEFAULT_SAMPLING, temperature: 1.5, seed: 3 };
    const relay = {
      ...ask('Write a long story.', { sampling, maxTokens: 300 }),
      relay: { duty: 1 },
    };
    const paid = answer(relay, undefined, (event) => {
      if (event.type === 'tokens') soFar.push(...event.tokenIds);
      if (soFar.length > 10) begun.resolve(undefined);
    });
    await begun.promise;
    void engine.paceRelays(0);
    // The owner's answer comes after everything that was on its way.
    await answer(ask('Hi.', { maxTokens: 5 }));
    const paused = soFar.length;
    expect((await answer(ask('Write a story.'))).ids.length).toBeGreaterThan(5);
    expect(soFar).toHaveLength(paused);
    expect(paused).toBeLessThan(300);
    void engine.paceRelays(1);
    const { end, ids } = await paid;
    expect(end?.reason).not.toBe('cancelled');
    expect(ids.length).toBeGreaterThan(paused);
  });
});

describe('the process', () => {
  const dies = [
    ['is killed', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['aborts', (pid: number) => process.kill(pid, 'SIGABRT')],
  ] as const;

  test.each(dies)(
    'that %s in the middle of answers fails them all; the next one works',
    async (_how, kill) => {
      const long = (text: string) => ask(text, { maxTokens: 900 });
      const kills = (_event: GenerateEvent, index: number) => {
        if (index === 3) kill(engine.pid ?? -1);
      };
      const signal = new AbortController().signal;
      const results = await Promise.allSettled([
        answer(long('Write a long story about the sea.'), signal, kills),
        answer(long('Write a long story about the moon.')),
        answer(long('Write a long story about a king.')),
      ]);
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'engine-crashed' } });
      }
      expect((await answer(ask('Hi.', { maxTokens: 3 }))).ids.length).toBeGreaterThan(0);
      expect(children.processes).toHaveLength(2);
    },
  );

  test('that is killed while it loads fails whoever waits; the next one loads again', async () => {
    engine.onChange(({ loadProgress }) => {
      if (children.processes.length === 1 && (loadProgress ?? 0) > 0) {
        children.processes[0]?.kill('SIGKILL');
      }
    });
    await expect(answer(ask('Hello'))).rejects.toMatchObject({
      code: 'engine-crashed',
      details: 'it was killed',
    });
    expect((await answer(ask('Hi.', { maxTokens: 3 }))).ids.length).toBeGreaterThan(0);
    expect(children.processes).toHaveLength(2);
  });

  test('is gone before the one of the next plan starts', async () => {
    await engine.load();
    engine.use({ ...PLAN, modelVersion: '2' });
    const [first] = children.processes;
    const overlap = new Promise<boolean>((resolve) => {
      engine.onChange(({ state }) => {
        if (state === 'loading') resolve(first?.exitCode === null && first.signalCode === null);
      });
    });
    await engine.load();
    expect(await overlap).toBe(false);
    expect(children.processes).toHaveLength(2);
  });

  test('ends by itself two seconds after the last pulse', async () => {
    const child = children.spawn('engine-process', { name: 'engine' });
    const gone = new Promise<void>((resolve) => {
      child.onExit(() => {
        resolve();
      });
    });
    const alive = new Promise<void>((resolve) => {
      child.onMessage(() => {
        resolve();
      });
    });
    child.post({ type: 'pulse' });
    await alive;
    const startMs = performance.now();
    await gone;
    const lasted = performance.now() - startMs;
    expect(lasted).toBeGreaterThan(1800);
    expect(lasted).toBeLessThan(4000);
  });

  test('ends at once when its parent is gone', async () => {
    await engine.load();
    const [child] = children.processes;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    const startMs = performance.now();
    child?.disconnect();
    await gone;
    expect(performance.now() - startMs).toBeLessThan(1500);
  });

  test('is gone when unloading has finished', async () => {
    await engine.load();
    const { pid } = engine;
    await engine.unload();
    expect(() => process.kill(pid ?? -1, 0)).toThrow('ESRCH');
    expect(engine.summary().state).toBe('asleep');
  });
});

describe('loading', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lull-engine-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('a file that is no model fails with a short reason', async () => {
    const modelPath = path.join(folder, 'broken.gguf');
    writeFileSync(modelPath, Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(5000, 1)]));
    engine.use({ ...PLAN, modelPath });
    await expect(engine.load()).rejects.toMatchObject({ code: 'model-load-failed' });
    expect(engine.summary().state).toBe('failed');
    expect(engine.summary().failure?.details).not.toContain('\n');
  });

  test('a model whose context cannot fit the memory is refused before anything is allocated', async () => {
    engine.use({ ...PLAN, contextTokens: 50_000_000 });
    await expect(engine.load()).rejects.toMatchObject({
      code: 'model-too-large',
      details: matching(/needs about .* are free/),
    });
  });

  test('reports its progress up to the end', async () => {
    const seen: number[] = [];
    engine.onChange(({ loadProgress }) => {
      if (loadProgress !== null) seen.push(loadProgress);
    });
    await engine.load();
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});
