/** The mark that tells a relay from its owner's own requests must survive the way from the gate to the engine. */
import { expect, test } from 'vitest';
import { relayEngine } from '../../../electron/app/serving.ts';
import { createOpenGate } from '../../../electron/governor/open-gate.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../../../electron/protocol/generate.ts';
import { FAKE_MODEL } from '../../fakes/fake-snapshot.ts';

const END: GenerateEvent = {
  type: 'end',
  reason: 'stop',
  counts: { prompt: 1, cached: 0, output: 0 },
  timings: { queuedMs: 0, prefillMs: 0, firstTokenMs: null, totalMs: 0 },
};

test('what serves relays passes the mark on with the question', async () => {
  const seen: object[] = [];
  const engine = relayEngine({
    engine: {
      async *generate(request) {
        seen.push(request);
        yield END;
      },
    },
    library: { current: () => FAKE_MODEL },
    preparation: { ready: () => Promise.resolve() },
    hashes: { sha256Of: () => Promise.resolve('0xaa') },
  });
  const question = {
    turns: [{ role: 'user', text: 'q' }],
    sampling: DEFAULT_SAMPLING,
    maxTokens: 1,
    stop: [],
  } as const;
  const asked = createOpenGate(0)
    .gate(engine)
    .generate({ ...question, cacheKey: '0xab', ggufSha256: '0xaa' }, new AbortController().signal);
  for await (const event of asked) expect(event).toEqual(END);
  expect(seen).toEqual([{ ...question, cacheKey: '0xab', relay: { duty: 1 }, isReplayable: true }]);
});
