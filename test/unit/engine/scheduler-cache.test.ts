/** Requests through a scheduler with a store of real files: the answers of an empty engine, for less work. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMemoryStates } from '../../../electron/engine/prefix-store-memory.ts';
import { createPrefixStore } from '../../../electron/engine/prefix-store.ts';
import { createScheduler } from '../../../electron/engine/scheduler.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { DEFAULT_SAMPLING, type Counts } from '../../../electron/protocol/generate.ts';
import { createByteModel, nextByte, type ByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const CONTEXT = 500;
const LIMITS = { prefillTokens: 32, waiting: 100, together: true, stepMs: 60_000 };

function setUp(model: ByteModel, limitBytes: number) {
  const clock = createManualClock();
  const files = openMemoryStates();
  const memory = files && { files, limitBytes };
  const store = createPrefixStore({ clock, memory, disk: null });
  const ports = { clock, drawSeed: () => 1, onBroken: () => undefined, store };
  return { scheduler: createScheduler(model, ports, LIMITS), store };
}

interface Reply {
  readonly ids: readonly number[];
  readonly counts: Counts | null;
}

function ask(
  { scheduler }: ReturnType<typeof setUp>,
  text: string,
  changes: Partial<EngineRequest> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const ids: number[] = [];
    scheduler.submit(
      {
        turns: [{ role: 'user', text }],
        sampling: { ...DEFAULT_SAMPLING, seed: 1 },
        maxTokens: 30,
        stop: [],
        ...changes,
      },
      {
        onEvent(event) {
          if (event.type === 'tokens') ids.push(...event.tokenIds);
          if (event.type === 'end') resolve({ ids, counts: event.counts });
        },
        onError: reject,
      },
    );
  });
}

/** As one would write it down by hand. */
function byHand(text: string): readonly number[] {
  const prompt = [...Buffer.from(text)];
  const written: number[] = [];
  while (written.length < 30) {
    const byte = nextByte([...prompt, ...written], 1);
    if (byte === null) break;
    written.push(byte);
  }
  return written;
}

const word = fc.constantFrom('a', 'b').map((letter) => letter.repeat(70));
const asked = fc.record({
  text: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `${words.join('')}?`),
  cacheKey: fc.constantFrom(undefined, 'x', 'y'),
  holdSeconds: fc.constantFrom(undefined, 60),
});

test('whatever is cached, every answer is the one that an empty engine gives, with exact counts', async () => {
  const rounds = fc.array(fc.array(asked, { minLength: 1, maxLength: 6 }), { maxLength: 4 });
  const shape = fc.record({
    sequences: fc.integer({ min: 1, max: 4 }),
    canRewind: fc.boolean(),
    limitBytes: fc.constantFrom(0, 2000, 100_000),
  });
  await fc.assert(
    fc.asyncProperty(shape, rounds, async ({ limitBytes, ...chosen }, all) => {
      const model = createByteModel({ ...chosen, contextTokens: CONTEXT });
      const engine = setUp(model, limitBytes);
      let evaluated = 0;
      for (const round of all) {
        const replies = await Promise.all(
          round.map(({ text, cacheKey, holdSeconds }) =>
            ask(engine, text, {
              cacheKey,
              holdSeconds,
              relay: cacheKey === undefined ? undefined : { duty: 1 },
            }),
          ),
        );
        replies.forEach(({ ids, counts }, index) => {
          expect(ids).toEqual(byHand(round[index]?.text ?? ''));
          if (counts === null) return;
          // The last token of an answer that reached its limit is never evaluated.
          const ended = counts.output < 30 ? 0 : 1;
          evaluated += counts.prompt - counts.cached + counts.output - ended;
        });
      }
      expect(model.trace.evaluated).toBe(evaluated);
      expect(engine.store.memoryBytes).toBeLessThanOrEqual(limitBytes);
    }),
    { numRuns: 60 },
  );
});

test.runIf(process.platform === 'linux')(
  'eight prompts that begin alike are read once',
  async () => {
    const model = createByteModel({ sequences: 8, contextTokens: 1200 });
    const engine = setUp(model, 1_000_000);
    const opening = 'o'.repeat(1000);
    const all = Array.from({ length: 8 }, (_, index) => `${opening} ${index} and more`);
    const replies = await Promise.all(all.map((text) => ask(engine, text, { maxTokens: 1 })));
    expect(model.trace).toMatchObject({ saved: 1, loaded: 7 });
    const cached = replies.map(({ counts }) => counts?.cached ?? 0).sort((a, b) => a - b);
    expect(cached).toEqual([0, ...Array.from({ length: 7 }, () => 1001)]);
  },
);
