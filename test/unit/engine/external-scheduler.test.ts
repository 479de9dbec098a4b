/** Requests that another server answers: their order, their counts, and who ends for whom. */
import { describe, expect, it } from 'vitest';
import type { ExternalClient } from '../../../electron/engine/external-client.ts';
import type { ExternalEvent } from '../../../electron/engine/external-events.ts';
import {
  createExternalScheduler,
  type Vocabulary,
} from '../../../electron/engine/external-scheduler.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { createAsyncQueue } from '../../../electron/platform/async-queue.ts';
import type { AppError } from '../../../electron/platform/app-error.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../../../electron/protocol/generate.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

/** Each character is a token. */
const VOCABULARY: Vocabulary = {
  contextTokens: 20,
  render: (turns) => Array.from(turns.map(({ text }) => text).join(''), () => 1),
  tokenize: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
};

function request(text: string, more: Partial<EngineRequest> = {}): EngineRequest {
  return {
    turns: [{ role: 'user', text }],
    sampling: DEFAULT_SAMPLING,
    maxTokens: null,
    stop: [],
    ...more,
  };
}
const RELAY = { relay: { duty: 1 } };

function setUp(places = 2) {
  /** What the server was asked, and how each answer is fed. */
  const asked = new Map<string, { push(event: ExternalEvent): void; readonly maxTokens: number }>();
  const client: ExternalClient = {
    check: () => Promise.resolve(),
    async *ask({ turns, maxTokens }, signal) {
      const queue = createAsyncQueue<ExternalEvent>();
      signal.addEventListener('abort', () => {
        queue.fail(signal.reason as AppError);
      });
      signal.throwIfAborted();
      asked.set(turns[0]?.text ?? '', {
        push: (event) => {
          queue.push(event);
        },
        maxTokens,
      });
      yield* queue;
    },
  };
  const clock = createManualClock();
  const ports = { clock, drawSeed: () => 7 };
  const scheduler = createExternalScheduler(VOCABULARY, client, ports, { places, waiting: 3 });
  const submit = (text: string, more: Partial<EngineRequest> = {}) => {
    const told: (GenerateEvent | AppError)[] = [];
    const sink = {
      onEvent: (event: GenerateEvent) => told.push(event),
      onError: (error: AppError) => told.push(error),
    };
    return { told, submitted: scheduler.submit(request(text, more), sink) };
  };
  const names = () => [...asked.keys()];
  return { asked, scheduler, submit, names, clock };
}

