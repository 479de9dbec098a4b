/** Main's side of embeddings: when their process lives and when it ends. */
import { expect, test } from 'vitest';
import { createEmbedder } from '../../../electron/engine/embedder.ts';
import { toEmbeddingSchema } from '../../../electron/engine/embedding-messages.ts';
import { runEmbedding } from '../../../electron/engine/embedding-worker.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren } from '../../fakes/scripted-child.ts';
import { turn } from '../../fakes/supervised-engine.ts';

const IDLE_MS = 60_000;
const PLACE = { sourceFolder: '/package', modelPath: '/models/embedder.gguf' };
const never = new AbortController().signal;

function setUp() {
  const clock = createManualClock();
  const children = createScriptedChildren((child, raw) => {
    const message = toEmbeddingSchema.parse(raw);
    if (message.type === 'pulse') child.say({ type: 'alive' });
  });
  const embedder = createEmbedder({ spawn: children.spawn, clock, log: createMemoryLog() }, PLACE);
  return { clock, children, embedder };
}

test('the process rests a minute after its last work, also when some of that was cancelled', async () => {
  const { clock, children, embedder } = setUp();
  const stop = new AbortController();
  const first = embedder.embed(['first'], stop.signal);
  stop.abort();
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  children.last.say({ type: 'failed', id: 1, code: 'cancelled', details: null });
  clock.advance(IDLE_MS - 1);
  const second = embedder.embed(['second'], never);
  clock.advance(IDLE_MS - 1);
  children.last.say({ type: 'embedded', id: 2, vectors: [Float32Array.of(1)], tokens: 3 });
  expect(await second).toMatchObject({ tokens: 3 });
  clock.advance(IDLE_MS - 1);
  await Promise.resolve();
  expect(children.last.isAlive).toBe(true);
  clock.advance(1);
  await Promise.resolve();
  expect(children.last.isAlive).toBe(false);
});

test('a model that could not be opened is tried again with the next request', async () => {
  const said: unknown[] = [];
  let hear: (message: unknown) => void = () => undefined;
  let isFull = true;
  runEmbedding({
    channel: {
      post: (message) => said.push(message),
      onMessage(listener) {
        hear = listener;
      },
      onDisconnect: () => undefined,
    },
    pulse: { beat: () => undefined },
    open() {
      if (isFull) return Promise.reject(new AppError('disk-full'));
      return Promise.resolve({
        embed: () => Promise.resolve({ vector: Float32Array.of(1), tokens: 3 }),
      });
    },
  });
  hear({ type: 'open', ...PLACE });
  hear({ type: 'embed', id: 1, inputs: ['a'] });
  await turn();
  expect(said).toMatchObject([{ type: 'failed', id: 1, code: 'disk-full' }]);
  isFull = false;
  hear({ type: 'embed', id: 2, inputs: ['a', 'b'] });
  await turn();
  expect(said.at(-1)).toMatchObject({ type: 'embedded', id: 2, tokens: 6 });
});