/** Everything that is ready has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

describe('another server instead of the engine', () => {
  it('passes text on, with tokens counted by the model file', async () => {
    const { asked, submit, scheduler } = setUp();
    const { told } = submit('hello');
    expect(told).toEqual([]);
    await settled();
    asked.get('hello')?.push({ type: 'text', text: 'ab' });
    asked.get('hello')?.push({ type: 'text', text: 'c' });
    asked.get('hello')?.push({ type: 'end', reason: 'stop' });
    await settled();
    expect(told).toMatchObject([
      { type: 'start', seed: 7, counts: { prompt: 5, cached: 0, output: 0 } },
      { type: 'tokens', text: 'ab', tokenIds: [97, 98] },
      { type: 'tokens', text: 'c', tokenIds: [99] },
      { type: 'end', reason: 'stop', counts: { prompt: 5, cached: 0, output: 3 } },
    ]);
    expect(scheduler.load).toBe(0);
  });

  it('passes on no more than was asked for, whatever the server writes', async () => {
    const { asked, submit } = setUp();
    const { told } = submit('hi', { maxTokens: 3 });
    await settled();
    expect(asked.get('hi')?.maxTokens).toBe(3);
    asked.get('hi')?.push({ type: 'text', text: 'ab' });
    asked.get('hi')?.push({ type: 'text', text: 'cd' });
    await settled();
    expect(told.at(-1)).toMatchObject({ type: 'end', reason: 'length', counts: { output: 2 } });
  });

  it('asks for no more than the context has room for, and refuses what has none', async () => {
    const { asked, submit } = setUp();
    submit('x'.repeat(15));
    await settled();
    expect(asked.get('x'.repeat(15))?.maxTokens).toBe(5);
    expect(() => submit('x'.repeat(20))).toThrow(
      expect.objectContaining({ code: 'context-exceeded' }) as Error,
    );
    expect(() => submit('x', { topLogprobs: 1 })).toThrow(
      expect.objectContaining({ code: 'bad-request' }) as Error,
    );
  });

  it('lets relays wait while the owner is answered, and ends one when their place is needed', async () => {
    const { asked, submit, names } = setUp(1);
    const relay = submit('relay', RELAY);
    await settled();
    const owner = submit('owner');
    await settled();
    expect(relay.told.at(-1)).toMatchObject({ code: 'owner-returned' });
    expect(names()).toEqual(['relay', 'owner']);
    submit('later', RELAY);
    await settled();
    expect(names()).not.toContain('later');
    asked.get('owner')?.push({ type: 'end', reason: 'stop' });
    await settled();
    expect(owner.told.at(-1)).toMatchObject({ type: 'end' });
    expect(names()).toContain('later');
  });

  it('ends relays that the owner keeps waiting for more than a minute', async () => {
    const { asked, submit, scheduler, clock } = setUp(2);
    submit('owner');
    await settled();
    const relay = submit('relay', RELAY);
    const patient = submit('patient', RELAY);
    clock.advance(59_999);
    asked.get('owner')?.push({ type: 'end', reason: 'stop' });
    await settled();
    clock.advance(1);
    expect(scheduler.load).toBe(2);
    asked.get('relay')?.push({ type: 'end', reason: 'stop' });
    asked.get('patient')?.push({ type: 'end', reason: 'stop' });
    await settled();
    expect([relay, patient].map(({ told }) => told.at(-1))).toMatchObject([
      { type: 'end' },
      { type: 'end' },
    ]);
    submit('owner');
    await settled();
    const late = submit('late', RELAY);
    clock.advance(60_000);
    expect(late.told).toMatchObject([{ code: 'owner-returned' }]);
  });

  it('ends relays at a pause and takes none until it is over; the owner goes on', async () => {
    const { submit, names, scheduler } = setUp(2);
    const relay = submit('relay', RELAY);
    await settled();
    void scheduler.paceRelays(0);
    await settled();
    expect(relay.told.at(-1)).toMatchObject({ code: 'owner-returned' });
    submit('waits', RELAY);
    await settled();
    expect(names()).toEqual(['relay']);
    void scheduler.paceRelays(0.5);
    await settled();
    expect(names()).toEqual(['relay', 'waits']);
  });

  it('ends what is cancelled, running or waiting, exactly once', async () => {
    const { asked, submit, scheduler } = setUp(1);
    const first = submit('one');
    const second = submit('two');
    await settled();
    second.submitted.cancel();
    first.submitted.cancel();
    first.submitted.cancel();
    asked.get('one')?.push({ type: 'text', text: 'late' });
    await settled();
    for (const { told } of [first, second]) {
      expect(told.filter((each) => 'type' in each && each.type === 'end')).toHaveLength(1);
      expect(told.at(-1)).toMatchObject({ reason: 'cancelled' });
    }
    expect(scheduler.load).toBe(0);
  });

  it('does not read on while its reader is behind', async () => {
    const { asked, submit } = setUp();
    const { told, submitted } = submit('slow');
    await settled();
    submitted.hold(true);
    asked.get('slow')?.push({ type: 'text', text: 'a' });
    await settled();
    expect(told).toHaveLength(1);
    submitted.hold(false);
    await settled();
    expect(told).toHaveLength(2);
  });

  it.each(['cancelled', 'paused'])('ends what is %s while its reader is behind', async (how) => {
    const { asked, submit, scheduler } = setUp();
    const { told, submitted } = submit('slow', how === 'paused' ? RELAY : {});
    await settled();
    submitted.hold(true);
    asked.get('slow')?.push({ type: 'text', text: 'a' });
    await settled();
    if (how === 'paused') void scheduler.paceRelays(0);
    else submitted.cancel();
    await settled();
    expect(scheduler.load).toBe(0);
    expect(told).toHaveLength(2);
    expect(told.at(-1)).toMatchObject(
      how === 'paused' ? { code: 'owner-returned' } : { reason: 'cancelled' },
    );
  });

  it('keeps the owner out for no relays that wait', async () => {
    const { submit, names } = setUp(1);
    submit('owner');
    await settled();
    for (const text of ['a', 'b', 'c']) submit(text, RELAY);
    expect(() => submit('d', RELAY)).toThrow();
    const next = submit('next');
    await settled();
    expect(names()).toEqual(['owner']);
    next.submitted.cancel();
    expect(next.told.at(-1)).toMatchObject({ type: 'end' });
  });

  it('refuses what nobody could answer in time, and ends everything when it closes', async () => {
    const { submit, scheduler } = setUp(1);
    const runs = [submit('runs')];
    await settled();
    for (const text of ['a', 'b', 'c']) runs.push(submit(text));
    expect(() => submit('d')).toThrow(expect.objectContaining({ code: 'engine-busy' }) as Error);
    await scheduler.dispose();
    await settled();
    for (const { told } of runs) expect(told.at(-1)).toMatchObject({ code: 'cancelled' });
    expect(() => submit('after')).toThrow();
  });
});
